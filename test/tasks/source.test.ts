import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberedLines } from "../../src/data/lines.ts";
import { UnrolledError } from "../../src/errors.ts";
import { decodeText } from "../../src/tasks/decode.ts";
import {
  joinSources,
  readAll,
  readParts,
  readText,
  type TextData,
  textSource,
  textSources,
  withContext,
} from "../../src/tasks/source.ts";
import { all } from "../runtimes.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A text of more than one piece, with characters of four bytes across every boundary. */
const LONG = `x${"🐄".repeat(600_000)}`;

/** The same bytes in every supported form. */
const FORMS: readonly [string, (bytes: Uint8Array<ArrayBuffer>) => TextData][] = [
  ["bytes", (bytes) => bytes],
  ["a part of a buffer", (bytes) => new Uint8Array([9, ...bytes, 9]).subarray(1, -1)],
  ["an ArrayBuffer", (bytes) => bytes.buffer],
  ["a Blob", (bytes) => new Blob([bytes])],
  ["a File", (bytes) => new File([bytes], "names.txt")],
];

describe("a text source", () => {
  it("of a string gives the string, and the hash of its UTF-8", async () => {
    const source = textSource("ä 🐄\n");
    expect(source.name).toBe("the data");
    expect((await all(source.chunks)).join("")).toBe("ä 🐄\n");
    expect(await source.hash()).toBe(sha256(utf8("ä 🐄\n")));
  });

  it.each(FORMS)("of %s gives its text, and the hash of all bytes", async (_, form) => {
    for (const text of ["one\r\ntwo\n", "ä", LONG]) {
      const source = textSource(form(utf8(text)), "some.txt");
      const chunks = await all(source.chunks);
      expect(chunks.join("") === text).toBe(true);
      expect(await source.hash()).toBe(sha256(utf8(text)));
    }
  });

  it("has the name of a chosen file, unless a name is given", () => {
    expect(textSource(new File(["a"], "names.jsonl")).name).toBe("names.jsonl");
    expect(textSource(new File(["a"], "names.jsonl"), "upload").name).toBe("upload");
    expect(textSource(new Blob(["a"])).name).toBe("the data");
  });

  it.each(FORMS)("of %s that is not a text says what is wrong", async (_, form) => {
    const messageOf = (bytes: Uint8Array<ArrayBuffer>) =>
      readText(textSource(form(bytes), "x.txt")).then(
        () => "nothing was thrown",
        (error: UnrolledError) => `${error.code} ${error.message}`,
      );
    expect(await messageOf(utf8(""))).toBe("ERR_DATA x.txt is empty");
    const notUtf8 = "ERR_DATA x.txt is not a text in UTF-8; convert it first: iconv -f windows-1252 -t utf-8";
    expect(await messageOf(new Uint8Array([97, 0xff]))).toBe(notUtf8);
    expect(await messageOf(utf8("ä").slice(0, 1)), "cut off").toBe(notUtf8);
    const zero = "ERR_DATA x.txt is not a text: there is a zero byte at character";
    expect(await messageOf(utf8("äb\0"))).toBe(`${zero} 2`);
    expect(await messageOf(utf8(`${LONG}\0`))).toBe(`${zero} ${LONG.length}`);
  });

  it("refuses anything else", () => {
    for (const wrong of [
      undefined,
      null,
      5,
      { text: "a" },
      ["a"],
      new Float32Array(1),
      new DataView(new ArrayBuffer(1)),
    ]) {
      expect(() => textSource(wrong as never)).toThrow(
        expect.objectContaining({
          code: "ERR_VALUE",
          message: expect.stringContaining("the data: expected"),
        }),
      );
    }
  });

  it("of a file that has disappeared says which one", async () => {
    class Gone extends Blob {
      override slice(): Blob {
        return Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new Error("it was moved")) });
      }
    }
    await expect(readText(textSource(new Gone(["abc"]), "x.txt"))).rejects.toMatchObject({
      code: "ERR_FILE",
      message: expect.stringMatching(/^cannot read x\.txt: .*it was moved/),
    });
  });
});

describe("decoding", () => {
  it("does not depend on where the bytes are cut", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "\n", "é", "€", "🐄", "\ufeff"), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(100)), async (text, cuts) => {
        const bytes = utf8(text);
        const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
          (a, b) => a - b,
        );
        const pieces = borders.slice(1).map((end, i) => bytes.subarray(borders[i], end));
        const whole = text.replace(/^\ufeff/, "");
        if (!whole) return;
        expect((await all(decodeText(pieces, "x"))).join("")).toBe(whole);
        async function* later() {
          yield* pieces;
        }
        expect((await all(decodeText(later(), "x"))).join("")).toBe(whole);
      }),
    );
  });

  it("finds a zero byte at its character, however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("a", "€", "🐄") }),
        fc.nat(20),
        async (text, cut) => {
          const bytes = utf8(`${text}\0a`);
          const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
          await expect(all(decodeText(pieces, "x"))).rejects.toThrow(`zero byte at character ${text.length}`);
        },
      ),
    );
  });

  it("releases its pieces if it fails", async () => {
    let closed = false;
    function* pieces() {
      try {
        while (true) yield new Uint8Array([0xff]);
      } finally {
        closed = true;
      }
    }
    await expect(all(decodeText(pieces(), "x"))).rejects.toThrow("UTF-8");
    expect(closed).toBe(true);
  });
});

describe("reading a source", () => {
  it("reads all of it, with \\n as line ends", async () => {
    expect(await readText(textSource("a\r\nb\rc\n\r\r\nd"))).toBe("a\nb\nc\n\n\nd");
  });

  it("reads all its examples: at least one, and readers know its name", async () => {
    const read = async function* (chunks: AsyncIterable<string> | Iterable<string>, name: string) {
      for await (const chunk of chunks)
        yield* chunk
          .trim()
          .split("")
          .map((letter) => `${name} ${letter}`);
    };
    expect(await readAll(textSource("ab", "x"), read)).toEqual(["x a", "x b"]);
    await expect(readAll(textSource(" ", "x"), read)).rejects.toMatchObject({
      code: "ERR_DATA",
      message: "x has no examples: all its lines are blank",
    });
  });

  it("names it in errors about its contents, and leaves other errors alone", async () => {
    const fail = (error: unknown) => () => {
      throw error;
    };
    expect(await withContext("x", async () => 5)).toBe(5);
    await expect(withContext("x", fail(new UnrolledError("ERR_NAN", "too far")))).rejects.toMatchObject({
      code: "ERR_NAN",
      message: "x: too far",
      cause: { message: "too far" },
    });
    const bug = new TypeError("a bug");
    await expect(withContext("x", fail(bug))).rejects.toBe(bug);
  });
});

describe("several texts as one source", () => {
  const three = () => [textSource("a\nb", "x"), textSource("c\n", "y"), textSource("\r\nd", "z")];

  it("follow each other, with a newline between them if there is none", async () => {
    const source = joinSources(three());
    expect(source.name).toBe("x and 2 more files");
    expect(await readText(source)).toBe("a\nb\nc\n\nd");
    expect(joinSources(three().slice(0, 2)).name).toBe("x and 1 more file");
  });

  it("have a hash that depends on each and on their order, and a single one keeps its own", async () => {
    const hashOf = async (...texts: string[]) => {
      const source = joinSources(texts.map((text) => textSource(text)));
      await readText(source);
      return source.hash();
    };
    const hashes = [
      await hashOf("a\n", "b"),
      await hashOf("b", "a\n"),
      await hashOf("a\nb"),
      await hashOf("a\n", "", "b").catch(() => "empty"),
      await hashOf("a", "\nb"),
    ];
    expect(new Set(hashes).size).toBe(5);
    expect(hashes[2]).toBe(sha256(utf8("a\nb")));
    expect(hashes[0]).toBe(sha256(utf8(`${sha256(utf8("a\n"))} ${sha256(utf8("b"))}`)));
  });

  it("are read one by one, and errors and notes name the right one", async () => {
    const names: string[] = [];
    const notes: string[] = [];
    await readParts(
      joinSources(three()),
      async ({ name }, note) => {
        names.push(name);
        note?.("read");
      },
      (text) => notes.push(text),
    );
    expect(names).toEqual(["x", "y", "z"]);
    expect(notes).toEqual(["x: read", "y: read", "z: read"]);
    await readParts(
      textSource("a", "x"),
      async (_, note) => note?.("alone"),
      (text) => notes.push(text),
    );
    expect(notes.at(-1)).toBe("alone");
    const lines = await readAll(joinSources(three()), async function* (chunks, name) {
      for await (const [number, line] of numberedLines(chunks)) if (line) yield `${name}:${number} ${line}`;
    });
    expect(lines).toEqual(["x:1 a", "x:2 b", "y:1 c", "z:2 d"]);
  });

  it("have no examples only if none of them has one", async () => {
    const read = async function* (chunks: AsyncIterable<string> | Iterable<string>) {
      for await (const [, line] of numberedLines(chunks)) if (line.trim()) yield line;
    };
    expect(await readAll(joinSources([textSource("\n", "x"), textSource("a", "y")]), read)).toEqual(["a"]);
    await expect(readAll(joinSources([textSource("\n", "x"), textSource(" ", "y")]), read)).rejects.toThrow(
      "x and 1 more file has no examples",
    );
  });

  it("come as a list, as a page has them", async () => {
    const source = textSources([new File(["a"], "a.csv"), "b", utf8("c")]);
    expect(source.parts?.map(({ name }) => name)).toEqual(["a.csv", "the data, part 2", "the data, part 3"]);
    expect(await readText(source)).toBe("a\nb\nc");
    expect(textSources(["a"]).name).toBe("the data");
    expect(textSources("a", "the validation data").name).toBe("the validation data");
    for (const [wrong, problem] of [
      [[], "the list is empty"],
      [["a", 5], "the data, part 2: expected a string"],
      [5, "the data: expected a string"],
    ] as const) {
      expect(() => textSources(wrong as never)).toThrow(
        expect.objectContaining({ code: "ERR_VALUE", message: expect.stringContaining(problem) }),
      );
    }
  });
});
