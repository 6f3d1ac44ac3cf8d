import {
  type Autoencoder,
  Classifier,
  type Condition,
  ConditionalGenerator,
  END_SYMBOL,
  type EncoderDecoder,
  Forecaster,
  LanguageModel,
  type LayerGates,
  recordGates,
  SequenceEmbedder,
  type Step,
  sequenceTokens,
  Tagger,
  Transcriber,
  type Vector,
} from "unrolled";
import { openReader, textSteps } from "./text-steps.ts";

/** A model whose steps can be recorded: one of any task. */
export type AnyModel =
  | LanguageModel
  | Classifier
  | Tagger
  | EncoderDecoder
  | Autoencoder
  | ConditionalGenerator
  | SequenceEmbedder
  | Forecaster
  | Transcriber;

/**
 * What a model reads: a text, tokens or vectors as its `predict` takes them; the rows of a forecaster; the condition and the text of a
 * generator.
 */
export type AnyInput =
  | string
  | readonly Step[]
  | readonly Vector[]
  | readonly number[]
  | { readonly condition: Condition; readonly text: string };

/** One layer in one direction, while it reads one sequence. */
export interface LayerRecord {
  /** Name of the recurrent part, such as `rnn`, `encoder.rnn` or `decoder.rnn`. */
  readonly part: string;
  /** Number of the layer, counted from 0 at the input. */
  readonly layer: number;
  /** 0 if the layer reads from first step to last, 1 from last to first. */
  readonly direction: number;
  /** Number of units (H). */
  readonly hidden: number;
  /** What the part read at each step, [T]: symbols, or numbers of steps if it read vectors. */
  readonly symbols: readonly string[];
  /** Values after each step by the library's names (h; i, f, g, o, c; r, z, n), each [T, H]. */
  readonly values: Readonly<Record<string, Float32Array>>;
}

/**
 * Runs a model over one input, and records gates and states of all layers: by `recordGates`, or by a stream for forecasters
 * and for language models of words or lines. Encoder-decoders and autoencoders of texts write their output first; their decoder is then recorded while it reads
 * that output. The layers that read the characters of words are left out.
 */
export function record(model: AnyModel, input: AnyInput): LayerRecord[] {
  if (model instanceof LanguageModel) return recordText(model, input as string);
  if (model instanceof Forecaster) return recordRows(model, input as readonly number[]);
  if (model instanceof Transcriber) {
    const layers = passed(model, () => model.logits([input as readonly Vector[]]));
    return layers.map((layer) => withSymbols(layer, {}));
  }
  if (model instanceof ConditionalGenerator)
    return recordGenerator(model, input as { condition: Condition; text: string });
  const tokens = typeof input === "string" ? model.tokens(input) : (input as readonly Step[]);
  const symbols: Names = typeof tokens[0] === "string" ? { rnn: tokens as readonly string[] } : {};
  if (model instanceof SequenceEmbedder) {
    return passed(model, () => model.encode([input as string])).map((layer) => withSymbols(layer, symbols));
  }
  if (model instanceof Classifier || model instanceof Tagger) {
    return passed(model, () => model.probabilities([tokens])).map((layer) => withSymbols(layer, symbols));
  }
  return recordHalves(model, tokens);
}

/** What each recurrent part reads. A part that reads vectors is left out. */
type Names = Readonly<Record<string, readonly string[]>>;

/** Records one forward pass without dropout and without a tape. */
function passed(model: Exclude<AnyModel, Forecaster>, run: () => unknown): LayerGates[] {
  const quiet = () =>
    model.inference(() => model.runtime.noGrad(() => model.runtime.scope(() => void run())));
  return recordGates(model, quiet).filter(({ part }) => !part.startsWith("characters"));
}

function withSymbols(
  { part, layer, direction, hidden, lengths, values }: LayerGates,
  names: Names,
): LayerRecord {
  const numbers = () => Array.from({ length: lengths[0]! }, (_, t) => String(t + 1));
  return { part, layer, direction, hidden, symbols: names[part] ?? numbers(), values };
}

function recordText(model: LanguageModel, text: string): LayerRecord[] {
  const { ids, symbols } = textSteps(model, text);
  // One pass over all steps is several times as fast as a stream, which models of lines need: it starts again at each line.
  if (ids.length && model.spec.level === "char" && !model.spec.lines) {
    const { runtime: rt, embedding, rnn } = model;
    const layers = passed(model, () => {
      const tokens = rt.tensor(ids, [ids.length, 1]);
      return rnn.forward(embedding?.forward(tokens) ?? tokens);
    });
    return layers.map((layer) => withSymbols(layer, { rnn: symbols }));
  }
  const { stream, dispose } = openReader(model);
  try {
    return recordStream(model, stream, symbols, (t) => stream.feed(ids[t]!));
  } finally {
    dispose();
  }
}

function recordRows(model: Forecaster, rows: readonly (number | Vector)[]): LayerRecord[] {
  const packed = model.pack();
  const stream = packed.stream();
  try {
    const numbers = rows.map((_, t) => String(t + 1));
    return recordStream(model, stream, numbers, (t) => stream.push(rows[t]!));
  } finally {
    stream.dispose();
    packed.dispose();
  }
}

/** Records what a stream holds after each step. */
function recordStream(
  { rnn }: LanguageModel | Forecaster,
  stream: {
    readonly gates: readonly Readonly<Record<string, Float32Array>>[];
    readonly state: { h: Float32Array };
  },
  symbols: readonly string[],
  step: (t: number) => void,
): LayerRecord[] {
  const { numLayers, hiddenSize: H } = rnn;
  const size = symbols.length * H;
  const values = Array.from({ length: numLayers }, (): Record<string, Float32Array> => ({}));
  for (let t = 0; t < symbols.length; t++) {
    step(t);
    const { h } = stream.state;
    stream.gates.forEach((gates, layer) => {
      const own = { ...gates, h: h.subarray(layer * H, (layer + 1) * H) };
      for (const [name, now] of Object.entries(own)) {
        values[layer]![name] ??= new Float32Array(size);
        values[layer]![name].set(now, t * H);
      }
    });
  }
  return values.map((own, layer) => ({ part: "rnn", layer, direction: 0, hidden: H, symbols, values: own }));
}

function recordGenerator(
  model: ConditionalGenerator,
  { condition, text }: { condition: Condition; text: string },
): LayerRecord[] {
  const tokens = sequenceTokens(text, model.spec);
  const batch = model.batches([{ condition, tokens }], { batch: 1 }).at(0);
  return passed(model, () => model.loss(batch)).map((layer) =>
    withSymbols(layer, { rnn: [END_SYMBOL, ...tokens] }),
  );
}

function recordHalves(model: EncoderDecoder | Autoencoder, source: readonly Step[]): LayerRecord[] {
  if (!model.target) {
    const vectors = [source as readonly Vector[]];
    return passed(model, () => (model as Autoencoder).predict(vectors)).map((layer) =>
      withSymbols(layer, {}),
    );
  }
  const { tokens } = model.write([source])[0]!;
  const { sources, inputs } = model.encodePairs([{ source, target: [...tokens] }]);
  const written = inputs[0]!;
  const layers = passed(model, () => {
    const encoded = model.encodeBatch(sources[0]!, [source.length]);
    const target = model.runtime.tensor(written, [written.length, 1]);
    return model.decoder.forward(target, encoded, [written.length]);
  });
  const names = {
    "decoder.rnn": [END_SYMBOL, ...tokens],
    ...(model.source && { "encoder.rnn": source as readonly string[] }),
  };
  return layers.map((layer) => withSymbols(layer, names));
}
