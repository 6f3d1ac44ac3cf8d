// Requests on loopback: the classifier and a step of a language model in every runtime, with and without batches, and the same models in
// ONNX Runtime Web behind the same server of Node.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inPackage } from "../../test/runtimes/install.mjs";
import { load, withClient } from "../serving/load.mjs";
import { pieces, texts, writeModels } from "../serving/models.mjs";

const CONNECTIONS = 32;

/** Seconds of a turn, and of the requests before the first one. */
const [SECONDS, WARM_UP] = [2, 1];

/** Turns of each server. The one with the most requests counts. */
const TURNS = 3;

/** Maximum inputs of a batch: with batches, and without. */
const BATCHES = [32, 1];

/** Largest difference between the answers of two engines. */
const TOLERANCE = 1e-5;

const server = fileURLToPath(new URL("../serving/server.mjs", import.meta.url));

/** Starts a server in a process of its own. */
async function serveIn(path, flags, folder, engine, batch) {
  const child = spawn(path, [...flags, server, folder, engine, String(batch)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const url of createInterface({ input: child.stdout })) return { url, close: () => child.kill() };
  throw new Error(`${path} ended without an address`);
}

/** The servers that can run here. */
function serversOf(engine) {
  const [deno, bun] = [inPackage("deno/deno"), inPackage("bun/bin/bun")];
  const node = (peer) => (folder, batch) => serveIn(engine.path, [], folder, peer, batch);
  return [
    { name: engine.name, open: node("unrolled") },
    { name: `${engine.name}, ONNX Runtime Web`, peer: true, open: node("onnx") },
    existsSync(deno) && {
      name: "Deno",
      open: (folder, batch) => serveIn(deno, ["run", "--quiet", "--allow-all"], folder, "unrolled", batch),
    },
    existsSync(bun) && {
      name: "Bun",
      open: (folder, batch) => serveIn(bun, ["run"], folder, "unrolled", batch),
    },
    existsSync(inPackage("miniflare")) && {
      name: "workerd",
      open: async (folder, batch) => (await import("../serving/workerd.mjs")).serveInWorkerd(folder, batch),
    },
  ].filter(Boolean);
}

/** What a connection asks. `of` takes the numbers out of an answer. */
const TALKS = {
  classifier: (client, i) => {
    let n = i;
    return async () => {
      const text = texts[n++ % texts.length];
      const { outputs } = await client.ask("/predict", { model: "mood", inputs: [text] });
      return outputs[0].probabilities;
    };
  },
  "language model, a step": (client) => {
    let [n, state] = [0, undefined];
    return async () => {
      const inputs = [pieces[n++ % pieces.length]];
      const answer = await client.ask("/step", { model: "writer", inputs, state, top: 1 });
      state = answer.state;
      return answer.outputs[0][0];
    };
  },
};

/** The same for the peer, whose states are a part of its inputs and outputs. */
const PEER_TALKS = {
  ...TALKS,
  "language model, a step": (client) => {
    let [n, state] = [0, undefined];
    return async () => {
      const inputs = [{ piece: pieces[n++ % pieces.length], state }];
      const { outputs } = await client.ask("/predict", { model: "writer", inputs });
      ({ state } = outputs[0]);
      const { symbol, logProbability } = outputs[0];
      return { symbol, logProbability };
    };
  },
};

/** Waits until the models are ready. */
async function ready(url) {
  while ((await fetch(`${url}/health`)).status !== 200)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Compares one round of answers with those of the library. @throws Error if a number differs */
async function expectEqual(name, url, talks, answers) {
  const expected = { classifier: answers.mood, "language model, a step": answers.writer };
  for (const [task, talk] of Object.entries(talks)) {
    await withClient(url, async (client) => {
      const ask = talk(client, 0);
      for (const right of expected[task]) {
        const found = await ask();
        for (const [key, value] of Object.entries(right)) {
          const same =
            typeof value === "number" ? Math.abs(found[key] - value) <= TOLERANCE : found[key] === value;
          if (!same) throw new Error(`${name}, ${task}: ${key} is ${found[key]}, expected ${value}`);
        }
      }
    });
  }
}

const milliseconds = (seconds) => `${(1000 * seconds).toFixed(2)} ms`;

/** Asks a server until `seconds` are over. @returns the figures of each talk, by its name */
async function measure(url, talks, seconds) {
  const found = {};
  for (const [task, talk] of Object.entries(talks)) {
    found[task] = await load(url, { connections: CONNECTIONS, seconds, talk });
  }
  return found;
}

/** Lets the servers take turns. @returns a row for each server and talk, with the turn of the most requests */
async function rowsOf(servers, folder, batch, answers, effort) {
  const open = [];
  try {
    for (const { name, peer, open: start } of servers) {
      const talks = peer ? PEER_TALKS : TALKS;
      open.push({ name, peer, talks, best: {}, ...(await start(folder, batch)) });
    }
    for (const { name, url, talks } of open) {
      await ready(url);
      await expectEqual(name, url, talks, answers);
      await measure(url, talks, WARM_UP * effort);
    }
    for (let turn = 0; turn < TURNS; turn++) {
      for (const { url, talks, best } of open) {
        for (const [task, found] of Object.entries(await measure(url, talks, SECONDS * effort))) {
          if (!(best[task]?.rate > found.rate)) best[task] = found;
        }
      }
    }
  } finally {
    for (const { close } of open) await close();
  }
  const { best: peers } = open.find(({ peer }) => peer);
  return open.flatMap(({ name, best }) =>
    Object.entries(best).map(([task, { p50, p99, rate }]) => ({
      name: `${CONNECTIONS} connections: ${task}, batches of ${batch}`,
      engine: name,
      measured: `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, ${rate.toFixed(0)} requests/s`,
      value: rate / peers[task].rate,
      unit: "of ONNX Runtime's requests",
    })),
  );
}

export async function serving({ engines, effort }) {
  const folder = await mkdtemp(join(tmpdir(), "unrolled-"));
  try {
    await writeModels(folder);
    const answers = JSON.parse(await readFile(join(folder, "answers.json"), "utf8"));
    const servers = serversOf(engines[0]);
    const rows = [];
    for (const batch of BATCHES) rows.push(...(await rowsOf(servers, folder, batch, answers, effort)));
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}
