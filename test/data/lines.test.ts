import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineBatches, numberedLines, wrongLine } from "../../src/data/lines.ts";
import { shown } from "../../src/errors.ts";
import { all, expectError, expectRejection } from "../runtimes.ts";

describe("numbered lines", () => {
  it("end with a line feed, the last may do without", async () => {
    expect(await all(numberedLines(["a\nb\r\n\nc"]))).toEqual([
      [1, "a"],
      [2, "b"],
      [3, ""],
      [4, "c"],
    ]);
    expect(await all(numberedLines(["a\n"]))).toEqual([[1, "a"]]);
    expect(await all(numberedLines([]))).toEqual([]);
    expect(await all(numberedLines([""]))).toEqual([]);
  });

  it("end with a carriage return too, alone or before a line feed, and mixed", async () => {
    const texts = async (...chunks: string[]) => (await all(numberedLines(chunks))).map(([, line]) => line);
    expect(await texts("a\rb\rc")).toEqual(["a", "b", "c"]);
    expect(await texts("a\rb\r")).toEqual(["a", "b"]);
    expect(await texts("a\r\rb\r\n\r\nc\n\rd")).toEqual(["a", "", "b", "", "c", "", "d"]);
    expect(await texts("a\r", "\nb\r", "c", "\r")).toEqual(["a", "b", "c"]);
    expect(await texts("a\r", "", "\nb")).toEqual(["a", "b"]);
    expect(await texts("\r")).toEqual([""]);
  });

  it("a byte order mark at the start is left out", async () => {
    expect(await all(numberedLines(["\ufeffa", "b\r", "\n\ufeff"]))).toEqual([
      [1, "ab"],
      [2, "\ufeff"],
    ]);
  });

  it("do not depend on how the text comes in pieces", async () => {
    const piece = fc.string({ unit: fc.constantFrom("a", "\n", "\r", "é", "\t") });
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const whole = await all(numberedLines([pieces.join("")]));
        expect(await all(numberedLines(pieces))).toEqual(whole);
        async function* later() {
          yield* pieces;
        }
        expect(await all(numberedLines(later()))).toEqual(whole);
        expect(whole.map(([number]) => number)).toEqual(whole.map((_, i) => i + 1));
      }),
    );
  });

  it.each([
    [Buffer.from("x\n1\n"), "Uint8Array"],
    [new ArrayBuffer(4), "ArrayBuffer"],
    [120, "Number"],
    [undefined, "Undefined"],
  ])("are not read from %o", async (piece, type) => {
    const message = `a piece of the text is of type ${type}, expected a string; decode bytes`;
    await expectRejection(all(numberedLines(["a\n", piece as never])), "ERR_DATA", message);
  });

  it("may be long", async () => {
    const pieces = Array.from({ length: 200 }, () => "x".repeat(50_000));
    const [[, line]] = (await all(numberedLines(pieces))) as [[number, string]];
    expect(line.length).toBe(10_000_000);
  });
});

it("a wrong line is named by file and number, and shown in part", () => {
  expectError(
    () => wrongLine("f.csv", 3, `bad: ${shown("x".repeat(1e6))}`),
    "ERR_DATA",
    /^f.csv, line 3: bad: "x{60}\.\.\."$/,
  );
});

it("lineBatches yields the lines that end in each piece", async () => {
  const batches: unknown[] = [];
  for await (const batch of lineBatches(["\ufeffa\nb\r", "\n\nc", "", "d", "\re"])) batches.push(batch);
  expect(batches).toEqual([
    [1, ["a"]],
    [2, ["b", ""]],
    [4, ["cd"]],
    [5, ["e"]],
  ]);
});
