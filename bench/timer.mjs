// Minimum of many, interleaved: the tasks take turns, so that a change of clock or a busy neighbour affects all of them, and
// the shortest sample of each is what the machine can do.

/** Seconds of warm-up for each task: engines recompile it after they have seen it run. */
const WARM_UP = 0.3;

/** Seconds. A sample must be long enough for the clock and short enough to fit between two interruptions. */
const SAMPLE = 1e-3;

/**
 * @param tasks name -> function that runs the task n times, synchronous or not
 * @param seconds to spend on all tasks together
 * @param least minimum seconds of a sample; longer if a task must first bring its data back into the cache
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

/** Measures the seconds of one run, as the mean of n runs in a row. */
async function sample({ run, n }) {
  const start = now();
  await run(n);
  return (now() - start) / n;
}

function now() {
  return performance.now() / 1000;
}
