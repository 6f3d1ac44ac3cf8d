// The checks of every runtime. A check throws if it fails; its result is printed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { answersOf, order, rows, texts } from "./serving.mjs";

const golden = JSON.parse(await readFile(new URL("golden.json", import.meta.url), "utf8"));

/** Maximum difference between the last losses on the relaxed and the strict build, whose bits are the same everywhere. */
const TOLERANCE = 0.01;

/** Maximum memory in MB that 500 cycles may add to a process; a runtime takes at least 1 MB. */
const LEAK = 100;

const hashes = (results) =>
  Object.fromEntries(
    Object.entries(results).map(([name, { weights, answers }]) => [name, { weights, answers }]),
  );

/** Asks a server on loopback. */
async function ask(url, path, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(response.status, 200);
  return response.json();
}

/** Waits until a server has its models. */
async function ready(url) {
  while ((await fetch(`${url}/health`)).status === 503) await wait(50);
}

export const checks = [
  {
    name: "trains and answers, strict build: the same bits",
    async run({ call }) {
      const { results } = await call("trainAll", { variant: "strict" });
      assert.deepEqual(hashes(results), hashes(golden.models));
    },
  },
  {
    name: "trains, the build of its choice: the same loss",
    async run({ call }) {
      const { variant, results } = await call("trainAll");
      for (const [name, { loss }] of Object.entries(results)) {
        const off = Math.abs(loss / golden.models[name].loss - 1);
        assert(off < TOLERANCE, `${name}: loss ${loss}, expected ${golden.models[name].loss}`);
      }
      return variant;
    },
  },
  {
    name: "cuts texts of many scripts: the same tokens",
    async run({ call }) {
      const { hash, tokens } = await call("cutTexts");
      assert.equal(hash, golden.texts);
      return `${tokens} tokens`;
    },
  },
  {
    name: "runs an ONNX file: within 1e-5 of ONNX Runtime, strict build the same bits",
    async run({ call }) {
      const { error, hash } = await call("runForeign", { variant: "strict" });
      assert(error <= 1, `${error} times the difference that is allowed`);
      assert.equal(hash, golden.foreign);
      const own = await call("runForeign");
      assert(own.error <= 1, `${own.error} times the difference that is allowed`);
      return own.variant;
    },
  },
  {
    name: "trains through unrolled/worker: the same bits",
    async run({ call, workers }) {
      const { place, weights } = await call("trainLanguageModels", { variant: "strict" });
      assert.equal(place, workers === "none" ? "thread" : "worker");
      for (const [name, hash] of Object.entries(weights))
        assert.equal(hash, golden.models[name].weights, name);
      return place;
    },
  },
  {
    name: "finds the package's files that are made for it",
    needs: ({ workers }) => workers !== "none",
    async run({ call, workers }) {
      const file = await call("resolveName", { name: "unrolled/worker" });
      assert.equal(file, workers === "threads" ? "worker.node.js" : "worker.js");
      return file;
    },
  },
  {
    name: "three workers train together: their own bits",
    needs: ({ workers }) => workers !== "none",
    async run({ call, callWithoutIsolation }) {
      const options = { variant: "strict", workers: 3 };
      const { weights, shared } = await call("trainLanguageModels", options);
      assert.deepEqual(weights, golden.threeWorkers);
      const apart = await callWithoutIsolation?.("trainLanguageModels", options);
      if (apart) assert.deepEqual([apart.weights, apart.shared], [weights, false]);
      return [shared && "shared memory", (apart || !shared) && "messages"].filter(Boolean).join(", ");
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
      assert.equal(weights, golden.models.lstm.weights);
      return `from iteration ${iteration}`;
    },
  },
  {
    name: "a worker that dies in the middle is replaced: the same bits",
    needs: ({ workers }) => workers === "web",
    async run({ call }) {
      const { ended, iteration, weights } = await call("killWorker");
      assert.deepEqual(ended, ["ERR_STATE", "ERR_STATE"]);
      assert.equal(iteration, 16);
      assert.equal(weights, golden.models.lstm.weights);
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
        weights: golden.models.lstm.weights,
      });
    },
  },
  {
    name: "serves models: the bits that they answer in this process, and states that go from request to request",
    needs: ({ serve }) => serve,
    async run({ serve }) {
      const [url, { moods, text, forecasts }] = await Promise.all([serve(), answersOf()]);
      await ready(url);
      for (const model of ["mood", "quick"]) {
        const answers = await Promise.all(
          texts.map((input) => ask(url, "/predict", { model, inputs: [input] })),
        );
        assert.deepEqual(
          answers.flatMap(({ outputs }) => outputs),
          moods,
        );
      }
      let state;
      for (const [i, row] of rows.entries()) {
        const answer = await ask(url, "/step", { model: "level", inputs: [row], state });
        assert.deepEqual(answer.outputs.flat(2), forecasts[i]);
        ({ state } = answer);
      }
      const half = order.length / 2;
      const first = await ask(url, "/generate", { model: "writer", ...order, length: half });
      const rest = { model: "writer", ...order, prompt: "", length: half, state: first.state };
      assert.equal(first.text + (await ask(url, "/generate", rest)).text, text);
      const figures = await (await fetch(`${url}/metrics`)).text();
      assert.match(figures, /^unrolled_batch_size_sum\{model="mood"\} 8$/m);
      return `${figures.match(/^unrolled_batch_size_count\{model="mood"\} (\d+)$/m)[1]} batches`;
    },
  },
  {
    name: "two trainers at once: the same bits",
    needs: ({ workers }) => workers !== "none",
    async run({ call }) {
      const { weights } = golden.models.lstm;
      assert.deepEqual(await call("trainTwice"), [weights, weights]);
    },
  },
  {
    name: "storage that is full: an error with its code, and what was stored stays",
    needs: ({ quota }) => quota,
    async run({ call, store, quota }) {
      const { problem, kept, after } = await call("fillStore", {
        name: store,
        chunk: quota / 4,
        most: 4 * quota,
      });
      assert.deepEqual([problem?.code, problem?.cause], ["ERR_FILE", "QuotaExceededError"]);
      assert.deepEqual([kept, after], [[1, 2, 3], [4]]);
    },
  },
  {
    name: "1,000 workers, and 1,000 runs in one: no leak",
    needs: ({ endures }) => endures,
    async run({ call }) {
      const { workers, runs, alive } = await call("cycles", { times: 1000 });
      const grown = `${workers.toFixed(0)} and ${runs.toFixed(0)} MB in the second half`;
      assert(Math.max(workers, runs) < LEAK, grown);
      assert.deepEqual(alive, []);
      return grown;
    },
  },
];
