import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  Vocabulary,
} from "unrolled";
import { startGroup } from "unrolled/worker";

/** The loss of the second of two training steps of two threads: the same number wherever the strict build runs. */
export async function trainInGroup(options) {
  const rt = await createRuntime({ variant: "strict" });
  const text = "the cat sat on the mat. ".repeat(50);
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(rt, { ...defaultLanguageModelSpec(), hidden: 16, layers: 1 }, vocabulary);
  const trainer = new LanguageModelTrainer(model, vocabulary.encode(text), { batch: 4, seq: 10 });
  const group = await startGroup(model, 2, options);
  await trainer.stepWith(group);
  const loss = await trainer.stepWith(group);
  group.release();
  return loss;
}
