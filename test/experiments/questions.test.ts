import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// docs.test.ts runs every question, and compares what it prints with docs/course-notes.md.

const QUESTIONS = fileURLToPath(new URL("../../experiments/questions.mjs", import.meta.url));

it.each([[["why"]], [["toString"]], [[]]])(
  "a question of %j is refused, with the names of all",
  async (args) => {
    const { code, stderr } = await promisify(execFile)(process.execPath, [QUESTIONS, ...args]).then(
      () => ({ code: 0, stderr: "" }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("expected one of window, depth, steps, update-gate, cell");
  },
);
