import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import * as unrolled from "../src/index.ts";

// Every JavaScript example of the README runs as it stands.

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\nimport (\{[^}]*\}) from "unrolled";\n([\s\S]*?)```/g)];
const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<void>;

it("finds the examples", () => {
  expect(examples.length).toBe(readme.split("```js").length - 1);
  expect(examples.length).toBeGreaterThanOrEqual(3);
});

it.each(examples.map(([, names, code], i) => [i + 1, names!, code!] as const))(
  "example %i runs",
  async (_, names, code) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      await new AsyncFunction("unrolled", `const ${names} = unrolled;\n${code}`)(unrolled);
    } finally {
      log.mockRestore();
    }
  },
);
