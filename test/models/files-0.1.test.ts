import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  loadModel,
  openCheckpoint,
  parseSafetensors,
  type Runtime,
  serializeSafetensors,
} from "../../src/index.ts";
import { TASKS, textSource } from "../../src/tasks/index.ts";
import { newFolder, objects, unrolled } from "../cli/cli.ts";
import { startRuntime } from "../runtimes.ts";

// Files that an old version wrote (see the README next to them) open, give the same results and can be continued.

const FOLDER = fileURLToPath(new URL("../fixtures/files-0.1/", import.meta.url));

interface Expected {
  readonly name: string;
  readonly data: string;
  readonly evaluation: object;
  readonly predict?: {
    readonly inputs: readonly unknown[];
    readonly options?: object;
    readonly outputs: unknown;
  };
  readonly write?: { readonly options: object; readonly text: string };
  readonly commands: readonly { readonly args: readonly string[]; readonly printed: readonly object[] }[];
  readonly resume: { readonly args: readonly string[]; readonly model: string; readonly tensors: string };
}

const read = (file: string) => new Uint8Array(readFileSync(FOLDER + file));
const text = (file: string) => readFileSync(FOLDER + file, "utf8");
const ALL: readonly Expected[] = JSON.parse(text("expected.json"));
const KINDS = TASKS.map(({ Model }) => Model);

const modelOf = ({ name }: Expected) => `${name}.safetensors`;
const checkpointOf = ({ name }: Expected) => `${name}.checkpoint.safetensors`;
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The task's name in a file. */
const taskIn = (bytes: Uint8Array): string => JSON.parse(parseSafetensors(bytes).metadata.spec!).task;

/** Returns a model file with this task name, since a task may have had another name. */
function renamed(bytes: Uint8Array, task: string): Uint8Array {
  const { metadata, tensors } = parseSafetensors(bytes);
  const spec = JSON.stringify({ ...JSON.parse(metadata.spec!), task });
  return serializeSafetensors(tensors, { ...metadata, spec });
}

/** Returns a value as JSON stores it, with arrays of numbers as plain arrays. */
const plain = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Array.from(part as Float32Array) : part)),
  );

/** Leaves out the fields of an evaluation that 0.1 did not have. */
function asThen(evaluation: object): object {
  const { bitsPerCharacter, bits_per_character, ...then } = evaluation as Record<string, unknown>;
  return then;
}

/** Matches a value up to the rounding of another build: the command line chooses the fastest. */
function near(value: unknown): unknown {
  if (typeof value === "number") return expect.closeTo(value, 4);
  if (Array.isArray(value)) return value.map(near);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, near(part)]));
}

it("there is a file of each of the eight tasks", () => {
  expect(new Set(ALL.map((file) => taskIn(read(modelOf(file))))).size).toBe(8);
});

describe.each(ALL)("$name as 0.1 wrote it", (file) => {
  let rt: Runtime;
  beforeEach(async () => {
    rt = await startRuntime("strict");
  });
  afterEach(() => rt.dispose());

  it("is opened, and gives the same evaluation, predictions and texts", async () => {
    const model = loadModel(rt, read(modelOf(file)), KINDS);
    const task = TASKS.find(({ Model }) => model instanceof (Model as unknown as typeof Object))!;
    const evaluation = await task.evaluate(model, textSource(text(file.data), file.data));
    expect(asThen(plain(evaluation))).toEqual(file.evaluation);
    const { predict, write } = file;
    if (predict) {
      expect(plain(task.predict!(model, predict.inputs, predict.options))).toEqual(predict.outputs);
    }
    if (write) expect([...task.write!(model, write.options)].join("")).toBe(write.text);
    expect(openCheckpoint(read(checkpointOf(file)), KINDS).spec).toEqual(model.spec);
  });

  it("is used from the command line", async () => {
    const folder = newFolder({ [file.data]: read(file.data), [modelOf(file)]: read(modelOf(file)) });
    for (const { args, printed } of file.commands) {
      const result = await unrolled(folder, ...args);
      expect(result, args.join(" ")).toMatchObject({ code: 0 });
      expect(objects(result).map(asThen), args.join(" ")).toEqual(near(printed));
    }
  });

  it("continues from its checkpoint to the same model", async () => {
    const files = [file.data, modelOf(file), checkpointOf(file)];
    const folder = newFolder(Object.fromEntries(files.map((name) => [name, read(name)])));
    expect(await unrolled(folder, ...file.resume.args)).toMatchObject({ code: 0 });
    const now = (name: string) => new Uint8Array(readFileSync(`${folder}/${name}`));
    const task = taskIn(read(modelOf(file)));
    expect(hash(renamed(now(modelOf(file)), task))).toBe(file.resume.model);
    const { tensors } = parseSafetensors(now(checkpointOf(file)));
    expect(hash(serializeSafetensors(tensors))).toBe(file.resume.tensors);
  });
});
