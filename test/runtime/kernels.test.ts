import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readKernels, readRunKernels } from "../../scripts/read-kernels.mjs";
import { kernelsText } from "../../scripts/write-kernels.mjs";

it("src/runtime/kernels.ts and src/graph/graph-kernels.ts are what assembly/ says: npm run build writes them", () => {
  const file = new URL("../../src/runtime/kernels.ts", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(kernelsText(readKernels(), { run: readRunKernels() }));
  const graph = new URL("../../src/graph/graph-kernels.ts", import.meta.url);
  const kernels = readKernels(undefined, "graph");
  expect(readFileSync(graph, "utf8")).toBe(kernelsText(kernels, { name: "GraphKernels" }));
});

describe("the interface of the kernels", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kernels-"));
    write(
      "index",
      '// The head.\n//\n// More.\n\nexport { one } from "./one";\nexport { two } from "./two";\n',
    );
    write("run", 'export { one } from "./one";\n');
    write("one", "/** One. */\nexport function one(): bool {\n  return true;\n}\n");
    write(
      "words",
      "/** Some words. */\nexport class SomeWords {\n  /** At x. */\n  atX: usize; limit: f32;\n}\n",
    );
    write("two", two());
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(join(folder, `${name}.ts`), text);
  const two = ({ parameters = "a: usize", doc = "/**\n * Two:\n *   indented\n */\n" } = {}): string => `
import { SomeWords } from "./words";

export const FIRST: i32 = 3; // the first
const OWN: i32 = 4;
/** The second. */
export const SECOND: i32 = -1;
export const PLAIN = 5;

${doc}export function two(${parameters}): void {}
`;
  const text = (): string => kernelsText(readKernels(folder), { run: readRunKernels(folder) });

  it("is generated with comments, constants of the files and words of classes", () => {
    write("two", two({ parameters: "words: SomeWords | null, flag: bool, n: i32, x: f64" }));
    expect(text()).toBe(`// Generated from assembly/ by \`npm run build\`.

/** The head. */
export interface Kernels {
  /** One. */
  one(): number;

  /**
   * Two:
   *   indented
   */
  two(words: number, flag: boolean, n: number, x: number): void;
}

/** The kernels of the builds that only run models: those of assembly/run.ts. */
export type RunKernels = Pick<
  Kernels,
  | "one"
>;

/** the first */
export const FIRST = 3;
/** The second. */
export const SECOND = -1;

/**
 * Some words.
 * Size in words:
 */
export const SOME_WORDS_SIZE = 2;
/** At x. */
export const SOME_WORDS_AT_X = 0;
export const SOME_WORDS_LIMIT = 1;
`);
  });

  it("refuses types that the host cannot pass or would misread", () => {
    write("two", two({ parameters: "n: i64" }));
    expect(text).toThrow("two.ts: the host has no values of type i64");
    write("two", two({ parameters: "words: SomeWords" }));
    write("words", "export class SomeWords {\n  limit: f64;\n}\n");
    expect(text).toThrow("SomeWords has a field of type f64");
    write("two", two().replace("= 3", "= SECOND + 1"));
    expect(text).toThrow("FIRST is SECOND + 1");
  });

  it("refuses kernels without a comment, and missing ones", () => {
    write("two", two({ doc: "" }));
    expect(text).toThrow("two.ts: no function two with a comment");
    write("two", two().replace("function two", "function three"));
    expect(text).toThrow("two.ts: no function two");
  });
});
