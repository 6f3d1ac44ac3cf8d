import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import { TEXT } from "../train/run.ts";

// Runs the built command line, as a user does: `npm run build` first.

export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Options of a training run of a few milliseconds on text.txt. */
export const TINY = [
  ...["--data", "text.txt", "--hidden", "8", "--layers", "1"],
  ...["--batch", "4", "--seq", "6", "--variant", "strict"],
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

/** A folder of its own for a test, with text.txt and an empty folder. */
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

/** What a process prints and how it ends. */
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

/** What `--json` prints in a line. */
export type Line = Record<string, unknown>;

/** Standard output as one JSON object a line; throws where anything else is there. */
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

/** Runs a command that must say in a few words what is wrong, print nothing else and leave its folder as it was. */
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

/** All files of a folder with their bytes. */
export function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), "base64")]));
}
