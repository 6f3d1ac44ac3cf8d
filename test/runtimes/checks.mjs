// What is asked of every runtime. A check throws where it fails; what it returns is printed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const golden = JSON.parse(await readFile(new URL("golden.json", import.meta.url), "utf8"));

/** How far the last loss on the relaxed build may be from that on the strict one, whose bits are the same everywhere. */
const TOLERANCE = 0.01;

const hashes = (results) =>
  Object.fromEntries(
    Object.entries(results).map(([name, { weights, answers }]) => [name, { weights, answers }]),
  );

export const checks = [
  {
    name: "trains and answers, strict build: the same bits",
    async run({ call }) {
      const { results } = await call("trainAll", { variant: "strict" });
      assert.deepEqual(hashes(results), hashes(golden));
    },
  },
  {
    name: "trains, the build of its choice: the same loss",
    async run({ call }) {
      const { variant, results } = await call("trainAll");
      for (const [name, { loss }] of Object.entries(results)) {
        const off = Math.abs(loss / golden[name].loss - 1);
        assert(off < TOLERANCE, `${name}: loss ${loss}, expected ${golden[name].loss}`);
      }
      return variant;
    },
  },
  {
    name: "trains in a worker: the same bits",
    async run({ call, hasWorkers = true }) {
      const { place, weights } = await call("trainLanguageModels", { variant: "strict" });
      assert.equal(place, hasWorkers ? "worker" : "thread");
      for (const [name, hash] of Object.entries(weights)) assert.equal(hash, golden[name].weights, name);
      return place;
    },
  },
];
