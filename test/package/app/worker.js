import { DEFAULT_RECIPE, DEFAULT_SPEC } from "unrolled";
import { connect } from "unrolled/worker";

/** Trains where the platform has workers and gives the model's first words, which are the same everywhere. */
export async function trainInWorker() {
  const worker = await connect();
  await worker.start({
    variant: "strict",
    text: "the cat sat on the mat. ".repeat(50),
    spec: { ...DEFAULT_SPEC, hidden: 16, layers: 1 },
    recipe: { ...DEFAULT_RECIPE, batch: 4, seq: 10 },
  });
  await worker.train({ iterations: 2 });
  const text = await worker.generate({ length: 20, seed: 1 });
  worker.release();
  return text;
}
