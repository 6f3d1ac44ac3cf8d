// Child processes for the rows, so that the state of one engine cannot change the figures of another.

import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Makes the command line of a worker in an engine. */
function command({ build }, worker, effort, ...rest) {
  const script = fileURLToPath(new URL(`workers/${worker}.mjs`, import.meta.url));
  return [script, build, String(effort), ...rest];
}

/** Runs a worker to its end and returns what it printed. */
export async function ask(engine, worker, effort, nodeFlags = [], ...rest) {
  const args = [...nodeFlags, ...command(engine, worker, effort, ...rest)];
  const { stdout } = await promisify(execFile)(engine.path, args).catch(({ stderr }) => {
    throw new Error(`${worker} in ${engine.name} failed:\n${stderr.slice(-1000)}`);
  });
  return JSON.parse(stdout);
}

/** A worker that waits for lines and answers each with a line of JSON. */
export class Conversation {
  #process;
  #answers;

  /** Starts a worker in an engine. */
  static open(engine, worker, effort, ...rest) {
    return new Conversation(engine.path, command(engine, worker, effort, ...rest)).#ready();
  }

  /** Starts a Python script in the folder of this file. */
  static openPython(path, script, ...rest) {
    return new Conversation(path, [fileURLToPath(new URL(script, import.meta.url)), ...rest]).#ready();
  }

  constructor(path, args) {
    const env = { ...process.env, OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    this.#process = spawn(path, args, { stdio: ["pipe", "pipe", "inherit"], env });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async #ready() {
    await this.#next();
    return this;
  }

  ask(question) {
    this.#process.stdin.write(`${question}\n`);
    return this.#next();
  }

  async #next() {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.#process.spawnargs.join(" ")} exited without an answer`);
    return JSON.parse(value);
  }

  close() {
    this.#process.stdin.end();
  }
}
