// Suggestions of words at every key, while a text is typed.

import { ask } from "../child.mjs";

const milliseconds = (seconds) => `${(1e3 * seconds).toFixed(2)} ms`;

export async function suggest({ engines, effort }) {
  const engine = engines[0];
  const results = await ask(engine, "suggest", effort);
  return results.map(({ name, mean, slowest }) => ({
    name: `suggestions at a key, ${name}`,
    engine: engine.name,
    measured: `mean of 200 keys ${milliseconds(mean)}, slowest ${milliseconds(slowest)}`,
  }));
}
