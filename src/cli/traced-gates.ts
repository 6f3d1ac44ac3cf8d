import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import { recordGates } from "../nn/record-gates.ts";
import type { LayerPlace } from "../nn/recurrent.ts";
import type { AnyCommands } from "./tasks/index.ts";

/** The values of one layer in one direction while a model reads one input. */
export interface TracedLayer extends LayerPlace {
  /** Name of the recurrent part, such as `encoder.rnn`. */
  readonly part: string;
  /** Number of hidden units (H). */
  readonly hidden: number;
  /** The name of each step. */
  readonly symbols: readonly string[];
  /** The values of the gates and states, by name, flat [steps, H]. The gates come first. */
  readonly gates: Readonly<Record<string, Float32Array>>;
}

/** Maximum number of steps. An LSTM of 512 units has then 31 million numbers, which is 600 MB of JSON. */
const MAX_STEPS = 10_000;

/**
 * Runs a model on an input and returns the values of all layers, part by part.
 *
 * @throws ERR_DATA if the input is invalid, or has too many steps
 */
export function traceGates(commands: AnyCommands, model: TaskModel, input: unknown): TracedLayer[] {
  const { symbols, run } = commands.trace(model, input);
  const parts = Object.keys(symbols);
  const steps = parts.reduce((most, part) => Math.max(most, symbols[part]!.length), 0);
  if (steps > MAX_STEPS) {
    throw new UnrolledError(
      "ERR_DATA",
      `the input has ${steps} steps, expected at most ${MAX_STEPS}; give a shorter one`,
    );
  }
  const { runtime: rt } = model;
  const passes = rt.noGrad(() => rt.scope(() => recordGates(model, () => model.inference(run))));
  const traced: TracedLayer[] = [];
  for (const { part, layer, direction, hidden, values } of passes) {
    if (!parts.includes(part)) continue;
    const place = traced.findIndex(
      (one) => one.part === part && one.layer === layer && one.direction === direction,
    );
    const before = traced[place]?.gates;
    const gates = before ? joined(before, values) : inOrder(values);
    traced.splice(place < 0 ? traced.length : place, 1, {
      ...{ part, layer, direction, hidden, gates },
      symbols: symbols[part]!,
    });
  }
  return traced;
}

/** Joins the values of two passes of a layer: a model may read the first steps apart from the others. */
function joined(before: TracedLayer["gates"], after: TracedLayer["gates"]): TracedLayer["gates"] {
  return Object.fromEntries(
    Object.entries(before).map(([name, values]) => {
      const all = new Float32Array(values.length + after[name]!.length);
      all.set(values);
      all.set(after[name]!, values.length);
      return [name, all];
    }),
  );
}

/** The order in which values are shown: gates, candidates, then states. */
const ORDER = "ifrzgnoch";

function inOrder(values: TracedLayer["gates"]): TracedLayer["gates"] {
  return Object.fromEntries([...ORDER].flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
}
