import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Runtime } from "../../src/runtime/runtime.ts";
import {
  autoencoderTask,
  classifierTask,
  type DataOptions,
  embedderTask,
  encoderDecoderTask,
  generatorTask,
  languageModelTask,
  segmenterNote,
  type Task,
  taggerTask,
  textSource,
} from "../../src/tasks/index.ts";
import { startRuntime } from "../runtimes.ts";

// How tasks cut texts: kind of token, normal form, word lists, and what the user is told.

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime("strict");
});
afterEach(() => {
  rt.dispose();
  vi.unstubAllGlobals();
});

const small = <Spec extends object>(spec: Spec): Spec => ({
  ...spec,
  hidden: 4,
  ...("embedding" in spec && spec.embedding !== 0 && { embedding: 4 }),
});

/** Makes a new, untrained model of a text. Returns the model and the notes for the user. */
async function made<T extends Task>(task: T, text: string, options: DataOptions = {}, validation?: string) {
  const notes: string[] = [];
  // Each label of these small data may be in one part only, which is told.
  const note = (note: string) => note.includes("not validated") || notes.push(note);
  const sources = {
    data: textSource(text, "data.txt"),
    ...(validation !== undefined && { validation: textSource(validation, "held.txt") }),
  };
  const read = await task.read(sources, { ...options, note });
  const { model } = await read.prepare(small, 1);
  // biome-ignore lint/suspicious/noExplicitAny: models of all tasks
  return { model: model(rt) as any, notes, note };
}

const lines = (...texts: string[]) => texts.flatMap((text) => [text, text, text]).join("\n");

const THAI = ["ฉันรักแมว แมวน่ารัก", "เขาไม่ชอบแมว", "หมาตัวใหญ่ วิ่งเร็ว"];
const CHINESE = ["房间 很干净。 服务好。", "早餐难吃，很差。", "2024年 去过 iPhone 展"];
const ENGLISH = ["a clean room", "a bad breakfast", "I went in 2024"];

describe.each([
  ["Thai", THAI],
  ["Chinese", CHINESE],
])("texts in %s", (_, texts) => {
  const labelled = lines(...texts.map((text, i) => `${text}\t${i % 2}`));
  const paired = lines(...texts.map((text) => `${text}\t${text}`));

  it("are read as characters, which is told", async () => {
    for (const [task, data] of [
      [classifierTask, labelled],
      [embedderTask, paired],
      [autoencoderTask, lines(...texts)],
    ] as const) {
      const { model, notes } = await made<Task>(task, data);
      expect(model.spec).toMatchObject({ level: "char", segmenter: "" });
      if (task !== autoencoderTask) expect(notes.join()).toContain("no spaces between words");
    }
    const { model } = await made(encoderDecoderTask, paired);
    expect(model.spec).toMatchObject({ sourceLevel: "char", targetLevel: "char" });
    // A classifier of sentences keeps the network for sentences.
    expect((await made(classifierTask, labelled)).model.spec.pooling).toBe("mean+max");
  });

  it("are read as words if asked, and the model keeps the word lists", async () => {
    const { model, notes } = await made(classifierTask, labelled, { level: "word" });
    expect(model.spec.level).toBe("word");
    expect(model.spec.segmenter).toMatch(/^ICU [\d.]+, (Chinese|Thai) [0-9a-f]{8}$/);
    expect(notes).toEqual([]);
    expect(segmenterNote(model.spec)).toBeUndefined();
  });
});

it("texts in other scripts are read as words, without word lists", async () => {
  const { model, notes } = await made(
    classifierTask,
    lines(...ENGLISH.map((text, i) => `${text}\t${i % 2}`)),
  );
  expect(model.spec).toMatchObject({
    level: "word",
    tokens: "words",
    normalForm: "NFC",
    segmentation: "unicode",
    segmenter: "",
  });
  expect(notes).toEqual([]);
});

describe("word lists", () => {
  const text = `${"猫が好きです。犬も好きです。".repeat(40)}\n`;

  it("of another runtime are noticed when the model is used or its run is resumed", async () => {
    const { model, note, notes } = await made(languageModelTask, text, { level: "word" });
    expect(model.spec.segmenter).toMatch(/, Chinese \w{8}, Japanese \w{8}$/);
    await languageModelTask.evaluate(model, textSource(text), { note });
    expect(notes).toEqual([]);
    const segmenter = model.spec.segmenter
      .replace(/ICU [^,]*/, "ICU 1.2")
      .replace(/Japanese .*/, "Japanese 00000000");
    const spec = { ...model.spec, segmenter };
    expect(segmenterNote(spec)).toMatch(
      /^this runtime finds other words in Japanese than .*\(ICU 1\.2, here ICU \d/,
    );
    await (languageModelTask as Task).read(
      { data: textSource(text) },
      { note },
      { spec, reading: undefined },
    );
    expect(notes).toEqual([segmenterNote(spec)]);
    // Another version with the same words is no difference.
    expect(
      segmenterNote({ ...model.spec, segmenter: segmenter.replace(/, Japanese.*/, "") }),
    ).toBeUndefined();
    expect(segmenterNote({ ...model.spec, segmenter: "" })).toBeUndefined();
  });

  it("that are missing are told, and characters are read instead", async () => {
    const { model } = await made(languageModelTask, text, { level: "word" });
    vi.stubGlobal("Intl", {});
    expect(segmenterNote(model.spec)).toContain(
      "no Intl.Segmenter: it reads Chinese, Japanese as characters",
    );
    const other = await made(languageModelTask, text, { level: "word" });
    expect(other.model.spec.segmenter).toBe("characters");
    expect(other.notes.join()).toContain("no Intl.Segmenter");
    expect(other.model.vocabulary.has("好き")).toBe(false);
    vi.unstubAllGlobals();
    // Such a model reads characters everywhere.
    expect(segmenterNote(other.model.spec)).toBeUndefined();
    expect(other.model.encode("好き").length).toBe(3);
  });
});

it("a tagger of words keeps the word lists, a tagger of characters needs none", async () => {
  const tagged = (...tokens: string[]) =>
    `${tokens.map((token, i) => `${token}\t${"xy"[i % 2]}`).join("\n")}\n\n`.repeat(4);
  const words = await made(taggerTask, tagged("我们", "喜欢", "北京", "。"));
  expect(words.model.spec).toMatchObject({ tokens: "words", segmenter: expect.stringContaining("Chinese") });
  expect(words.model.tokens("北京。")).toEqual(["北京", "。"]);
  const characters = await made(taggerTask, tagged("我", "在", "北", "京", "。"));
  expect(characters.model.spec).toMatchObject({ tokens: "graphemes", segmenter: "" });
  expect(characters.notes.join()).toContain("predict will cut texts into characters");
  expect(characters.model.tokens("北京。")).toEqual(["北", "京", "。"]);
  const edges = await made(taggerTask, tagged("in", "Rio-Sul", "."));
  expect(edges.model.tokens("in Rio-Sul.")).toEqual(["in", "Rio-Sul", "."]);
  expect(edges.model.tokens("in Rio-Sul.", "spaces")).toEqual(["in", "Rio-Sul."]);
  const [tags] = taggerTask.predict(edges.model, ["in Rio-Sul."], { tokens: "spaces" }) as string[][];
  expect(tags).toHaveLength(2);
  const chosen = await made(taggerTask, tagged("in", "Rio-Sul", "."), { tokens: "spaces" });
  expect(chosen.model.spec.tokens).toBe("spaces");
  expect(chosen.notes).toEqual([]);
});

describe("normal form", () => {
  const [nfc, nfd] = ["café", "café".normalize("NFD")];

  it("of texts, labels and tokens is NFC", async () => {
    const text = lines(`${nfc} one\t${nfc}`, `${nfd} two\t${nfd}`, "three four\tx");
    const { model, note, notes } = await made(classifierTask, text);
    expect(model.labels.symbols.filter((label: string) => label !== "x")).toEqual([nfc]);
    expect(model.tokens(nfd)).toEqual([nfc]);
    const inputs = [`${nfd} two`, [nfd, "two"]];
    const [one, two] = classifierTask.predict(model, inputs as string[]);
    expect(one).toEqual(two);
    const evaluation = await classifierTask.evaluate(model, textSource(text), { note });
    expect(evaluation.matrix.classes.length).toBe(2);
    expect(notes).toEqual([]);
  });

  it("of tagged tokens and tags is NFC, in columns and in JSON lines", async () => {
    const columns = lines(`${nfd}\t${nfc}\nb\tx\n`, `${nfc}\t${nfd}\nb\tx\n`);
    const json = lines(
      JSON.stringify({ tokens: [nfd, "b"], labels: [nfc, "x"] }),
      JSON.stringify({ tokens: [nfc, "b"], labels: [nfd, "x"] }),
    );
    for (const [text, format] of [
      [columns, "text"],
      [json, "jsonl"],
    ] as const) {
      const { model } = await made(taggerTask, text, { format });
      expect(model.vocabulary.symbols).toEqual(["b", nfc, "<UNK>"]);
      expect([...model.labels.symbols].sort()).toEqual([nfc, "x"]);
      expect(taggerTask.predict(model, [[nfd]])).toEqual(taggerTask.predict(model, [nfc]));
    }
  });

  it("of conditions, prompts and scored texts is NFC", async () => {
    const { model } = await made(
      generatorTask,
      lines(`${nfd}\t${nfd} au lait`, `${nfc}\t${nfc}`, "tea\ttea"),
    );
    expect([...model.tables.conditions.symbols].sort()).toEqual([nfc, "tea"]);
    const write = (prompt: string, condition: string) =>
      [...generatorTask.write(model, { condition, prompt, seed: 3, length: 5 })].join("");
    expect(write(nfd, nfd)).toBe(write(nfc, nfc));
    for (const level of ["char", "word"] as const) {
      const language = (await made(languageModelTask, `${nfd} au lait. `.repeat(20), { level })).model;
      expect(language.vocabulary.symbols.join("")).toBe(language.vocabulary.symbols.join("").normalize());
      const packed = language.pack();
      expect(packed.score(nfd)).toEqual({ ...packed.score(nfc), text: nfd });
      const options = { seed: 2, length: 5 };
      expect([...packed.generate({ ...options, prompt: nfd })]).toEqual([
        ...packed.generate({ ...options, prompt: nfc }),
      ]);
    }
  });

  it("of both sides of a pair is NFC", async () => {
    const text = lines(`${nfd} ici\tthe ${nfd}`, "où\tthere it is");
    for (const task of [encoderDecoderTask, embedderTask] as const) {
      const { model } = await made<Task>(task, text);
      expect(model.tokens(nfd)).toEqual(model.tokens(nfc));
      const { tables } = model;
      for (const table of Object.values(tables) as { symbols: string[] }[]) {
        for (const symbol of table.symbols) expect(symbol).toBe(symbol.normalize());
      }
    }
  });
});

describe("words of pairs", () => {
  it("are cut as a language model cuts them, and joined again", async () => {
    const { model, notes } = await made(
      encoderDecoderTask,
      lines("Go away, now.\tVa-t'en, vite.", "Come in.\tEntrez donc."),
    );
    expect(model.spec).toMatchObject({ sourceLevel: "word", targetLevel: "word", tokens: "words" });
    expect([...model.target.symbols].sort()).toEqual(
      [",", "-", ".", "<EOS>", "<UNK>", "Entrez", "Va", "donc", "t'en", "vite"].sort(),
    );
    expect(notes).toEqual([]);
  });

  it.each([
    [
      "of another language than prose",
      "turn left twice\tI_TURN_LEFT I_TURN_LEFT",
      "walk right\tI_TURN_RIGHT I_WALK",
    ],
    ["that are cut already", "go away , now .\tva , vite .", "come in .\tentrez donc ."],
  ])("%s stay whole, which is told", async (_, ...texts) => {
    const { model, notes } = await made(encoderDecoderTask, lines(...texts));
    expect(model.spec.tokens).toBe("spaces");
    expect(notes.join()).toContain("split at spaces only");
    const forced = await made(encoderDecoderTask, lines(...texts), { tokens: "words" });
    expect(forced.model.spec.tokens).toBe("words");
    expect(forced.notes).toEqual([]);
  });

  it("are characters if asked for, and then a rule has no effect", async () => {
    const text = lines("12 34\t5", "67 89\t1");
    expect((await made(encoderDecoderTask, text)).model.spec).toMatchObject({ sourceLevel: "char" });
    await expect(made(encoderDecoderTask, text, { tokens: "words" })).rejects.toThrow(
      "tokens is words, which has no effect if level is char",
    );
  });
});

it("the option tokens cuts the texts of all tasks of words", async () => {
  const text = lines("so-so, he said.\tx", "well-known (man)\ty", "no\tx");
  const symbols = async (task: Task, data: string, tokens: "words" | "spaces") => {
    const { model } = await made(task, data, { tokens, level: "word", minCount: 1 });
    expect(model.spec.tokens).toBe(tokens);
    return (model.vocabulary ?? model.source).symbols;
  };
  for (const task of [classifierTask, embedderTask, generatorTask, autoencoderTask] as readonly Task[]) {
    const data = task === (generatorTask as Task) ? text.replace(/(.*)\t(.)/g, "$2\t$1") : text;
    expect(await symbols(task, data, "words")).toContain("-");
    const whole = await symbols(task, data, "spaces");
    expect(whole).toContain("so-so,");
    expect(whole).not.toContain("-");
  }
});

describe("texts of mostly unknown tokens", () => {
  const reviews = lines("the room is good\t1", "the room is bad\t0", "the food is good\t1");

  it("are told when they are read, with the share", async () => {
    const { model, note, notes } = await made(classifierTask, reviews);
    const strange = "das zimmer ist good\t1\n";
    await classifierTask.evaluate(model, textSource(strange), { note });
    await classifierTask.inputs(model, textSource(strange), { note });
    expect(notes).toHaveLength(2);
    for (const text of notes) expect(text).toMatch(/^the model does not know 75% of the tokens; is it/);
    await classifierTask.evaluate(model, textSource("the zimmer is gut\t1\n"), { note });
    expect(notes).toHaveLength(2);
  });

  it("are told when they are for validation", async () => {
    const { notes } = await made(classifierTask, reviews, {}, "das zimmer ist gut\t1\n");
    expect(notes.join()).toMatch(/^validation: the model does not know 100% of the tokens/);
  });

  it("are told for every task", async () => {
    const check = async (task: Task, data: string, strange: string) => {
      const { model, note, notes } = await made(task, data);
      notes.length = 0;
      await task.evaluate(model, textSource(strange), { note });
      await task.inputs?.(model, textSource(strange), { note });
      expect(notes.length, task.Model.task).toBe(task.inputs && task !== (generatorTask as Task) ? 2 : 1);
      for (const text of notes) expect(text).toContain("does not know");
    };
    await check(taggerTask, "a\tx\nb\ty\n\n".repeat(9), "c\tx\nd\ty\n\n");
    await check(encoderDecoderTask, lines("ab\tc", "ba\tc"), "xyz\tc\n");
    await check(autoencoderTask, lines("ab", "ba"), "xyz\n");
    await check(embedderTask, lines("one two\tthree", "two one\tfour"), "eins\tzwei\ndrei\tvier\n");
    await check(generatorTask, lines("x\tab", "y\tba"), "x\tzzz\n");
    await check(languageModelTask, "abc abc ".repeat(40), "xyz xyz");
  });
});
