// Training of the folder for PyTorch by torchrun: one process with one thread, one with a thread for each core, and two processes with one
// thread each. They take turns in processes of their own; an iteration is a batch of 50 x 50 characters through an LSTM of 2 x 128 units.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pseudoText } from "../text.mjs";

const CORES = availableParallelism();
const ROUNDS = 3;

/** Iterations of a turn. */
const ITERATIONS = 150;

const SPEC = { task: "language-model", cell: "lstm", hidden: 128, layers: 2, dropout: 0, embedding: 0 };

const PLAYERS = [
  { name: "1 process, 1 thread", processes: 1, threads: 1 },
  { name: `1 process, ${CORES} threads`, processes: 1, threads: CORES },
  { name: "2 processes, 1 thread each", processes: 2, threads: 1 },
];

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const run = promisify(execFile);

/** Trains a folder from its weights. @returns iterations a second, without the start of the processes */
async function train(torch, folder, data, { processes, threads }, iterations) {
  const { stdout } = await run(
    torch.path,
    [
      ...["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", String(processes)],
      ...[join(folder, "train.py"), "--data", data, "--iters", String(iterations), "--restart"],
    ],
    { env: { ...process.env, OMP_NUM_THREADS: String(threads) } },
  );
  return JSON.parse(stdout.trim().split("\n").at(-1)).per_second;
}

export async function processes({ torch, effort }) {
  if (!torch) return [];
  const root = await mkdtemp(join(tmpdir(), "unrolled-"));
  const [spec, data, folder] = ["spec.json", "text.txt", "folder"].map((name) => join(root, name));
  const best = {};
  try {
    await writeFile(spec, JSON.stringify(SPEC));
    await writeFile(data, pseudoText(200_000));
    await run(process.execPath, [cli, "convert", spec, "--to", "pytorch", "--out", folder, "--data", data]);
    for (let round = 0; round < ROUNDS; round++) {
      for (const player of PLAYERS) {
        const rate = await train(torch, folder, data, player, Math.ceil(ITERATIONS * effort));
        best[player.name] = Math.max(best[player.name] ?? 0, rate);
      }
    }
  } finally {
    await rm(root, { recursive: true });
  }
  const alone = best[PLAYERS[0].name];
  return PLAYERS.map(({ name }) => ({
    name: `torchrun, LSTM 2 x 128: ${name}`,
    engine: `PyTorch ${torch.version}`,
    measured: `${best[name].toFixed(1)} iterations/s`,
    value: best[name] / alone,
    unit: "of one thread",
  }));
}
