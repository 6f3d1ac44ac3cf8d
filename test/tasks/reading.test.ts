import { describe, expect, it } from "vitest";
import { loadModel, serializeModel } from "../../src/network/model-file.ts";
import { TASKS } from "../../src/tasks/index.ts";
import { textSource } from "../../src/tasks/source.ts";
import type { DataOptions, Task } from "../../src/tasks/task.ts";
import { expectRejection, startRuntime } from "../runtimes.ts";
import { begin, EXAMPLES } from "./examples.ts";

// A model keeps how its training data were read, and reads other data in the same way.

const taskNamed = (name: string): Task => TASKS.find(({ Model }) => Model.task === name)!;
const hash = async (task: string, data: string, name: string, options: DataOptions = {}) =>
  (await taskNamed(task).read({ data: textSource(data, name) }, options)).hash;

/** Trains a model on a file, writes it into a file and reads it again. */
async function stored(task: string, data: string, name: string, options: DataOptions = {}) {
  const example = { task, data, options: { ...options } };
  const run = await begin({
    ...example,
    options: { format: name.endsWith("csv") ? "csv" : undefined, ...options } as DataOptions,
  });
  return loadModel(await startRuntime(), serializeModel(run.trainer.model), [taskNamed(task).Model]);
}

it.each([
  [
    "classifier",
    "red cow\tx\nblue\ty\n",
    {},
    "cd20ea165ba27d0311d6fbfe362f6ad5c13d637bf38e9a86863586e18e5e2248  false 2",
  ],
  [
    "classifier",
    "x\tred cow\ny\tblue\n",
    { labelFirst: true },
    "4da788075e18168126f15bf0e70847dd61ee3d541d1e49ad2817d11e37914bc2  true 2",
  ],
  [
    "tagger",
    "Red\tB\ncow\tO\n\n",
    {},
    "f6e759fc089974cf8678a050e35e7c30a60c4e4d0e880a3c763269fcfc4bdc0d  false 2",
  ],
  [
    "tagger",
    "Red\tA\tB\ncow\tA\tO\n\n",
    { tagColumn: 3 },
    "d8c4ffdc387f1680e5ce6d158ce97774bc5ecf8acadcc24c7372321f19d451d5  false 3",
  ],
  ["encoder-decoder", "red\tblue\n", {}, "1632eb183f32485a3b9773d934aa52cc149f1825e70bf6f2f7cd89d3ac260e29"],
  ["autoencoder", "red\nblue\n", {}, "a64fb498f5571188e8657326454005b7125d63a25c63bd40b1c61470492faa33"],
  ["generator", "x\tred\ny\tblue\n", {}, "a729e8405040c70e06b17ed66d602089a72518dbea057b1ae7008cef125e6306 "],
  ["embedder", "red\tblue\ncow\n", {}, "3119c08784889a48a6427017eeeef42b6a34c4ce7f0800441570e098b30c161f "],
])("the hash of plain lines is that of earlier versions: %s, %j", async (task, lines, options, expected) => {
  expect(await hash(task, lines.repeat(9), "data.txt", options)).toBe(expected);
});

it("the hash says how a table was read", async () => {
  const rows = Array.from({ length: 9 }, (_, i) => `a${i},b ${i},${"xy"[i % 2]}\n`).join("");
  const one = await hash("classifier", `text,title,label\n${rows}`, "data.csv");
  const other = await hash("classifier", `text,title,label\n${rows}`, "data.csv", { textColumn: "title" });
  expect(one).toContain("header textColumn text labelColumn label");
  expect(other).toContain("textColumn title");
});

describe("a model trained on CSV", () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${"xy"[i % 2]},"red, ${i % 3} cow"\n`).join("");
  const inputs = async (text: string, name: string, options = {}) => {
    const model = await stored("classifier", `id,mood,review\n${rows}`, "data.csv");
    return taskNamed("classifier").inputs!(model, textSource(text, name), options);
  };

  it("keeps the names of its columns", async () => {
    const model = await stored("classifier", `id,mood,review\n${rows}`, "data.csv", { labelColumn: "mood" });
    expect(model.reading).toEqual({ format: "csv", header: true, textColumn: "review", labelColumn: "mood" });
  });

  it("reads tables without the label, with other columns, and blank lines", async () => {
    expect(await inputs('review\n"a, b"\n\nc\n', "new.csv")).toEqual(["a, b", "", "c"]);
    expect(await inputs('more,review\n1,"a, b"\n', "new.csv")).toEqual(["a, b"]);
    expect(await inputs('review,id\n"a, b",7\n', "new.txt")).toEqual(["a, b"]);
  });

  it("reads lines, and JSON with other names", async () => {
    expect(await inputs("I like it, really\n\nno, not me, no\n", "new.txt")).toEqual([
      "I like it, really",
      "",
      "no, not me, no",
    ]);
    expect(await inputs('{"text":"a"}\n', "new.jsonl")).toEqual(["a"]);
    expect(await inputs('{"text":"a","review":"b"}\n', "new.jsonl")).toEqual(["b"]);
    await expectRejection(
      inputs('{"body":"a"}\n', "new.jsonl", { textColumn: "x" }),
      "ERR_DATA",
      "no field x; it has body",
    );
  });
});

it("a model trained on JSON keeps the fields that were found, and tells them", async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({
    tokens: ["red", `${i}`],
    pos_tags: ["n", "n"],
    ner_tags: [i % 2, 0],
  }));
  const notes: string[] = [];
  const data = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const note = (text: string) => notes.push(text);
  const model = await stored("tagger", data, "data.jsonl", { format: "jsonl", note });
  expect(model.reading).toEqual({ format: "jsonl", tagColumn: "ner_tags" });
  expect(notes).toContain('tags from field "ner_tags" (--tag-column)');
  notes.length = 0;
  const other = data.replaceAll("pos_tags", "tags");
  const result = await taskNamed("tagger").evaluate(model, textSource(other, "new.jsonl"), { note });
  expect(result).toMatchObject({ matrix: { classes: ["0", "1"] } });
  expect(notes).toEqual([]);
  const own = data.replaceAll("ner_tags", "labels");
  expect((await stored("tagger", own, "data.jsonl", { format: "jsonl" })).reading).toEqual({
    format: "jsonl",
  });
});

it("data of a damaged reading are refused", async () => {
  const model = await stored("classifier", EXAMPLES["a classifier"]!.data, "data.txt");
  expect(model.reading ?? {}, "plain lines").toEqual({});
  for (const reading of [
    { format: "xml" },
    { header: 3 },
    { textColumn: 0 },
    { unknown: 1 },
    "text",
    ["text"],
    1,
  ] as object[]) {
    model.reading = reading;
    await expectRejection(
      taskNamed("classifier").inputs!(model, textSource("a\n", "x.txt"), {}),
      "ERR_FORMAT",
      "reading",
    );
  }
});

describe("columns of a text with tabs", () => {
  const table = (header: string, row: (i: number) => string) =>
    `${header}\n${Array.from({ length: 20 }, (_, i) => `${row(i)}\n`).join("")}`;
  const labels = (i: number) => "xy"[i % 2];

  it("are kept, whatever the header calls them", async () => {
    const data = table("foo\tbar\tbaz", (i) => `red cow\tnote ${i}\t${labels(i)}`);
    const model = await stored("classifier", data, "data.tsv", {
      header: true,
      textColumn: "foo",
      labelColumn: "baz",
    });
    const [first] = await taskNamed("classifier").inputs!(model, textSource(data, "new.tsv"), {});
    expect(first).toBe("red cow");
    const evaluation = await taskNamed("classifier").evaluate(model, textSource(data, "new.tsv"), {});
    expect(evaluation).toMatchObject({ matrix: { classes: ["x", "y"] } });
  });

  it("may be the other way round than their names", async () => {
    const data = table("text\tother", (i) => `${labels(i)}\tred cow`);
    const options = { textColumn: "other", labelColumn: "text" };
    const model = await stored("classifier", data, "data.tsv", options);
    const [first] = await taskNamed("classifier").inputs!(model, textSource(data, "new.tsv"), {});
    expect(first).toBe("red cow");
  });

  it("of a resumed run are part of its hash", async () => {
    const data = table("text\tmood\tkind", (i) => `red cow\t${labels(i)}\t${"ab"[i % 2]}`);
    const task = taskNamed("classifier");
    const read = (options: DataOptions, resumed?: Parameters<Task["read"]>[2]) =>
      task.read({ data: textSource(data, "data.tsv") }, options, resumed);
    const start = await read({ labelColumn: "mood" });
    const resumed = { spec: {} as never, reading: start.reading };
    expect((await read({}, resumed)).hash).toBe(start.hash);
    expect((await read({ labelColumn: "mood" }, resumed)).hash).toBe(start.hash);
    expect((await read({ labelColumn: "kind" }, resumed)).hash).not.toBe(start.hash);
  });

  it("are known by the names of a header that an option told", async () => {
    const data = table("foo\tbar", (i) => `red cow ${i}\t${labels(i)}`);
    const model = await stored("classifier", data, "data.tsv", { header: true });
    expect(model.reading).toEqual({ header: true, textColumn: "foo", labelColumn: "bar" });
    const { inputs, evaluate } = taskNamed("classifier");
    expect(await inputs!(model, textSource(data, "new.tsv"), {})).toHaveLength(20);
    expect(await evaluate(model, textSource(data, "new.tsv"), {})).toMatchObject({ labels: 20 });
    expect(await inputs!(model, textSource("a cow\tx\nred\n", "new.txt"), {})).toEqual(["a cow", "red"]);
  });

  it("may have empty cells in the inputs of predict", async () => {
    const model = await stored(
      "classifier",
      table("text\tmood", (i) => `red ${i}\t${labels(i)}`),
      "data.csv",
      {
        format: "csv",
      },
    );
    const inputs = (text: string, name: string) =>
      taskNamed("classifier").inputs!(model, textSource(text, name), {});
    expect(await inputs('text,mood\n"",x\nred cow,\n', "new.csv")).toEqual(["", "red cow"]);
    expect(await inputs("\tx\nred cow\ty\n", "new.txt")).toEqual(["", "red cow"]);
  });

  it("leave out a few rows with an empty cell, and say so", async () => {
    const notes: string[] = [];
    const read = (text: string, name: string) =>
      taskNamed("classifier").read({ data: textSource(text, name) }, { note: (note) => notes.push(note) });
    const csv = table("text,mood", (i) => `red ${i},${labels(i)}`);
    await read(`${csv}"",x\nred cow,\n`, "data.csv");
    expect(notes.at(-1)).toBe("2 rows with an empty cell are left out, the first in line 22");
    const model = await stored("classifier", csv, "data.csv");
    const evaluation = taskNamed("classifier").evaluate(model, textSource(`${csv}"",x\n`, "new.csv"), {});
    expect(await evaluation).toMatchObject({ labels: 20 });
    await expectRejection(
      read("text,mood\na,x\n,x\n,y\n", "data.csv"),
      "ERR_DATA",
      "data.csv, line 3: the text is empty",
    );
    await expectRejection(read("text,mood\na,x\nb,y\nc\n", "data.csv"), "ERR_DATA", "line 4: ");
  });

  it("that are swapped are not taken for texts", async () => {
    const lines = (row: (i: number) => string) =>
      Array.from({ length: 20 }, (_, i) => `${row(i)}\n`).join("");
    const model = await stored(
      "classifier",
      lines((i) => `red cow ${i}\t${labels(i)}`),
      "data.txt",
    );
    const inputs = (text: string, options: DataOptions = {}) =>
      taskNamed("classifier").inputs!(model, textSource(text, "new.txt"), options);
    const swapped = "x\tred cow\ny\tblue\n";
    await expectRejection(inputs(swapped), "ERR_DATA", /^new\.txt: every text is a label .*--label-first/);
    expect(await inputs(swapped, { labelFirst: true })).toEqual(["red cow", "blue"]);
    expect(await inputs(swapped, { textColumn: 1 })).toEqual(["x", "y"]);
    expect(await inputs("x\ny\n"), "texts alone").toEqual(["x", "y"]);
    expect(await inputs(`${swapped}red\tx\n`), "another text").toEqual(["x", "y", "red"]);
  });

  it("without a header stay without one", async () => {
    const data = table("text\tlabel", (i) => `red cow ${i}\t${labels(i)}`);
    const model = await stored("classifier", data, "data.tsv", { header: false });
    expect(model.reading).toEqual({ header: false });
    const inputs = await taskNamed("classifier").inputs!(model, textSource(data, "new.tsv"), {});
    expect(inputs).toHaveLength(21);
    const again = await taskNamed("classifier").inputs!(model, textSource(data, "new.tsv"), { header: true });
    expect(again).toHaveLength(20);
  });
});

describe("a forecaster keeps what was found out", () => {
  const rows = (separator: string, comma: string) =>
    `a${separator}b\n${Array.from({ length: 60 }, (_, i) => `${i % 9}${comma}5${separator}${i % 7}\n`).join("")}`;

  it("a decimal comma, so that 1.234 is a thousand", async () => {
    const model = await stored("forecaster", rows(";", ",").replaceAll(/^(\d),/gm, "$1$1$1,"), "a.csv");
    expect(model.reading).toEqual({ format: "csv", decimal: "," });
    const inputs = await taskNamed("forecaster").inputs!(model, textSource("a;b\n1.234;5\n", "b.csv"));
    expect(inputs).toEqual([Float64Array.of(1234, 5)]);
  });

  it("marks for missing numbers, which are gaps in a few rows too", async () => {
    const marked = rows(",", ".").replaceAll(/^8.5,/gm, "-999,");
    const model = await stored("forecaster", marked, "a.csv", { fill: "previous" });
    expect(model.reading).toEqual({ format: "csv", fill: "previous", missing: [-999] });
    const inputs = (text: string, options = {}) =>
      taskNamed("forecaster").inputs!(model, textSource(text, "b.csv"), options);
    expect(await inputs("a,b\n1.5,5\n-999,6\n")).toEqual([Float64Array.of(1.5, 5), Float64Array.of(1.5, 6)]);
    expect(await inputs("a,b\n-999,6\n", { missing: [] })).toEqual([Float64Array.of(-999, 6)]);
  });

  it("JSON, also on standard input", async () => {
    const json = JSON.stringify(Array.from({ length: 60 }, (_, i) => ({ a: i % 9, b: i % 7 })));
    const model = await stored("forecaster", json, "a.json", { format: "json" });
    expect(model.reading).toEqual({ format: "json" });
    const inputs = await taskNamed("forecaster").inputs!(
      model,
      textSource('[{"b": 1, "a": 2.5}]', "standard input"),
    );
    expect(inputs).toEqual([Float64Array.of(2.5, 1)]);
  });

  it("its hash is that of earlier versions without marks, and of all that was found with them", async () => {
    const [plain, options] = [rows(";", ","), { decimal: "," }] as const;
    expect(await hash("forecaster", plain, "a.csv", options)).toBe(await hash("forecaster", plain, "a.csv"));
    const marked = plain.replaceAll(/^8,5;/gm, "-999;");
    const [found, named] = await Promise.all([
      hash("forecaster", marked, "a.csv", { fill: "linear" }),
      hash("forecaster", marked, "a.csv", { fill: "linear", missing: [-999] }),
    ]);
    expect(found).toBe(named);
    expect(await hash("forecaster", marked, "a.csv", { fill: "linear", missing: [] })).not.toBe(found);
  });
});
