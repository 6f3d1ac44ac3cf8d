// Minimum of many, interleaved: what is compared takes turns, so that a change of clock or a busy neighbour meets all of
// them, and the shortest sample of each is what the machine can do.

/** Seconds that each task runs at first: engines compile it again once they have seen it run. */
const WARM_UP = 0.3;

/** Seconds. A sample must be long enough for the clock and short enough to fit between two interruptions. */
const SAMPLE = 1e-3;

/**
 * @param tasks name -> function that runs the task n times, synchronous or not
 * @param seconds to spend on all of them together
 * @param least seconds of a sample; longer where a task must first find its data back in the cache
 * @returns name -> seconds of one run
 */
export async function interleave(tasks, seconds, least = SAMPLE) {
  const entries = Object.entries(tasks).map(([name, run]) => ({ name, run, n: 1, best: Infinity }));
  for (const task of entries) {
    for (const end = now() + WARM_UP; now() < end; ) await sample(task);
    while ((await sample(task)) * task.n < least) task.n *= 2;
  }
  for (const end = now() + seconds; now() < end; ) {
    for (const task of entries) task.best = Math.min(task.best, await sample(task));
  }
  return Object.fromEntries(entries.map(({ name, best }) => [name, best]));
}

/** Seconds of one run, as the mean of n in a row. */
async function sample({ run, n }) {
  const start = now();
  await run(n);
  return (now() - start) / n;
}

function now() {
  return performance.now() / 1000;
}
