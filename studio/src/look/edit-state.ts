import type { LanguageModel, SamplingOptions, TokenStream } from "unrolled";
import { largest, logSoftmax } from "./numbers.ts";
import { openReader, textSteps } from "./text-steps.ts";

/** Which number of the state is changed, and to what. */
export interface StateEdit {
  readonly layer: number;
  /** Index of the unit in its layer. */
  readonly unit: number;
  /** Which state; default c for an LSTM, which remembers, else h. */
  readonly state?: "h" | "c";
  /** The new value. */
  readonly value?: number;
  /** A factor for the old value, if `value` is not given. */
  readonly scale?: number;
}

/** How the model continues. */
export interface ContinueOptions extends SamplingOptions {
  /** Number of symbols to write; default 100. */
  readonly length?: number;
  /** Seed of the draws, the same for both continuations; default 1. */
  readonly seed?: number;
  /** Number of probable next symbols; default 5. */
  readonly top?: number;
}

/** How a model continues from one state. */
export interface Continuation {
  /** The symbols that it writes. */
  readonly symbols: readonly string[];
  /** The symbols that are most probable next, before anything is drawn. */
  readonly next: readonly { readonly symbol: string; readonly probability: number }[];
  /** Probability of every next symbol, [V], in the order of `EditedState.vocabulary`. */
  readonly probabilities: Float32Array;
}

/** Two continuations of a text: as the model would, and after an edit of its state. */
export interface EditedState {
  /** The state before the edit. */
  readonly from: number;
  /** The state after the edit. */
  readonly to: number;
  readonly which: "h" | "c";
  readonly plain: Continuation;
  readonly edited: Continuation;
  readonly vocabulary: readonly string[];
}

/**
 * Continues a text from the model's state and from an edited state, with the same random numbers, so that each difference comes from
 * the edit. If c<t> is edited, h<t> = Γo tanh(c<t>) follows it, unless the cell has another function in the place of tanh. Layers above
 * read the edited state from the next step on.
 *
 * @throws RangeError if there is no such unit or state
 */
export function editState(
  model: LanguageModel,
  text: string,
  edit: StateEdit,
  options: ContinueOptions = {},
): EditedState {
  const { hiddenSize: H, numLayers } = model.rnn;
  const { layer, unit } = edit;
  if (!(layer >= 0 && layer < numLayers && unit >= 0 && unit < H)) {
    throw new RangeError(`unit ${unit} of layer ${layer}: the model has ${numLayers} layers of ${H} units`);
  }
  const { stream, dispose } = openReader(model);
  try {
    for (const id of textSteps(model, text).ids) stream.feed(id);
    const before = stream.state;
    const which = edit.state ?? (before.c ? "c" : "h");
    if (!before[which]) throw new RangeError("the cell has no state c");
    const at = layer * H + unit;
    const from = before[which][at]!;
    const changed = before[which].slice();
    changed[at] = edit.value ?? from * (edit.scale ?? 1);
    const h = which === "c" ? followed(before, at, changed[at]!, stream.gates[layer]!.o![unit]!) : changed;
    const plain = write(model, stream, options);
    stream.state = { ...before, h, ...(which === "c" && { c: changed }) };
    const edited = write(model, stream, options);
    return { from, to: changed[at]!, which, plain, edited, vocabulary: model.vocabulary.symbols };
  } finally {
    dispose();
  }
}

/** Returns the hidden states after an edit of a cell state. @param output the output gate Γo of the unit */
function followed({ h, c }: TokenStream["state"], at: number, edited: number, output: number): Float32Array {
  const own = h.slice();
  const isUsual = Math.abs(output * Math.tanh(c![at]!) - h[at]!) < 1e-4;
  if (isUsual) own[at] = output * Math.tanh(edited);
  return own;
}

/** Writes on from the stream's state. The runtime's random numbers stay where they were. */
function write(
  { runtime, vocabulary, spec }: LanguageModel,
  stream: TokenStream,
  { length = 100, seed = 1, top = 5, ...sampling }: ContinueOptions,
): Continuation {
  const probabilities = logSoftmax(stream.logits()).map(Math.exp);
  const next = largest(probabilities, top).map((id) => ({
    symbol: vocabulary.symbols[id]!,
    probability: probabilities[id]!,
  }));
  const end = spec.level === "word" && spec.lines ? vocabulary.endId : null;
  const { random } = runtime;
  const position = random.state;
  const symbols: string[] = [];
  try {
    random.state = { seed, position: 0 };
    while (symbols.length < length) {
      const id = stream.draw(random, sampling);
      if (id === end) break;
      symbols.push(vocabulary.symbols[id]!);
      stream.feed(id);
    }
  } finally {
    random.state = position;
  }
  return { symbols, next, probabilities: Float32Array.from(probabilities) };
}
