// Starts and stops again and again, in runtimes that report how much memory a process takes.

import process from "node:process";
import { compileKernels } from "unrolled";
import { connect } from "unrolled/worker";
import { languageModels, text } from "./trainings.mjs";

const run = { data: text, ...languageModels.lstm, iterations: 1 };

/** Repeats work. @returns how much the memory of the process grows in the second half, in MB */
async function growth(times, cycle) {
  const resident = () => process.memoryUsage().rss / 1e6;
  for (let i = 0; i < times / 2; i++) await cycle();
  const half = resident();
  for (let i = 0; i < times / 2; i++) await cycle();
  return resident() - half;
}

/** Starts and ends workers; then begins runs in one worker. @returns growth of memory, and what keeps the process alive after it */
export async function cycles({ times }) {
  const module = await compileKernels("strict");
  const workers = await growth(times, async () => {
    const connection = await connect({ variant: "strict", module });
    await connection.start(run);
    connection.release();
  });
  const connection = await connect({ variant: "strict", module });
  const runs = await growth(times, async () => {
    await connection.start(run);
    await connection.train();
  });
  connection.release();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const alive = process.getActiveResourcesInfo().filter((name) => name !== "PipeWrap"); // those of the process's output
  return { workers, runs, alive };
}
