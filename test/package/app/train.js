import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  Vocabulary,
} from "unrolled";

/** Makes a trainer whose losses are the same numbers wherever the strict build runs. */
export async function newTrainer(options) {
  const rt = await createRuntime({ variant: "strict", ...options });
  const text = "the cat sat on the mat. ".repeat(50);
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(rt, { ...defaultLanguageModelSpec(), hidden: 16, layers: 1 }, vocabulary);
  return new LanguageModelTrainer(model, vocabulary.encode(text), { batch: 4, seq: 10 });
}

/** The loss of the second of two training steps. */
export async function trainTwice(options) {
  const trainer = await newTrainer(options);
  trainer.step();
  const loss = trainer.step();
  trainer.model.runtime.dispose();
  return loss;
}
