import { expect, it } from "vitest";
import { LanguageModel } from "../../src/models/language-model.ts";
import { serializeModel } from "../../src/models/model-file.ts";
import { follow } from "../../worker/follower.ts";
import { Group, type GroupOptions } from "../../worker/group.ts";
import { startRuntime } from "../runtimes.ts";
import { digest, newTrainer } from "../train/run.ts";

async function startGroup(model: LanguageModel, workers: number, options: GroupOptions = {}) {
  const channels = Array.from({ length: workers - 1 }, () => new MessageChannel());
  for (const { port2 } of channels) follow(port2, [LanguageModel]);
  return Group.start(model, channels.map(({ port1 }) => port1), options);
}

async function weightsOf(workers: number, options: GroupOptions = {}) {
  const trainer = newTrainer(await startRuntime("strict", 1), { spec: { dropout: 0.2 }, recipe: { batch: 5 } });
  const group = await startGroup(trainer.model, workers, options);
  for (let i = 0; i < 5; i++) console.log(await trainer.stepWith(group));
  return digest(serializeModel(trainer.model));
}

it("works", async () => {
  const a = await weightsOf(2);
  expect(await weightsOf(2)).toBe(a);
  expect(await weightsOf(2, { shared: false })).toBe(a);
  console.log(await weightsOf(1), a);
});
