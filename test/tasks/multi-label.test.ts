import { expect, it } from "vitest";
import { labelSet } from "../../src/data/label-set.ts";
import { areLabelSets } from "../../src/tasks/label-sets.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { joinSources, type TextData, textSource } from "../../src/tasks/source.ts";
import type { DataOptions } from "../../src/tasks/task.ts";
import { connect } from "../../worker/connect.ts";
import { expectRejection, startRuntime } from "../runtimes.ts";

const WORDS = ["red", "blue", "big", "old"] as const;
/** Texts of two words with the labels colour, size and, for the word "old", none. */
const ROWS = Array.from({ length: 24 }, (_, i) => {
  const words = [WORDS[i % 4]!, WORDS[(i * 3 + 1) % 4]!];
  const labels = words.flatMap(
    (word) => ({ red: "colour", blue: "colour", big: "size, kind", old: [] })[word],
  );
  return { text: words.join(" "), words, labels: [...new Set(labels)] };
});

async function modelOf(
  task: typeof classifierTask | typeof taggerTask,
  data: TextData,
  options: DataOptions = {},
) {
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const read = await task.read({ data: textSource(data) }, { multiLabel: true, ...options, note } as never);
  const run = await read.prepare((spec) => ({ ...spec, hidden: 4, embedding: 4 }), 1);
  return { model: run.model(await startRuntime()), notes, read };
}

const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

it.each([
  ["label", ROWS.map(({ text, labels }) => ({ text, label: labels }))],
  ["tags", ROWS.map(({ text, labels }) => ({ sentence: text, tags: labels, more: 1 }))],
  ["labels", ROWS.map(({ words, labels }) => ({ tokens: words, labels }))],
])("a classifier reads lists in the JSON field %s; names may have commas", async (_, rows) => {
  const { model } = await modelOf(classifierTask, jsonl(rows), { format: "jsonl" });
  expect([...model.labels.symbols].sort()).toEqual(["colour", "size, kind"]);
  expect(model.spec.multiLabel).toBe(true);
  const result = await classifierTask.evaluate(model as never, textSource(jsonl(rows)), { format: "jsonl" });
  expect(result.labels).toBe(24);
  expect(result.counts!.right).toEqual([12, 12]);
});

it("a tagger reads a label or a list of them for each token", async () => {
  const rows = ROWS.map(({ words }) => ({
    tokens: words,
    tags: words.map((word) => ({ red: "colour", blue: ["colour"], big: ["size, kind", "x"], old: [] })[word]),
  }));
  const { model } = await modelOf(taggerTask, jsonl(rows), { format: "jsonl" });
  expect([...model.labels.symbols].sort()).toEqual(["colour", "size, kind", "x"]);
  const { counts, labels } = await taggerTask.evaluate(model as never, textSource(jsonl(rows)), {
    format: "jsonl",
  });
  expect([labels, ...counts!.right]).toEqual([48, 24, 12, 12]);
});

it("a tagger reads columns, in which an empty cell is an empty set", async () => {
  const file = ROWS.map(({ words }) =>
    words.map((word) => `${word}\t${{ red: "a, b", blue: "a", big: '["b,c"]', old: "" }[word]}\n`).join(""),
  ).join("\n");
  const { model } = await modelOf(taggerTask, file);
  expect([...model.labels.symbols].sort()).toEqual(["a", "b", "b,c"]);
  await expectRejection(modelOf(taggerTask, "red\ta\n\nblue\n\nbig\tb\n"), "ERR_DATA", /no tag in column 2/);
  await expectRejection(
    modelOf(taggerTask, "red\t['a']\n\nblue\tb\n"),
    "ERR_DATA",
    /line 1: .* is not a JSON array/,
  );
});

it("a table may have empty cells of labels, but not of texts", async () => {
  const rows = ROWS.map(
    ({ text, labels }) => `${text},${labels.map((label) => label.split(",")[0]).join(";")}\n`,
  );
  const table = `text,label\n${rows.join("").replaceAll(";", "|")}`;
  const { model, notes } = await modelOf(classifierTask, table.replace(/(.*)\|(.*)\n/g, '"$1","$2"\n'), {
    format: "csv",
  });
  expect(model.labels.size).toBeGreaterThan(0);
  expect(notes.join()).not.toContain("left out, the first");
  const holes = await modelOf(classifierTask, `text,label\n,colour\nred,\nblue,colour\nbig,size\n`, {
    format: "csv",
  });
  expect(holes.notes).toContainEqual(expect.stringContaining("1 row with an empty cell is left out"));
  expect([...holes.model.labels.symbols].sort()).toEqual(expect.arrayContaining(["colour"]));
});

it("rows of a file without labels are predicted", async () => {
  const { model } = await modelOf(classifierTask, jsonl(ROWS), { format: "jsonl" });
  model.setThresholds([0, 0]);
  const inputs = await classifierTask.inputs(model as never, textSource("red\n\nblue old\n"), {
    format: "text",
  });
  expect(inputs).toEqual(["red", "", "blue old"]);
  expect(classifierTask.predict(model as never, ["red"])[0]!.labels).toEqual([...model.labels.symbols]);
});

it("files of several formats are read as one", async () => {
  const [first, second] = [ROWS.slice(0, 12), ROWS.slice(12)];
  const lines = second.map(({ text, labels }) => `${text}\t${JSON.stringify(labels)}\n`).join("");
  const source = joinSources([
    { ...textSource(jsonl(first)), name: "a.jsonl" },
    { ...textSource(lines), name: "b.tsv" },
  ]);
  const read = await classifierTask.read({ data: source }, { multiLabel: true });
  const run = await read.prepare((spec) => ({ ...spec, hidden: 2, embedding: 2 }), 1);
  expect([...run.model(await startRuntime()).labels.symbols].sort()).toEqual(["colour", "size, kind"]);
});

it("every label keeps an example to train on", async () => {
  const rows = [...ROWS, { text: "gold", labels: ["rare", "colour"] }];
  for (let seed = 1; seed <= 8; seed++) {
    const read = await classifierTask.read(
      { data: textSource(jsonl(rows)) },
      { multiLabel: true, format: "jsonl" },
    );
    const run = await read.prepare((spec) => ({ ...spec, hidden: 2, embedding: 2 }), seed);
    expect(run.model(await startRuntime()).labels.has("rare")).toBe(true);
  }
});

it("a session takes multiLabel as an option or as a field of the spec", async () => {
  const connection = await connect({ worker: false });
  const start = (more: object) =>
    connection.start({ task: "classifier", data: jsonl(ROWS), format: "jsonl", ...more } as never);
  for (const more of [{ multiLabel: true }, { spec: { multiLabel: true } }]) {
    const { spec } = await start(more);
    expect(spec).toMatchObject({ multiLabel: true });
    const [result] = (await connection.predict(["red"])) as unknown as [{ labels: string[] }];
    expect(result.labels).toBeInstanceOf(Array);
  }
  await expectRejection(
    start({ multiLabel: true, spec: { multiLabel: false } }),
    "ERR_DATA",
    "use multiLabel",
  );
  await expectRejection(
    connection.start({ task: "embedder", data: "a\tb\n", multiLabel: true } as never),
    "ERR_VALUE",
    /multiLabel/,
  );
  await connection.release();
});

it("a spec that says something else than the option is refused", async () => {
  const read = await classifierTask.read(
    { data: textSource(jsonl(ROWS)) },
    { multiLabel: true, format: "jsonl" },
  );
  await expectRejection(
    read.prepare((spec) => ({ ...spec, multiLabel: false }), 1),
    "ERR_VALUE",
    /spec.multiLabel is false, but the labels are read with the option multiLabel true/,
  );
});

it.each([
  [
    ["c;d", "c", "d;c", "d"],
    /^a text such as "c;d" is one label; if it is a list of labels, write labels with commas/,
  ],
  [["c|d", "e|f", "g|h", ""], /^a text such as "c\|d" is one label/],
  [
    ['"x","y"', '"y"', '"x", "y"', ""],
    /^the quotes in "\\"x\\",\\"y\\"" are part of the labels; without them, write/,
  ],
])("a note tells that sets are written in another way: %j", async (labels, note) => {
  const { notes } = await modelOf(
    classifierTask,
    Array.from({ length: 12 }, (_, i) => `w${i % 5} v\t${labels[i % labels.length]}\n`).join(""),
  );
  expect(notes).toContainEqual(expect.stringMatching(note));
});

it.each([[["c", "d", "Mr; Mrs", "c,d"]], [["a,b", '["c;d", "e"]', "b", "[]"]], [['"x"', "y", "x,y", "y"]]])(
  "but not if few are: %j",
  async (labels) => {
    const rows = Array.from({ length: 60 }, (_, i) => `w${i % 5} v\t${labels[i % labels.length]}\n`);
    const { notes } = await modelOf(classifierTask, rows.join(""));
    expect(notes.join()).not.toMatch(/is one label|are part of the labels/);
  },
);

it("a tagger has to have two sets of tags", async () => {
  const tagged = (cells: readonly string[]) => cells.map((cell) => `x\t${cell}\n`).join("\n");
  const message = 'all tokens have the same set of tags, "a,b", expected at least two sets; is the tag in';
  await expectRejection(modelOf(taggerTask, tagged(["a,b", "b,a", "a, b"])), "ERR_DATA", message);
});

it.each([
  [true, ["a,b", "b", "a", "b,a"]],
  [true, ['["a"]', '["b"]', "[]"]],
  [true, ["['a', 'b']", "['a']"]],
  [false, ["a", "b", "a", "b"]],
  [false, ["Boston, MA", "Worcester, MA", "Austin, TX", "Dallas, TX"]],
  [false, [...Array.from({ length: 99 }, (_, i) => `x${i % 5}`), "x1,x2"]],
  [false, ["[CLS]", "[SEP]", "[CLS]"]],
] as const)("looks like sets: %s, %j", (expected, cells) => {
  expect(areLabelSets(cells)).toBe(expected);
  for (const cell of cells) if (!cell.startsWith("['")) expect(labelSet(cell)).toBeInstanceOf(Array);
});
