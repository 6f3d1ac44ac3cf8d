import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberedLines } from "../../src/data/lines.ts";
import { tokensApart } from "../../src/data/words.ts";
import { evaluateText } from "../../src/models/language-model/evaluation.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { checkLanguageModelSpec, defaultLanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { textVocabulary } from "../../src/models/language-model/text.ts";
import { languageModelTask } from "../../src/tasks/language-model.ts";
import { IdList, LongText, type PieceEnd } from "../../src/tasks/long-text.ts";
import { readAll, readText, type TextSource, textSource } from "../../src/tasks/source.ts";
import { hashText } from "../../src/train/checkpoint.ts";
import { all, startRuntime } from "../runtimes.ts";

/** A source in chunks as given. */
const chunked = (chunks: readonly string[]): TextSource => ({
  name: "x.txt",
  chunks: (async function* () {
    yield* chunks;
  })(),
  hash: async () => "",
});

/** Cuts a text at random places between characters. */
const cutAt = (text: string, cuts: readonly number[]): string[] => {
  const symbols = [...text];
  const borders = [0, ...cuts.map((cut) => cut % (symbols.length + 1)), symbols.length].sort((a, b) => a - b);
  return borders.slice(1).map((end, i) => symbols.slice(borders[i], end).join(""));
};

const SPECS = {
  char: { level: "char" },
  words: { level: "word", tokens: "words" },
  spaces: { level: "word", tokens: "spaces" },
  lines: { level: "word", tokens: "words", lines: true },
} as const;
const ENDS: Record<keyof typeof SPECS, PieceEnd> = {
  char: "anywhere",
  words: "sentence",
  spaces: "line",
  lines: "line",
};

const text = fc.string({
  unit: fc.constantFrom(
    ..."ab.!?…\"') \n\r\t",
    "\r\n",
    "🐄",
    "é",
    "Mr. ",
    ".\n",
    "\n\n",
    " <unk> ",
    "<UNK>",
    ".",
  ),
  minLength: 1,
  maxLength: 60,
});

describe("a long text", () => {
  it("has the pieces, the hash and the symbols of the whole text, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(fc.nat(60)),
        fc.integer({ min: 1, max: 12 }),
        async (text, cuts, piece) => {
          const whole = text.replace(/\r\n?/g, "\n");
          const long = await LongText.read(chunked(cutAt(text, cuts)), piece);
          expect(await long.hash()).toBe(await hashText(whole));
          for (const [name, fields] of Object.entries(SPECS)) {
            const spec = checkLanguageModelSpec({ ...defaultLanguageModelSpec(fields.level), ...fields });
            const pieces = [...long.pieces(ENDS[name as keyof typeof SPECS])];
            expect(pieces.join("")).toBe(whole);
            const options = { minCount: 1 };
            const made = (text: string | Iterable<string>) => {
              try {
                return textVocabulary(text, spec, options).symbols;
              } catch (error) {
                return String(error);
              }
            };
            expect(made(pieces), name).toEqual(made(whole));
            const { encode } = encoder(fields);
            expect(
              pieces.flatMap((piece) => encode(piece)),
              name,
            ).toEqual(encode(whole));
          }
          expect(tokensApart(long.pieces("line"))).toBe(tokensApart(whole));
          expect((await all(long.chunks)).join(""), "as a source").toBe(whole);
        },
      ),
    );
  });

  it("has the hash of both texts if there is a validation text", async () => {
    const [a, b] = ['one "quoted"\n\u2028\t🐄', "two\\"];
    const [long, other] = [await LongText.read(chunked([...a!]), 3), await LongText.read(textSource(b!))];
    expect(await long.hashWith(other)).toBe(await hashText(JSON.stringify([a, b])));
  });

  it("that has no place for a piece to end is refused by name", async () => {
    const long = await LongText.read(chunked(["one\n", ..."two three four"]), 2, 6);
    expect([...long.pieces("anywhere")].join("")).toBe("one\ntwo three four");
    expect(() => [...long.pieces("line")]).toThrow(
      "x.txt, after character 4: there is no end of a line within 6 characters; put in line ends",
    );
    expect(() => [...long.pieces("sentence")]).toThrow("end of a sentence");
  });

  it("too long for the memory is one clear error", async () => {
    const huge: TextSource = {
      ...chunked([]),
      chunks: (async function* () {
        yield "a";
        throw new RangeError("Array buffer allocation failed");
      })(),
    };
    await expect(LongText.read(huge)).rejects.toMatchObject({
      code: "ERR_DATA",
      message: "x.txt is too long for the memory",
    });
  });
});

/** Encodes texts as a model of one fixed vocabulary does. */
function encoder(fields: (typeof SPECS)[keyof typeof SPECS]) {
  const spec = checkLanguageModelSpec({ ...defaultLanguageModelSpec(fields.level), ...fields });
  const vocabulary = textVocabulary("ab. ab! mr. <UNK> é 🐄 ab.", spec, { minCount: 1 });
  const encode = (text: string) => [
    ...LanguageModel.prototype.encode.call({ spec, vocabulary } as never, text),
  ];
  return { encode };
}

it("a text in many pieces is trained and evaluated as one in one piece", async () => {
  const text = "One two. Three\nfour! two one.\n\nfour three two\none. Two\n".repeat(40);
  for (const level of ["char", "word"] as const) {
    const results = [];
    for (const piece of [2 ** 24, 50]) {
      const source = await LongText.read(
        chunked(
          cutAt(
            text,
            Array.from({ length: 200 }, (_, i) => 11 * i),
          ),
        ),
        piece,
      );
      expect([...source.pieces("sentence")].length === 1).toBe(piece > 50);
      const { hash, prepare } = await languageModelTask.read({ data: source }, { level });
      const spec = { hidden: 4, embedding: level === "word" ? 4 : 0, layers: 1 };
      const data = await prepare((defaults) => ({ ...defaults, ...spec }));
      const model = data.model(await startRuntime());
      const recipe = { ...languageModelTask.defaultRecipe(level), batch: 2, seq: 5 };
      const trainer = data.trainer(model, recipe);
      for (let i = 0; i < 5; i++) trainer.step();
      const evaluation = await languageModelTask.evaluate(model, source);
      expect(evaluation).toEqual(evaluateText(model, model.encode(text), { characters: [...text].length }));
      results.push({ hash, loss: trainer.validate(), evaluation, symbols: model.vocabulary.symbols });
    }
    expect(results[1]).toEqual(results[0]);
  }
});

it("ids are kept in the smallest integers that hold them", () => {
  const ids = (symbols: number) => {
    const list = new IdList(symbols, 2);
    list.add(Int32Array.of(1, 2));
    list.add(Int32Array.of(3, 0, 1));
    return list.all();
  };
  expect(ids(256)).toEqual(Uint8Array.of(1, 2, 3, 0, 1));
  expect(ids(257)).toEqual(Uint16Array.of(1, 2, 3, 0, 1));
  expect(ids(65537)).toEqual(Int32Array.of(1, 2, 3, 0, 1));
  const list = new IdList(0, 1);
  list.add(Int32Array.of(-100));
  expect(list.all()).toEqual(Int32Array.of(-100));
  expect(() => new IdList(0, 2 ** 52)).toThrow("the memory is too small for a text of");
});

describe("texts that are too long for a string", () => {
  /** A string of 2^28 characters that takes no memory. */
  const large = "a".repeat(2 ** 28);

  it("are named if they have to be read as one", async () => {
    await expect(readText(chunked([large, large]))).rejects.toMatchObject({
      code: "ERR_DATA",
      message: "x.txt is longer than 536870888 characters; split it into files",
    });
  });

  it("are named with the line if it is a line", async () => {
    await expect(
      readAll(chunked(["one\ntwo", large, "\n"]), (chunks) => numberedLines(chunks)),
    ).rejects.toMatchObject({
      code: "ERR_DATA",
      message: "x.txt, line 2 has over 268435456 characters; cut it into lines",
    });
  });
});
