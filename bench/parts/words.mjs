// Training of the default language model of words, alternating with PyTorch's full softmax on one thread. Figures are iterations
// of 10 x 35 words; the text of moby-dick has 689 of them in an epoch.

import { Conversation } from "../child.mjs";

const VOCABULARIES = [10_000, 50_000];
const ITERATIONS = 689;
const PEER = "PyTorch, full softmax";
const ROUNDS = 2;

/** Seconds of a turn. */
const TURN = 10;

/** Minimum of PyTorch's time, divided by ours. */
const TARGET = 1;

export async function words({ engines, torch, effort }) {
  const wide = engines.find(({ role }) => role === "wide");
  const engine = wide ?? engines[0];
  const rows = [];
  for (const size of VOCABULARIES) {
    const players = {};
    for (const softmax of ["adaptive", "full"]) {
      players[softmax] = await Conversation.open(engine, "words", effort, String(size), softmax);
    }
    if (torch) players[PEER] = await Conversation.openPython(torch.path, "torch_words.py", String(size));
    const best = await takeTurns(players, effort);
    for (const softmax of ["adaptive", "full"]) {
      rows.push(rowOf(size, softmax, engine, best[softmax], torch && best[PEER]));
    }
  }
  return rows;
}

/** @returns the shortest seconds of an iteration, by name of the player */
async function takeTurns(players, effort) {
  const best = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, player] of Object.entries(players)) {
      const { secondsPerIteration } = await player.ask(TURN * effort);
      best[name] = Math.min(best[name] ?? Infinity, secondsPerIteration);
    }
  }
  for (const player of Object.values(players)) player.close();
  return best;
}

function rowOf(size, softmax, engine, seconds, peer) {
  const epoch = (value) => `${(1000 * value).toFixed(1)} ms, an epoch ${(ITERATIONS * value).toFixed(0)} s`;
  return {
    name: `words, LSTM 256, ${size / 1000}k words, ${softmax} softmax`,
    engine: engine.name,
    measured: `${epoch(seconds)}${peer ? `; ${PEER} ${epoch(peer)}` : ""}`,
    ...(peer && { value: peer / seconds, unit: "of PyTorch" }),
    ...(peer && softmax === "adaptive" && { least: TARGET }),
  };
}
