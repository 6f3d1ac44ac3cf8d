import { startGroup } from "unrolled/worker";
import { newTrainer } from "./train.js";

/** The loss of the second of two training steps of two threads. */
export async function trainInGroup(options) {
  const trainer = await newTrainer();
  const group = await startGroup(trainer.model, 2, options);
  await trainer.stepWith(group);
  const loss = await trainer.stepWith(group);
  group.release();
  return loss;
}
