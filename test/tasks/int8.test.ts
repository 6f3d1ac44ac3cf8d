import { describe, expect, it } from "vitest";
import type { TaskModel } from "../../src/network/model.ts";
import { loadModel, serializeModel } from "../../src/network/model-file.ts";
import { TASKS } from "../../src/tasks/index.ts";
import { textSource } from "../../src/tasks/source.ts";
import { EXAMPLES, type Example, taskOf, trained } from "./examples.ts";

const KINDS = TASKS.map(({ Model }) => Model);

/** A model that may stream. */
type Streaming = TaskModel & {
  pack?(options: { dtype: string }): { stream(condition?: unknown): { dispose(): void }; dispose(): void };
};

/** Returns the condition of the first example, if the task is to generate from conditions. */
function conditionOf({ task, data }: Example): unknown {
  const [line = ""] = data.split("\n");
  if (task !== "generator") return undefined;
  return line.startsWith("{") ? JSON.parse(line).condition : line.split("\t")[0];
}

it("there is an example of each task", () => {
  const tasks = new Set(Object.values(EXAMPLES).map(({ task }) => task));
  expect(tasks).toEqual(new Set(KINDS.map(({ task }) => task)));
});

describe.each(Object.entries(EXAMPLES))("%s, quantised", (name, example) => {
  it("is opened, evaluated, predicts, writes and streams", async () => {
    const model = await trained<TaskModel>(name);
    const task = taskOf(example);
    const bytes = serializeModel(model, { dtype: "int8" });
    const opened = loadModel(model.runtime, bytes, KINDS);
    expect(opened.dtype).toBe("int8");
    expect(opened.reading).toEqual(model.reading);
    expect(serializeModel(opened)).toEqual(bytes);

    const data = () => textSource(example.validation, "held.txt");
    const [before, after] = [await task.evaluate(model, data()), await task.evaluate(opened, data())];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(after.loss).toBeGreaterThan(0.9 * before.loss - 0.01);
    expect(after.loss).toBeLessThan(1.1 * before.loss + 0.01);

    const inputs = (await task.inputs?.(opened, data())) ?? [];
    const answers = task.predict?.(opened, inputs.filter(Boolean));
    if (answers) expect(answers.length).toBeGreaterThan(0);
    const condition = conditionOf(example);
    if (task.write)
      expect(
        [...task.write(opened, { length: 8, ...(condition !== undefined && { condition }) })].length,
      ).toBeGreaterThan(0);
    if (task.suggester) expect(task.suggester(opened).suggest("r")).toBeInstanceOf(Array);
    if (opened.spec.bidirectional) return;
    for (const dtype of ["f32", "int8"]) {
      const packed = (opened as Streaming).pack?.({ dtype });
      packed?.stream(condition).dispose();
      packed?.dispose();
    }
  });
});
