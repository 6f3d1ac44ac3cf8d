import type { ConditionalGenerator, LanguageModel } from "unrolled";
import { type Activations, activations } from "../look/activations.ts";
import { type FoundUnit, findUnits } from "../look/find-units.ts";
import { type GateView, gates } from "../look/gates.ts";
import { type NextSymbolsView, nextSymbols } from "../look/next-symbols.ts";
import type { AnyInput, AnyModel } from "../look/record.ts";
import { signals } from "../look/signals.ts";
import { textSteps } from "../look/text-steps.ts";
import { type UnrolledSteps, unrolledSteps } from "../look/unrolled-steps.ts";
import { predict } from "./basic.ts";

/** Number of units that a search names. */
const FOUND = 12;

/** The search for units that follow something. */
export interface Search {
  /** Name of the signal, or "" for the regular expression. */
  readonly signal: string;
  readonly pattern: string;
}

/** Finds the units that follow a signal of the input most closely. Empty if the input has nothing of the kind. */
export function searchUnits(
  model: AnyModel,
  input: AnyInput,
  { signal, pattern }: Search,
  part?: string,
): readonly FoundUnit[] {
  const seen = activationsOf(model, input, part);
  const all = signals(seen.symbols, signal ? undefined : pattern);
  const target = signal ? all.find(({ name }) => name === signal) : pattern ? all.at(-1) : undefined;
  return target ? findUnits(seen, target.values).slice(0, FOUND) : [];
}

/** Returns the states of all units after each step of an input. */
export function activationsOf(model: AnyModel, input: AnyInput, part?: string): Activations {
  return activations(model, readable(model, input), part);
}

/** Records the gates of any model. A generator gets a condition, and writes the text that it then reads. */
export function gatesOf(model: AnyModel, input: AnyInput): GateView[] {
  return gates(model, readable(model, input));
}

/** Returns what `gates` and `activations` take for an input as people type it. */
function readable(model: AnyModel, input: AnyInput): AnyInput {
  if (model.spec.task !== "generator" || typeof input !== "string") return input;
  const [text] = predict(model as ConditionalGenerator, [input]) as string[];
  return { condition: input, text: text! };
}

/** The next symbols of a text, and the place of the caret among its symbols. */
export interface NextAtCaret extends NextSymbolsView {
  readonly place: number;
}

/** Tells the probabilities of the next symbol at every place of a text. @param caret index in the text */
export function nextAtCaret(model: LanguageModel, text: string, caret: number, top: number): NextAtCaret {
  const view = nextSymbols(model, text, top);
  return {
    ...view,
    place: Math.min(view.symbols.length, textSteps(model, text.slice(0, caret)).symbols.length),
  };
}

/** Steps of the unrolled network that are shown at once. */
const SHOWN = 6;

/** A page of steps of the unrolled network. */
export interface UnrolledPage extends UnrolledSteps {
  /** Number of symbols of the whole text. */
  readonly length: number;
}

/** Returns the page of steps that has a symbol. Pages begin at every sixth symbol; the last one ends with the text. */
export function unrolledPage(
  model: LanguageModel,
  text: string,
  page: number,
  units: readonly number[],
): UnrolledPage {
  const { length } = textSteps(model, text).symbols;
  const from = Math.max(0, Math.min(SHOWN * page, length - SHOWN));
  return { ...unrolledSteps(model, text, { from, maxSteps: SHOWN, units }), length };
}
