import * as unrolled from "../../../src/index.ts";
import {
  B,
  type Case,
  casesOn,
  floats,
  ids,
  list,
  type Numbers,
  numbers,
  SOURCE,
  SOURCE_LENGTHS,
  shaken,
  small,
  T,
} from "./export-case.ts";

/** Makes the cases of models of two parts: each whole, its encoder and its decoder. */
export function partedCases(rt: unrolled.Runtime): Case[] {
  const { tensor, of, file } = casesOn(rt);

  const statesOf = ({ h, c }: { h: unrolled.Tensor; c?: unrolled.Tensor }, suffix = "") => ({
    [`h${suffix}`]: of(h),
    ...(c && { [`c${suffix}`]: of(c) }),
  });

  const generator = (
    name: string,
    spec: Partial<unrolled.GeneratorSpec>,
    conditions: readonly unrolled.Condition[],
    condition: Numbers,
    /** What our model reads: `condition` as one-hot or scaled vectors. */
    own = condition,
  ): Case[] => {
    const whole = { ...unrolled.defaultGeneratorSpec(), ...small, ...spec };
    const tables = unrolled.conditionTables(conditions, whole, 1);
    const vocabulary = unrolled.generatorVocabulary([{ condition: "", tokens: [..."abcd"] }]);
    const model = shaken(new unrolled.ConditionalGenerator(rt, whole, { vocabulary, ...tables }));
    const isLong = whole.condition === "sequence";
    const lengths = isLong ? { lengths: list(SOURCE_LENGTHS) } : {};
    const tokens = ids(5, T, B);
    const read = isLong ? model.condition!.forward(tensor(own), SOURCE_LENGTHS) : tensor(own);
    const first = model.begin(read);
    const { logits, state } = model.forward(tensor(tokens), read);
    return [
      {
        name,
        bytes: file(model, { lengths: isLong }),
        inputs: { condition, tokens, ...lengths },
        expected: { logits: of(logits) },
      },
      {
        name: `${name}, encoder`,
        bytes: file(model, { lengths: isLong, part: "encoder" }),
        inputs: { condition, ...lengths },
        expected: statesOf(first),
      },
      {
        name: `${name}, decoder`,
        bytes: file(model, { part: "decoder" }),
        inputs: { tokens, ...statesOf(first) },
        expected: { logits: of(logits), ...statesOf(state, "_out") },
      },
    ];
  };
  const oneHot = ({ data }: Numbers, width: number) =>
    floats(
      data.flatMap((id) => Array.from({ length: width }, (_, i) => Number(i === id))),
      [data.length, width],
    );
  const names = ids(2, B);
  const steps = numbers(SOURCE, B, 2);
  const vectors = [[[1, 5], [3, 9]]]; // biome-ignore format: a sequence of two vectors
  const scaledSteps = floats(
    steps.data.map((value, i) => (i % 2 ? (value - 7) / 2 : value - 2)),
    steps.shape,
  );
  const generators = [
    ...generator("generator of names", { cell: "gru", layers: 2 }, ["up", "down"], names, oneHot(names, 2)),
    ...generator("generator of vectors", { features: 3 }, [], numbers(B, 3)),
    ...generator("generator of texts", { condition: "sequence", layers: 2 }, ["a b c d"], ids(4, SOURCE, B)),
    ...generator(
      "generator of sequences of vectors",
      { condition: "sequence", features: 2, gateNorm: true },
      vectors,
      steps,
      scaledSteps,
    ),
  ];

  const pairs = [
    { source: [..."abcd"], target: [..."xyz"] },
    { source: [..."dcab"], target: [..."zzx"] },
  ];
  const both = (
    name: string,
    model: unrolled.EncoderDecoder | unrolled.Autoencoder,
    source: Numbers,
    own = source,
  ): Case[] => {
    const { decoder } = model;
    const lengths = { lengths: list(SOURCE_LENGTHS) };
    const options = { lengths: true };
    const encoded = model.encodeBatch(tensor(own).data.slice() as Float32Array, SOURCE_LENGTHS);
    const memory = encoded.memory!;
    const first = decoder.begin(encoded.state);
    const { attention } = decoder;
    const attended = attention && {
      memory: of(memory),
      ...(attention.additive && { keys: of(attention.additive.key.forward(memory)) }),
    };
    const isVectors = !model.target;
    const rows = "encode" in model ? { vector: vectorOf(encoded.state) } : {};
    const time = isVectors ? SOURCE : T;
    const tokens = isVectors ? undefined : ids(model.target!.size, T, B);
    const outputs = decoder.forward(
      tokens ? tensor(tokens) : rt.zeros([time, B, 1]),
      encoded,
      Array(B).fill(time),
    );
    const scaled = of(outputs);
    const result = isVectors
      ? {
          reconstruction: floats(
            scaled.data.map((value, i) => (i % 2 ? value * 2 + 7 : value + 2)),
            scaled.shape,
          ),
        }
      : { logits: scaled };
    const written = tokens ? { tokens } : {};
    const x = tokens ? decoder.embedding!.forward(tensor(tokens)) : rt.zeros([time, B, 1]);
    const { state } = decoder.rnn.forward(x, { h0: first.h, ...(first.c && { c0: first.c }) });
    return [
      {
        name,
        bytes: file(model, options),
        inputs: { source, ...written, ...lengths },
        expected: { ...result, ...rows },
      },
      {
        name: `${name}, encoder`,
        bytes: file(model, { ...options, part: "encoder" }),
        inputs: { source, ...lengths },
        expected: { ...statesOf(first), ...rows },
      },
      {
        name: `${name}, decoder`,
        bytes: file(model, { ...options, part: "decoder" }),
        inputs: {
          ...(tokens ? { tokens } : { steps: list([time]) }),
          ...statesOf(first),
          ...(attended && { ...attended, ...lengths }),
        },
        expected: { ...result, ...statesOf(state, "_out") },
      },
    ];
  };
  const vectorOf = ({ h, c }: { h: unrolled.Tensor; c?: unrolled.Tensor }): Numbers => {
    const [layers = 0, , H = 0] = h.shape;
    const all = [h, ...(c ? [c] : [])].map((states) => states.toArray());
    const row = (b: number) =>
      all.flatMap((data) =>
        Array.from({ length: layers }, (_, l) => [
          ...data.subarray((l * B + b) * H, (l * B + b + 1) * H),
        ]).flat(),
      );
    return floats(Array.from({ length: B }, (_, b) => row(b)).flat(), [B, all.length * layers * H]);
  };
  const encoderDecoder = (name: string, spec: Partial<unrolled.EncoderDecoderSpec>, features = 0) => {
    const whole = { ...unrolled.defaultEncoderDecoderSpec("char", "char", features), ...small, ...spec };
    const given = features ? pairs.map((pair) => ({ ...pair, source: vectors[0]! })) : pairs;
    const model = shaken(
      new unrolled.EncoderDecoder(rt, whole, unrolled.EncoderDecoder.tablesOf(given, whole)),
    );
    return features ? both(name, model, steps, scaledSteps) : both(name, model, ids(4, SOURCE, B));
  };
  const autoencoder = (name: string, spec: Partial<unrolled.AutoencoderSpec>, features = 0) => {
    const whole = { ...unrolled.defaultAutoencoderSpec("char", features), ...small, ...spec };
    const given = features ? vectors : pairs.map(({ source }) => source);
    const model = shaken(new unrolled.Autoencoder(rt, whole, unrolled.Autoencoder.tablesOf(given, whole)));
    return features ? both(name, model, steps, scaledSteps) : both(name, model, ids(4, SOURCE, B));
  };
  const parted = [
    ...encoderDecoder("encoder-decoder", {}),
    ...encoderDecoder("encoder-decoder, additive", {
      ...{ attention: "additive", cell: "lstm", layers: 2, encoderLayers: 1, encoderHidden: 6 },
      encoderCell: "gru",
    }),
    ...encoderDecoder("encoder-decoder, no attention", {
      ...{ attention: "none", cell: "lstm", layers: 2, bidirectional: false, gateNorm: true },
    }),
    ...encoderDecoder("encoder-decoder of vectors", { connections: "dense", layers: 2 }, 2),
    ...autoencoder("autoencoder", { cell: "lstm" }),
    ...autoencoder("autoencoder of vectors", { embedding: 0 }, 2),
  ];
  return [...generators, ...parted];
}
