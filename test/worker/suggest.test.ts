import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { Suggester } from "../../src/models/language-model/suggester.ts";
import { loadModel } from "../../src/network/model-file.ts";
import type { Connection } from "../../worker/connect.ts";
import { startRuntime } from "../runtimes.ts";
import { beginTraining, connect, expectRejection, TINY } from "./connected.ts";

const TYPED = ["", "3", "3 ", "3 a", "3 app", "3 apples", "3 apples, 1 p"];

/** Suggests words with the library, for a model file. */
async function suggestAlone(file: Uint8Array, typed = TYPED) {
  const runtime = await startRuntime("strict");
  const packed = loadModel(runtime, file, [LanguageModel]).pack();
  return typed.map((text) => new Suggester(packed).suggest(text, { top: 3 }));
}

async function suggestAll(trainer: Connection, typed = TYPED) {
  const all = [];
  for (const text of typed) all.push(await trainer.suggest(text, { top: 3 }));
  return all;
}

describe.each(["worker", "thread"] as const)("suggestions in a %s", (place) => {
  let trainer: Connection;
  beforeEach(async () => {
    trainer = await connect({ variant: "strict", ...(place === "thread" && { worker: false }) });
  });
  afterEach(() => trainer.release());

  it("are those of the library, for the weights of the moment", async () => {
    await trainer.start(TINY);
    let before: unknown;
    for (const iterations of [30, 60]) {
      await trainer.train({ iterations });
      const found = await suggestAll(trainer);
      expect(found).toEqual(await suggestAlone(await trainer.model()));
      expect(found).not.toEqual(before);
      expect(await suggestAll(trainer)).toEqual(found);
      before = found;
    }
    const file = await trainer.model();
    await trainer.start(TINY);
    expect(await suggestAll(trainer)).not.toEqual(before);
    await trainer.load(file);
    expect(await suggestAll(trainer)).toEqual(before);
    expect(await trainer.suggest("3 ")).toHaveLength(5);
  });

  it("use the moving average of the weights, as model files do", async () => {
    await trainer.start({ ...TINY, recipe: { ...TINY.recipe, average: 0.9 } });
    await trainer.train({ iterations: 20 });
    expect(await suggestAll(trainer)).toEqual(await suggestAlone(await trainer.model()));
  });

  it("are made of words while the model trains", async () => {
    await trainer.start({ ...TINY, level: "word", recipe: { ...TINY.recipe, schedule: "constant" } });
    const { done } = await beginTraining(trainer);
    expect((await trainer.suggest("3 app"))[0]?.text).toBe("apples");
    await trainer.pause();
    const found = await suggestAll(trainer);
    expect(found).toEqual(await suggestAlone(await trainer.model()));
    trainer.release();
    await expectRejection(done, "ERR_DISPOSED", "released");
  });

  it("are refused without a language model, and for invalid texts and options", async () => {
    await expectRejection(trainer.suggest("3 "), "ERR_STATE", "suggest: there is no model yet");
    await trainer.start(TINY);
    await expectRejection(trainer.suggest("3 ", { top: 0 }), "ERR_VALUE", "top");
    await expectRejection(trainer.suggest(3 as never), "ERR_VALUE", "text");
    expect(await trainer.suggest("3 ", { top: 1 })).toHaveLength(1);
    await trainer.start({ task: "classifier", data: "good film\tpraise\ndull film\tblame\n".repeat(20) });
    await expectRejection(
      trainer.suggest("good"),
      "ERR_VALUE",
      "suggest: a classifier does not suggest words; open a language-model",
    );
  });
});
