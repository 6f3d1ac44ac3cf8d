// Training steps of char-rnn's default network (2 x 128, 65 symbols, 50 x 50), alternating with PyTorch on one thread.

import { hasFeature } from "../../test/runtimes/wide-vectors.mjs";
import { Conversation } from "../child.mjs";

const [VOCABULARY, HIDDEN, LAYERS, BATCH, STEPS] = [65, 128, 2, 50, 50];
const GATES = { lstm: 4, gru: 3, rnn: 1 };

/** PyTorch uses vectors of 512 bits if the processor has them. */
const has512 = hasFeature("avx512f");

/** Minimum ratios by cell and role of the engine. */
const TARGETS = {
  lstm: has512
    ? { main: 0.47, strict: 0.38, running: 0.38, wide: 0.62, wide2: 1 }
    : { main: 1, strict: 0.75, running: 0.75, wide: 1.35, wide2: 2.4 },
  gru: { main: 0.55 },
  rnn: { main: 0.4 },
};

const PEER = "PyTorch";
const ROUNDS = 3;

/** Seconds of a turn. */
const TURN = 10;

export async function training({ engines, torch, effort }) {
  const rows = [];
  for (const cell of Object.keys(GATES)) {
    const wide = engines.find(({ role }) => role === "wide");
    const taking =
      cell === "lstm"
        ? [
            ...engines,
            ...(wide ? [{ ...wide, role: "wide2", name: `${wide.name}, 2 threads`, threads: "2" }] : []),
          ]
        : engines.filter(({ role }) => role === "main" || role === "running" || role === "wide");
    const best = await takeTurns(cell, taking, torch, effort);
    for (const engine of taking) rows.push(...rowsOf(cell, engine, best[engine.name], best[PEER]));
  }
  return rows;
}

/** @returns {charactersPerSecond, peak}, the best of all rounds, by name of the engine or peer */
async function takeTurns(cell, engines, torch, effort) {
  const players = {};
  for (const engine of engines) {
    players[engine.name] = await Conversation.open(engine, "training", effort, cell, engine.threads ?? "1");
  }
  if (torch) players[PEER] = await Conversation.openPython(torch.path, "torch_charlm.py", cell);
  const best = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, player] of Object.entries(players)) {
      const { charactersPerSecond, peak = 0 } = await player.ask(TURN * effort);
      best[name] = {
        charactersPerSecond: Math.max(best[name]?.charactersPerSecond ?? 0, charactersPerSecond),
        peak: Math.max(best[name]?.peak ?? 0, peak),
      };
    }
  }
  for (const player of Object.values(players)) player.close();
  return best;
}

function rowsOf(cell, engine, { charactersPerSecond, peak }, peer) {
  const name = `${cell.toUpperCase()} 2x128 training`;
  const bound = (BATCH * STEPS * peak * 1e9) / operationsOfStep(GATES[cell]);
  const ratio = (value) => (peer ? { value: value / peer.charactersPerSecond, unit: "of PyTorch" } : {});
  const against = peer ? `, PyTorch ${thousands(peer.charactersPerSecond)}` : "";
  return [
    {
      name,
      engine: engine.name,
      measured: `${thousands(charactersPerSecond)} characters/s${against}`,
      ...ratio(charactersPerSecond),
      ...(peer && { least: TARGETS[cell][engine.role] }),
    },
    {
      name: `${name}, arithmetic bound`,
      engine: engine.name,
      measured: `${thousands(bound)} characters/s at ${peak.toFixed(1)} GF`,
      ...ratio(bound),
    },
  ];
}

/**
 * Counts the operations of a step's matrix products: the recurrence of each layer, the input of each layer except the first
 * (which reads symbols and needs no product) and the output layer; each once in the forward and twice in the backward pass.
 */
function operationsOfStep(gates) {
  const products = (2 * LAYERS - 1) * HIDDEN * gates * HIDDEN + HIDDEN * VOCABULARY;
  return 3 * 2 * BATCH * STEPS * products;
}

function thousands(value) {
  return `${(value / 1000).toFixed(1)}k`;
}
