import { connect } from "unrolled/worker";

/** Trains in a worker; gives the validation loss, the same number wherever the strict build runs. */
export async function trainInWorker(options) {
  const trainer = await connect({ variant: "strict", ...options });
  if (trainer.place !== "worker") throw new Error(`it trains in the ${trainer.place}`);
  await trainer.start({
    data: "the cat sat on the mat. ".repeat(50),
    spec: { hidden: 16, layers: 1 },
    recipe: { batch: 4, seq: 10 },
  });
  const { best } = await trainer.train({ iterations: 2 });
  trainer.release();
  return best;
}
