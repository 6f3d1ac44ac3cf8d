import { connect } from "unrolled/worker";

/** Trains in a worker; gives the validation loss, the same number wherever the strict build runs. */
export const trainInWorker = (options) => trainIn("worker", options);

/** Trains in this place, `worker` or `thread`, where `connect` has to choose it. */
export async function trainIn(place, options) {
  const trainer = await connect({ variant: "strict", ...options });
  if (trainer.place !== place) throw new Error(`it trains in the ${trainer.place}`);
  await trainer.start({
    data: "the cat sat on the mat. ".repeat(50),
    spec: { hidden: 16, layers: 1 },
    recipe: { batch: 4, seq: 10 },
  });
  const { best } = await trainer.train({ iterations: 2 });
  trainer.release();
  return best;
}
