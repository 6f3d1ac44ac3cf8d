import { expect, it } from "vitest";
import { areSentences } from "../../src/tables/sentence-lines.ts";
import { textSource } from "../../src/tasks/source.ts";
import { EXAMPLES, taskOf, trained } from "../tasks/examples.ts";

const known = (tag: string) => ["O", "B-x", "."].includes(tag);
const are = (text: string, tagColumn?: number) => areSentences(text.split("\n"), known, tagColumn);

it.each([
  ["sentences of several lengths", "Ann lives in Oslo .\nTom works .\n", true],
  ["sentences of one length", "Ann lives in Oslo .\nTom works in Rome .\n", true],
  ["sentences between blank lines", "Ann lives .\n\nTom works .\n\nTom lives .", true],
  ["words in lines", "Ann\nlives\n\nTom\nworks\n", false],
  ["tabs", "Ann lives\tO\nTom works\tO\n", false],
  ["known tags", "Ann B-x\nlives O\n", false],
  ["known tags of one sentence", "lives O\nin O\n", false],
  ["unknown tags", "Ann NN\nlives VB\n\nTom NN\nworks VB\n", false],
  ["codes of one sentence", "Ann NNP\nlives VBZ\nin IN\n. .\n", false],
  ["words in capitals", "ANN LIVES\nTOM WORKS\n", true],
  ["sentences of two words", "Ann lives\nTom works\n", true],
  ["documents", "-DOCSTART- -X-\n\n# id 1\nAnn NN\nlives VB\n\nTom NN\nworks VB\n", false],
])("%s: %j are sentences: %s", (_, text, expected) => {
  expect(are(text)).toBe(expected);
});

it("lines of a script without spaces are sentences if most are cut into several words", () => {
  const cut = (line: string) => line.split(/(?<=[，。])/);
  const areCut = (text: string) => areSentences(text.split("\n"), known, undefined, cut);
  expect(areCut("我爱北京，他也是。\n你好。他好。\n")).toBe(true);
  expect(areCut("我\n爱\n北京，他\n。\n")).toBe(false);
  expect(areCut("don't,so\nwell,known\n")).toBe(false);
  expect(are("我爱北京，他也是。\n你好。他好。\n")).toBe(false);
});

it("the column of the tag may be missing", () => {
  expect(are("Ann NNP\nlives VBZ\n", 4)).toBe(false);
  expect(are("Ann B-x\nlives O\n", 4)).toBe(false);
  expect(are("Ann lives\nTom works\n", 4)).toBe(true);
});

it("the column of the tag may be given", () => {
  const text = "Ann B-x NN\nlives O VB\n";
  expect(are(text, 2)).toBe(false);
  expect(are(text)).toBe(true);
});

it("a tagger cuts sentences into words, tells so, and reads columns as in training", async () => {
  const [task, model] = [taskOf(EXAMPLES["a tagger"]!), await trained("a tagger")];
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const inputs = (text: string) => task.inputs!(model, textSource(text, "x.txt"), { note });
  expect(await inputs("Red cow, runs.\n\nBlue cow.\n")).toEqual(["Red cow, runs.", "", "Blue cow."]);
  expect(notes.join()).toMatch(/each line is read as a sentence/);
  const columns = "Red B-x\ncow, I-x\n\nruns O\n";
  const expected = [["Red", "cow,"], ["runs"]];
  expect(await inputs(columns)).toEqual(expected);
  expect(await inputs(columns.replaceAll(" ", "\t"))).toEqual(expected);
  expect(notes.filter((text) => text.includes("sentence"))).toHaveLength(1);
});

it("a tagger cuts the sentences of a column of CSV into words", async () => {
  const [task, model] = [taskOf(EXAMPLES["a tagger"]!), await trained("a tagger")];
  const notes: string[] = [];
  const file = (text: string) =>
    task.inputFile!(model, textSource(text, "x.csv"), { note: (note) => notes.push(note) });
  expect(await file("text\nRed cow runs.\n\nBlue cow.\n")).toMatchObject({
    inputs: ["text", "Red cow runs.", "", "Blue cow."],
  });
  expect(notes.slice(0, 2)).toEqual([
    "line 1 is read as an example (--header leaves it out): text",
    "each line is read as a sentence and cut into words",
  ]);
  expect(await file('id,text\n7,"Red cow, runs."\n8,Blue cow.\n')).toMatchObject({
    inputs: ["Red cow, runs.", "Blue cow."],
    names: ["id", "text"],
    rows: [[["7", "Red cow, runs."]], [["8", "Blue cow."]]],
  });
  expect((await file("token\nRed\ncow\n\nruns\n")).inputs).toHaveLength(2);
});
