import { expect, test } from "vitest";
import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  loadModel,
  parseSafetensors,
  serializeModel,
  textVocabulary,
} from "../../../src/index.ts";
import { idOfLink, packed, unpacked } from "../../../studio/src/runs/link.ts";
import { notesOf, withNotes } from "../../../studio/src/runs/notes.ts";
import type { Run } from "../../../studio/src/runs/run.ts";

const rt = await createRuntime();
const spec = { ...defaultLanguageModelSpec(), hidden: 8, layers: 1 };
const model = serializeModel(new LanguageModel(rt, spec, textVocabulary("abc", spec)));

const run = {
  name: "Tales “of” ☃",
  created: 5,
  plan: {
    task: "language-model",
    source: { kind: "dataset", id: "shakespeare" },
    options: {},
    spec: { hidden: 8 },
    recipe: { lr: 0.01 },
    length: { epochs: 2 },
    threads: 1,
  },
  iteration: 10,
  iterations: 20,
  losses: { steps: [{ iteration: 1, loss: 3 }], each: 1, validations: [{ iteration: 10, loss: 2 }] },
  best: { iteration: 10, evaluation: { loss: 2, perplexity: 7.4 } },
  id: "private",
} as unknown as Run;

test("a model file with notes is a model of the library with the same weights", () => {
  const file = withNotes(model, run);
  expect(parseSafetensors(file).tensors).toEqual(parseSafetensors(model).tensors);
  expect(serializeModel(loadModel(rt, file, [LanguageModel]))).toEqual(model);
});

test("reads the notes again, and writes them over older ones", () => {
  const { id, ...notes } = run;
  expect(notesOf(withNotes(model, run))).toEqual(notes);
  const again = withNotes(withNotes(model, run), { ...run, name: "new" });
  expect(notesOf(again)).toEqual({ ...notes, name: "new" });
});

test.each([
  ["a model without notes", model],
  ["bytes that are no model", Uint8Array.of(1, 2, 3)],
  ["a name that is none", withNotes(model, { ...run, name: 5 as never })],
  ["a plan without a source", withNotes(model, { ...run, plan: { ...run.plan, source: null as never } })],
  ["losses that are none", withNotes(model, { ...run, losses: { ...run.losses, steps: [1] as never } })],
  ["a score without a loss", withNotes(model, { ...run, best: { iteration: 1, evaluation: {} as never } })],
])("finds no notes in %s", (_, bytes) => {
  expect(notesOf(bytes)).toBe(undefined);
});

test("a link holds the same bytes and only characters that no program changes", async () => {
  const text = await packed(model);
  expect(text).toMatch(/^[\w-]+$/);
  expect(await unpacked(text)).toEqual(new Uint8Array(model));
  expect(idOfLink(text)).toBe(idOfLink(await packed(model)));
});

test.each([
  ["cut", (text: string) => text.slice(0, -20)],
  ["with other characters", (text: string) => `${text.slice(0, 40)}%20%${text.slice(40)}`],
  ["empty", () => "x"],
])("refuses a link that is %s", async (_, broken) => {
  await expect(unpacked(broken(await packed(model)))).rejects.toThrow();
});

test("refuses a small link that unpacks to a large file", async () => {
  await expect(unpacked(await packed(new Uint8Array(40 * 2 ** 20)))).rejects.toThrow("more than 32 MB");
});
