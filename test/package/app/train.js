import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  Vocabulary,
} from "unrolled";

/** The loss of the second of two training steps: the same number wherever the strict build runs. */
export async function trainTwice(options) {
  const rt = await createRuntime({ variant: "strict", ...options });
  const text = "the cat sat on the mat. ".repeat(50);
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(rt, { ...defaultLanguageModelSpec(), hidden: 16, layers: 1 }, vocabulary);
  const trainer = new LanguageModelTrainer(model, vocabulary.encode(text), { batch: 4, seq: 10 });
  trainer.step();
  const loss = trainer.step();
  rt.dispose();
  return loss;
}
