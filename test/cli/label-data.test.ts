import { expect, it } from "vitest";
import { newFolder, unrolled } from "./cli.ts";

const folder = newFolder({
  "one.tsv": "good\tx\nbad\tx\nfine\tx\n",
  "two.tsv": "good\tx\nbad\ty\nfine\tx\npoor\ty\n",
  "others.tsv": "good\t1\nbad\t0\n",
});
const train = (...args: string[]) =>
  unrolled(folder, "train", "--task", "classifier", "--hidden", "4", "--epochs", "1", ...args);

it("a single label is refused", async () => {
  const result = await train("--data", "one.tsv");
  expect(result).toMatchObject({ code: 1 });
  expect(result.stderr).toContain('one.tsv: all examples have the label "x", expected at least two labels');
});

it("labels of which the model knows none are refused, not scored as 0", async () => {
  const wrong = await train("--data", "two.tsv", "--validation", "others.tsv");
  expect(wrong).toMatchObject({ code: 1 });
  expect(wrong.stderr).toContain('validation: the model knows none of the labels, such as "1"; its own are');
  expect(await train("--data", "two.tsv", "--validation", "two.tsv")).toMatchObject({ code: 0 });
  const result = await unrolled(folder, "eval", "model.safetensors", "--data", "others.tsv");
  expect(result).toMatchObject({ code: 1 });
  expect(result.stderr).toContain("others.tsv: the model knows none of the labels");
});
