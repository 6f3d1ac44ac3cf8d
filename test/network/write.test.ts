import { expect, it } from "vitest";
import { END_SYMBOL, UNKNOWN_SYMBOL, Vocabulary } from "../../src/data/vocabulary.ts";
import type { TokenStream } from "../../src/network/token-stream.ts";
import { write } from "../../src/network/write.ts";
import { expectError } from "../runtimes.ts";

/** Makes a stream that writes the given symbols in turn, and records what it reads. */
function scripted(draws: readonly number[]) {
  const read: number[] = [];
  const log = { opened: 0, disposed: 0, read };
  const stream = {
    feed: (id: number) => read.push(id),
    write: (most: number, end: number | null) => {
      const ids: number[] = [];
      while (ids.length < most && (end === null || ids.at(-1) !== end)) {
        const id = draws[read.length % draws.length]!;
        ids.push(id);
        if (id !== end) read.push(id);
      }
      return Int32Array.from(ids);
    },
    dispose: () => log.disposed++,
  };
  const open = () => {
    log.opened++;
    return stream as unknown as TokenStream;
  };
  return { log, open };
}

const words = {
  vocabulary: new Vocabulary([END_SYMBOL, "a", "(", ")", UNKNOWN_SYMBOL]),
  spec: { level: "word" as const },
};
const characters = { vocabulary: new Vocabulary(["a", "b"]), spec: { level: "char" as const } };

it("reads what a text begins with, then writes and reads symbol by symbol to the end", () => {
  const { log, open } = scripted([1, 1, 2, 1, 3, 0]);
  const begin = () => ({ open, ids: Int32Array.of(0, 1), symbols: ["a"], end: 0 });
  expect([...write(words, { prompt: "a" }, begin)]).toEqual([" (", "a", ")"]);
  expect(log).toEqual({ opened: 1, disposed: 1, read: [0, 1, 2, 1, 3] });
});

it("writes `length` symbols if nothing ends the text", () => {
  const { open } = scripted([0, 1]);
  const begin = () => ({ open, ids: new Int32Array(), symbols: [], end: null });
  expect([...write(characters, { length: 5 }, begin)].join("")).toBe("ababa");
  expect([...write(characters, {}, begin)]).toHaveLength(500);
});

it("writes one symbol first, then more at a time", () => {
  const { log, open } = scripted([1]);
  const text = write(words, { length: 9 }, () => ({ open, ids: Int32Array.of(1), symbols: [], end: null }));
  const read = [1, 2, 3, 4, 5].map(() => {
    text.next();
    return log.read.length - 1;
  });
  expect(read).toEqual([1, 3, 3, 7, 7]);
  expect([...text]).toHaveLength(4);
  expect(log.read).toHaveLength(10);
});

it("opens the stream with the first symbol, and closes it if the reader stops", () => {
  const { log, open } = scripted([1]);
  const text = write(words, {}, () => ({ open, ids: Int32Array.of(1), symbols: [], end: null }));
  expect(log.opened).toBe(0);
  text.next();
  expect(log).toMatchObject({ opened: 1, disposed: 0 });
  text.return();
  expect(log.disposed).toBe(1);
});

it("refuses wrong options and unknown characters before the text begins", () => {
  const begin = (): never => {
    throw new Error("begun");
  };
  expectError(() => write(characters, { topP: 2 }, begin), "ERR_VALUE", "topP");
  expectError(() => write(characters, { length: -1 }, begin), "ERR_VALUE", "length");
  expectError(() => write(characters, { prompt: "acd" }, begin), "ERR_DATA", '"c" "d"');
  expect(() => write(words, { prompt: "word" }, begin)).toThrow("begun");
});
