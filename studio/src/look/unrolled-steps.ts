import type { LanguageModel } from "unrolled";
import { notesNames } from "./gates.ts";
import { largest, logSoftmax } from "./numbers.ts";
import { openReader, textSteps } from "./text-steps.ts";

/** The numbers of some units of a layer at one step. Each list is in the order of `UnrolledSteps.units`. */
export interface UnrolledLayer {
  /** h<t-1>, which the notes call a<t-1>. */
  readonly hBefore: readonly number[];
  /** c<t-1>; LSTM only. */
  readonly cBefore?: readonly number[];
  /** The gates and the candidate by the names of the notes: Γu, Γf, Γo, Γr, c̃. */
  readonly gates: Readonly<Record<string, readonly number[]>>;
  /** c<t>; LSTM only. */
  readonly c?: readonly number[];
  /** h<t>. */
  readonly h: readonly number[];
}

/** One step of the unrolled network. */
export interface UnrolledStep {
  /** x<t>, the symbol that is read. */
  readonly x: string;
  /** y<t>, the symbol that comes next; undefined after the last symbol of the text. */
  readonly y?: string;
  readonly layers: readonly UnrolledLayer[];
  /** The most probable next symbols with ŷ<t>, the most probable first. */
  readonly top: readonly { readonly symbol: string; readonly logit: number; readonly probability: number }[];
  /** The loss L<t> = -log ŷ<t> of y<t>, in nats; undefined after the last symbol. */
  readonly loss?: number;
}

/** Some steps of a language model over a text. */
export interface UnrolledSteps {
  /** Index of the first step in the text. */
  readonly from: number;
  /** Indices of the units whose numbers are given. */
  readonly units: readonly number[];
  readonly steps: readonly UnrolledStep[];
}

/** What `unrolledSteps` shows. */
export interface UnrolledOptions {
  /** Index of the first step; default 0. Earlier symbols are read, but not shown. */
  readonly from?: number;
  /** Maximum number of steps; default 8. */
  readonly maxSteps?: number;
  /** Units of each layer; default the first four. */
  readonly units?: readonly number[];
  /** Number of probable next symbols; default 3. */
  readonly top?: number;
}

/** Returns the numbers of the unrolled diagram of the notes, step by step, with the model's own weights. */
export function unrolledSteps(
  model: LanguageModel,
  text: string,
  { from = 0, maxSteps = 8, units = [0, 1, 2, 3], top = 3 }: UnrolledOptions = {},
): UnrolledSteps {
  const { ids, symbols } = textSteps(model, text);
  const { hiddenSize: H } = model.rnn;
  const own = units.filter((unit) => unit < H);
  const chosen = (values: Float32Array, layer = 0) => own.map((unit) => values[layer * H + unit]!);
  const { stream, dispose } = openReader(model);
  try {
    for (const id of ids.subarray(0, from)) stream.feed(id);
    const steps: UnrolledStep[] = [];
    for (let t = from; t < Math.min(ids.length, from + maxSteps); t++) {
      const before = stream.state;
      stream.feed(ids[t]!);
      const after = stream.state;
      const layers = stream.gates.map((values, layer): UnrolledLayer => {
        const named = Object.entries(notesNames(values)).filter(([name]) => name !== "c");
        return {
          hBefore: chosen(before.h, layer),
          ...(before.c && { cBefore: chosen(before.c, layer) }),
          gates: Object.fromEntries(named.map(([name, gate]) => [name, chosen(gate)])),
          ...(after.c && { c: chosen(after.c, layer) }),
          h: chosen(after.h, layer),
        };
      });
      const logits = stream.logits();
      const logs = logSoftmax(logits);
      const best = largest(logs, top);
      const next = ids[t + 1];
      steps.push({
        x: symbols[t]!,
        layers,
        top: best.map((id) => ({
          symbol: model.vocabulary.symbols[id]!,
          logit: logits[id]!,
          probability: Math.exp(logs[id]!),
        })),
        ...(next !== undefined && { y: symbols[t + 1]!, loss: -logs[next]! }),
      });
    }
    return { from, units: own, steps };
  } finally {
    dispose();
  }
}
