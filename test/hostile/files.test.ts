import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as unrolled from "../../src/index.ts";
import * as tasks from "../../src/tasks/index.ts";
import { startRuntime } from "../runtimes.ts";
import { largeFiles } from "./large-files.mjs";
import { randomFiles } from "./random-files.mjs";
import { useFile } from "./use-file.mjs";
import { bytesOf, FILES, OWN, withQuantised } from "./valid-files.mjs";

// Whatever a file says, opening and using it succeeds or throws an UnrolledError, and takes at most 16 MiB and ten times its size.
// `npm run bench -- --only files` measures the time and the memory of JavaScript.

const library = { ...unrolled, ...tasks };
const BATCHES = 10;
const PER_BATCH = 1000;

/** Most bytes that a file may take. */
const bound = (size: number) => 16 * 2 ** 20 + 10 * size;

const making = await startRuntime();
const ALL = withQuantised(FILES, making, library);
making.dispose();

let rt: unrolled.Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});
afterEach(() => rt.dispose());

it.each(ALL)("$file is usable before it is damaged", async ({ file, name, bytes }) => {
  const done = await useFile(library, rt, bytes, OWN[name]);
  const evaluated = done.includes("evaluate");
  expect(done.join(" ")).toMatch(
    file.includes("checkpoint") ? /^open read prepare restore step validate$/ : /^load info .*evaluate$/,
  );
  expect(evaluated).toBe(!file.includes("checkpoint"));
});

describe("of 10,000 damaged files", () => {
  const seeds = Array.from({ length: BATCHES }, (_, i) => Number(process.env.FC_SEED ?? 1) + i);

  it.each(seeds)("none of seed %i is answered by another error, or takes much memory", async (seed) => {
    const opened = new Set<string>();
    let number = 0;
    for (const { name, how, bytes } of randomFiles(ALL, library, { count: PER_BATCH, seed })) {
      const which = `file ${number++}: ${how} of ${name}`;
      const done = await useFile(library, rt, bytes, OWN[name]).catch((cause: unknown) => {
        throw new Error(which, { cause });
      });
      if (done.length) opened.add(how);
      expect(rt.memory.used, which).toBe(0);
      expect(rt.memory.total, which).toBeLessThan(bound(bytes.length));
    }
    expect(opened.size, "some still open, so that they are used as well").toBeGreaterThan(2);
  });
});

const read = (name: string) => unrolled.parseSafetensors(bytesOf(name));
const LARGE = Object.entries(largeFiles(read, unrolled.serializeSafetensors));

it.each(LARGE)("%s: an error of one line, and nothing is left in memory", async (_, make) => {
  const done = await useFile(library, rt, make(), OWN.classifier);
  expect(done).toEqual([]);
  expect(rt.memory.used).toBe(0);
  expect(rt.memory.total).toBe(2 ** 20);
});

it("a process that opens them takes at most 16 MiB more than ten times the size of each", async () => {
  const program = fileURLToPath(new URL("../../bench/workers/files.mjs", import.meta.url));
  const args = ["--expose-gc", program, "strict", "0.01"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { damaged, large } = JSON.parse(stdout);
  expect([damaged.count, large.count]).toEqual([100, LARGE.length]);
  for (const { excess, largest } of [damaged, large]) expect(excess, largest).toBeLessThan(2 ** 24);
});
