import {
  Classifier,
  classifierExample,
  createRuntime,
  defaultClassifierSpec,
  defaultEncoderDecoderSpec,
  defaultLanguageModelSpec,
  EncoderDecoder,
  type EncoderDecoderSpec,
  holdOut,
  LanguageModel,
  type LanguageModelSpec,
  LanguageModelTrainer,
  labelTables,
  type Runtime,
  SequenceTrainer,
  sequencePair,
  textVocabulary,
} from "unrolled";

export const TEXT = `The cat said "no (never)" to 12 Dogs.\nThen it ran, and the "dog" sat.\n\n`.repeat(6);

export const startRuntime = (): Promise<Runtime> => createRuntime({ variant: "strict" });

/** A small language model with weights large enough to tell units apart. */
export async function languageModel(spec: Partial<LanguageModelSpec> = {}, iterations = 10) {
  const rt = await startRuntime();
  const whole = { ...defaultLanguageModelSpec(), hidden: 12, layers: 2, dropout: 0, ...spec };
  const model = new LanguageModel(rt, whole, textVocabulary(TEXT, whole));
  const trainer = new LanguageModelTrainer(model, model.encode(TEXT), { batch: 2, seq: 10, lr: 0.02 });
  for (let i = 0; i < iterations; i++) trainer.step();
  return model;
}

const THINGS = ["film", "book", "play", "song", "meal"];
export const OPINIONS = THINGS.flatMap((thing) => [
  { text: `the ${thing} was good`, label: "positive" },
  { text: `the ${thing} was bad`, label: "negative" },
  { text: `the ${thing} was so so`, label: "neutral" },
]);

/** A small classifier with random weights. */
export async function classifier(spec: Partial<Classifier["spec"]> = {}) {
  const rt = await startRuntime();
  const whole = { ...defaultClassifierSpec(), hidden: 6, embedding: 5, ...spec };
  const examples = OPINIONS.map(({ text, label }) => classifierExample(text, label, whole));
  return new Classifier(rt, whole, labelTables(examples, whole, { minCount: 1 }));
}

/** Returns the largest difference between two lists of numbers; Infinity if their lengths differ. */
export function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < actual.length; i++) most = Math.max(most, Math.abs(actual[i]! - expected[i]!));
  return most;
}

/** A small encoder-decoder of characters that has begun to learn to reverse. */
export async function reverser(spec: Partial<EncoderDecoderSpec> = {}, iterations = 60) {
  const rt = await startRuntime();
  const whole: EncoderDecoderSpec = {
    ...defaultEncoderDecoderSpec(),
    hidden: 16,
    embedding: 8,
    dropout: 0,
    inputDropout: 0,
    sourceLevel: "char",
    targetLevel: "char",
    ...spec,
  };
  const pairs = Array.from({ length: 60 }, (_, i) => {
    const digits = String(100 + ((i * 37) % 900));
    return sequencePair(digits, [...digits].reverse().join(""), whole);
  });
  const model = new EncoderDecoder(rt, whole, EncoderDecoder.tablesOf(pairs, whole));
  const trainer = new SequenceTrainer(model, holdOut(pairs, 1), { batch: 16, lr: 0.01, average: 0 });
  for (let i = 0; i < iterations; i++) trainer.step();
  return model;
}
