import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Makes a folder in which programs can import the built package. Removes the folder after the tests. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "unrolled-docs-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "unrolled"), "junction");
  return folder;
}

/** Chooses the strict build, which prints the same on every machine. A resumed run keeps its build. */
export const strict = (code: string) =>
  code
    .replaceAll("createRuntime()", 'createRuntime({ variant: "strict" })')
    .replaceAll("connect()", 'connect({ variant: "strict" })')
    .replaceAll(
      /npx unrolled (train|search) (?!.*--(resume|variant))/g,
      "npx unrolled $1 --variant strict --wide off ",
    );

/** A code block of a page, and the text block below it, which shows what it prints. */
export interface Block {
  readonly language: string;
  readonly code: string;
  /** The line of the page at which the block begins. */
  readonly line: number;
  /** A file of the repository that contains the code. */
  readonly source?: string | undefined;
  readonly output?: string | undefined;
}

const FENCE = /^(?:<!-- from (\S+) -->\n+)?```(\w*)\n([\s\S]*?)^```$/gm;

/**
 * Returns the code blocks of a Markdown page. A block of language `text` is the output of the block before it. Blocks without a
 * language are drawings and formulas.
 */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  for (const { 0: whole, 1: source, 2: language = "", 3: code = "", index } of page.matchAll(FENCE)) {
    const line = page.slice(0, index + whole.indexOf("```")).split("\n").length;
    const last = blocks.at(-1);
    if (language === "") continue;
    if (language !== "text") blocks.push({ language, code, line, source });
    else if (last && last.output === undefined) blocks[blocks.length - 1] = { ...last, output: code };
  }
  return blocks;
}

/** Returns a pattern for an output in which "…" stands for anything. */
function outputPattern(output: string): RegExp {
  const literal = output.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("…", "[^]*?")}$`);
}

/** Checks that a program printed the output that a page shows. Spaces at the ends of lines do not count. */
export function expectOutput(printed: string, output: string): void {
  expect(printed.trim().replaceAll(/ +$/gm, "")).toMatch(outputPattern(output));
}
