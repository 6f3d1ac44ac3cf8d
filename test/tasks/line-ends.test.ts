import { describe, expect, it } from "vitest";
import { TASKS } from "../../src/tasks/index.ts";
import { textSource } from "../../src/tasks/source.ts";
import { begin, EXAMPLES, trained } from "./examples.ts";

// A line of any data ends with LF, CRLF or CR, also in the same file.

const ENDS = {
  CRLF: (text: string) => text.replaceAll("\n", "\r\n"),
  CR: (text: string) => text.replaceAll("\n", "\r"),
  mixed: (text: string) => {
    let n = 0;
    // Never CR before LF, which is a single end: an empty line would be lost.
    return text.replace(/\n+/g, (ends) => ["\n", "\r\n", "\r"][n++ % 3]!.repeat(ends.length));
  },
};

const LINES = EXAMPLES["a classifier"]!;
const RUNS: typeof EXAMPLES = {
  ...EXAMPLES,
  "a language model of lines": {
    ...LINES,
    task: "language-model",
    options: { level: "word" },
    spec: { lines: true },
  },
};

describe.each(Object.entries(ENDS))("ends of lines that are %s", (_, turn) => {
  it.each(Object.keys(RUNS))("are those of %s", async (name) => {
    const example = RUNS[name]!;
    const losses = async (data: string, validation: string) => {
      const { trainer } = await begin({ ...example, data, validation });
      return [trainer.step(), trainer.step(), trainer.validate(trainer.model).loss];
    };
    const { data, validation } = example;
    expect(await losses(turn(data), turn(validation))).toEqual(await losses(data, validation));
    const task = TASKS.find(({ Model }) => Model.task === example.task)!;
    if (!task.inputs) return;
    const model = await trained(name);
    const inputs = (text: string) => task.inputs!(model, textSource(text, "x.txt"), example.options);
    expect(await inputs(turn(data))).toEqual(await inputs(data));
  });
});

it("a file with too few examples is named", async () => {
  for (const [name, example] of Object.entries(EXAMPLES)) {
    if (example.task === "language-model" || example.task === "forecaster") continue;
    const [line] = example.data.split(example.task === "tagger" ? "\n\n" : "\n", 1);
    const { validation: _, ...run } = { ...example, data: line! };
    await expect(begin(run), name).rejects.toThrow(/^data\.txt: 1 (example|sentence), expected at least/);
  }
});
