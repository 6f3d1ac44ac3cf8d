// What is asked of every runtime. A check throws where it fails; what it returns is printed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const golden = JSON.parse(await readFile(new URL("golden.json", import.meta.url), "utf8"));

/** How far the last loss on the relaxed build may be from that on the strict one, whose bits are the same everywhere. */
const TOLERANCE = 0.01;

/** Weights of the first language model after three threads have trained it together. */
const TOGETHER = "8d345586caff2615";

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
    name: "trains through unrolled/worker: the same bits",
    async run({ call, workers }) {
      const { place, weights } = await call("trainLanguageModels", { variant: "strict" });
      assert.equal(place, workers === "none" ? "thread" : "worker");
      for (const [name, hash] of Object.entries(weights)) assert.equal(hash, golden[name].weights, name);
      return place;
    },
  },
  {
    name: "trains with three threads: the same bits",
    needs: ({ workers }) => workers !== "none",
    async run({ call }) {
      const together = await call("trainTogether", { variant: "strict" });
      assert.deepEqual(together, { workers: 3, weights: TOGETHER });
    },
  },
  {
    name: "goes on after its end in the middle of training: the same bits",
    needs: ({ store }) => store,
    async run({ call, store }) {
      const { checkpoints } = await call("leaveTraining", { name: store });
      const { iteration, weights } = await call("goOnTraining", { name: store });
      assert(
        iteration >= checkpoints,
        `at iteration ${iteration}, though ${checkpoints} checkpoints were stored`,
      );
      assert.equal(weights, golden.lstm.weights);
      return `from iteration ${iteration}`;
    },
  },
  {
    name: "a worker that dies in the middle is replaced: the same bits",
    needs: ({ workers }) => workers === "web",
    async run({ call }) {
      const { ended, iteration, weights } = await call("killWorker");
      assert.deepEqual(ended, ["ERR_STATE", "ERR_STATE"]);
      assert.equal(iteration, 8);
      assert.equal(weights, golden.lstm.weights);
    },
  },
  {
    name: "a cancelled start, a message that cannot be cloned, a release: errors with codes, and it goes on",
    needs: ({ workers }) => workers !== "none",
    async run({ call }) {
      assert.deepEqual(await call("misuseWorker"), {
        cancelled: "ERR_ABORTED",
        notCloned: "ERR_VALUE",
        released: ["ERR_DISPOSED", "ERR_DISPOSED"],
        weights: golden.lstm.weights,
      });
    },
  },
  {
    name: "two trainers at once: the same bits",
    needs: ({ workers }) => workers !== "none",
    async run({ call }) {
      const { weights } = golden.lstm;
      assert.deepEqual(await call("trainTwice"), [weights, weights]);
    },
  },
];
