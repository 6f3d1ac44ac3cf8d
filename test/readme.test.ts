import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import * as unrolled from "../src/index.ts";

// Every JavaScript example of the README and of the pages in docs/ runs unchanged.

const readme = ["README.md", "docs/gradient-flow.md"]
  .map((page) => readFileSync(new URL(`../${page}`, import.meta.url), "utf8"))
  .join("\n");
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
/** The modules that the examples import; the worker works only from the built package. */
const modules = {
  unrolled,
  "unrolled/worker": await import(new URL("../dist/worker.node.js", import.meta.url).href),
  "unrolled/storage": await import(new URL("../dist/storage.node.js", import.meta.url).href),
};
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<void>;

process.chdir(mkdtempSync(join(tmpdir(), "unrolled-readme-"))); // for the files that they save

it("finds the examples", () => {
  expect(examples.length).toBe(readme.split("```js\n").length - 1);
  expect(examples.length).toBeGreaterThanOrEqual(4);
});

it.each(examples.map((code, i) => [i + 1, code] as const))("example %i runs", async (_, code) => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const body = code.replace(/^import (\{[^}]*\}) from ("[^"]*");$/gm, "const $1 = modules[$2];");
    await new AsyncFunction("modules", body)(modules);
  } finally {
    log.mockRestore();
  }
});
