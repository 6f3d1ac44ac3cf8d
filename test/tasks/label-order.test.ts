import { describe, expect, it } from "vitest";
import type { Classifier } from "../../src/models/labels/classifier.ts";
import { classifierTask } from "../../src/tasks/labels.ts";
import { textSource } from "../../src/tasks/source.ts";
import { expectRejection } from "../runtimes.ts";
import { begin, EXAMPLES } from "./examples.ts";

const train = (line: (i: number) => string, count: number, options = {}) => {
  const data = Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
  return begin({ ...EXAMPLES["a classifier"]!, data, validation: data, options });
};
const label = (i: number) => "xy"[i % 2]!;
const text = (i: number) => `cow ${i} runs`;

it("text and label the wrong way round are refused by the option", async () => {
  const turned = (i: number) => `${label(i)}\t${text(i)}`;
  await expectRejection(
    train(turned, 20),
    "ERR_DATA",
    /^data\.txt: 20 labels .* use --label-first; .*--label-column$/,
  );
  const some = (i: number) => `${label(i)}\t${text(i % 14)}`;
  await expectRejection(train(some, 20), "ERR_DATA", "14 labels of 20 examples");
  const repeated = (i: number) => `${label(i)}\t${text(i % 14)}`;
  await expectRejection(train(repeated, 56), "ERR_DATA", "14 labels of 56 examples");
  const right = (i: number) => `${text(i)}\t${label(i)}`;
  await expectRejection(train(right, 20, { labelFirst: true }), "ERR_DATA", "leave out --label-first");
  await expectRejection(
    train((i) => `${text(i)}\t${i}`, 20),
    "ERR_DATA",
    "20 labels of 20 examples",
  );
  // A table of numbers: most of them occur once.
  await expectRejection(
    train((i) => `${text(i)}\t${i < 14 ? i : 3}`, 20),
    "ERR_DATA",
    "14 labels of 20 examples",
  );
});

it("examples in the right order, or a few with labels of their own, are not", async () => {
  expect(await train((i) => `${text(i)}\t${label(i)}`, 20)).toBeDefined();
  expect(await train((i) => `${label(i)}\t${text(i)}`, 20, { labelFirst: true })).toBeDefined();
  expect(await train((i) => `${text(i)}\t${i}`, 5)).toBeDefined();
  expect(await train((i) => `${text(i % 3)}\t${label(i)}`, 20)).toBeDefined();
});

describe("labels before a space", () => {
  const lines = (i: number) => `${label(i)} ${text(i)}`;

  const modelOf = async (options: object) =>
    (await train(lines, 20, options)).trainer.model as unknown as Classifier;

  it("are read with the option if no line has a tab", async () => {
    const notes: string[] = [];
    const options = { labelFirst: true, note: (note: string) => notes.push(note) };
    const model = await modelOf(options);
    expect(model.labels.symbols).toEqual(["x", "y"]);
    expect(notes).toContain("data.txt: no line has a tab: the label is the word before the first space");
    const mixed = (i: number) => (i === 7 ? `x\t${text(i)}` : lines(i));
    await expectRejection(train(mixed, 20, options), "ERR_DATA", "line 1: no tab, expected label <TAB> text");
    await expectRejection(train(label, 20, options), "ERR_DATA", "line 1: the text is empty");
  });

  it("are no part of the texts that a model labels, but other first words are", async () => {
    const model = await modelOf({ labelFirst: true });
    const inputs = async (data: string) => (await classifierTask.inputFile!(model, textSource(data))).inputs;
    expect(await inputs("x red cow\n\ny  blue\n")).toEqual(["red cow", "", "blue"]);
    expect(await inputs("red cow\nblue\n")).toEqual(["red cow", "blue"]);
    expect(await inputs("the x\ta cow\n")).toEqual(["a cow"]);
    const { labels } = await classifierTask.evaluate(model, textSource("x red cow\ny blue\n"));
    expect(labels).toBe(2);
  });
});
