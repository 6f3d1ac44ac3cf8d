import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import { TEXT } from "../train/run.ts";

// Runs the built command line, as a user does: run `npm run build` first.

export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Options of a training run of a few milliseconds on text.txt. */
export const TINY = [
  ...["--data", "text.txt", "--hidden", "8", "--layers", "1"],
  ...["--batch", "4", "--seq", "6", "--variant", "strict"],
];

/** Options of a training run of a few milliseconds on labelled texts. */
export const SMALL = [
  ...["--task", "classifier", "--hidden", "4", "--embedding", "4"],
  ...["--iters", "3", "--variant", "strict"],
];

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = mkdtempSync(join(tmpdir(), "unrolled-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Files by name. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Makes a new folder for a test, with text.txt and an empty folder. */
export function newFolder(files: Files = {}): string {
  const folder = mkdtempSync(join(root, "test-"));
  mkdirSync(join(folder, "folder"));
  for (const [name, content] of Object.entries({ "text.txt": TEXT, ...files })) {
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function start(folder: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [CLI, ...args], { cwd: folder });
}

/** Waits for a process to end. @returns its output and exit code */
export function finish(child: ChildProcessWithoutNullStreams): Promise<Result> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...output })));
}

export function unrolled(folder: string, ...args: readonly string[]): Promise<Result> {
  return finish(start(folder, ...args));
}

/** A line that `--json` prints. */
export type Line = Record<string, unknown>;

/** Parses standard output, one JSON object per line; throws if there is anything else. */
export function objects({ stdout }: Result): Line[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Runs a command with `--json` that must succeed, and returns what it prints. */
export async function jsonLines(folder: string, ...args: readonly string[]): Promise<Line[]> {
  const result = await unrolled(folder, ...args, "--json");
  expect(result).toMatchObject({ code: 0 });
  return objects(result);
}

/** Expects a command to fail with a short message, print nothing else and leave its folder unchanged. */
export async function expectRefused(
  folder: string,
  args: readonly string[],
  ...patterns: readonly (string | RegExp)[]
): Promise<void> {
  const before = contents(folder);
  const { code, stdout, stderr } = await unrolled(folder, ...args);
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
  for (const pattern of patterns) expect(stderr).toMatch(pattern);
  expect(stderr, "no stack trace").not.toMatch(/^ +at |node:internal|UnrolledError/m);
  expect(stderr.length).toBeLessThan(1000);
  expect(contents(folder)).toEqual(before);
}

/** Returns all files of a folder with their bytes. */
export function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), "base64")]));
}
