import { beforeEach, describe, expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { openLanguageModelCheckpoint } from "../../src/models/language-model/checkpoint.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { loadModel } from "../../src/network/model-file.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { type TrainOptions, train } from "../../src/train/train.ts";
import { startRuntime } from "../runtimes.ts";
import { digest, MemoryStore, newTrainer, type RunOptions } from "./run.ts";

let rt: Runtime;
let store: MemoryStore;
beforeEach(async () => {
  rt = await startRuntime();
  store = new MemoryStore();
});

const run = (options: RunOptions & Partial<TrainOptions>) => {
  const { text, spec, recipe, ...rest } = options;
  const trainer = newTrainer(rt, {
    ...(text !== undefined && { text }),
    spec: spec ?? {},
    recipe: recipe ?? {},
  });
  return { trainer, done: train(trainer, { iterations: 5, dataHash: "hash", store, ...rest }) };
};

async function failure(promise: Promise<unknown>): Promise<UnrolledError> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(UnrolledError);
  return error;
}

describe("a run", () => {
  it("reports every iteration and validates as often as told, and at the end", async () => {
    const steps: number[] = [];
    const validations: number[] = [];
    const { done } = run({
      iterations: 8,
      validateEvery: 3,
      onStep({ iteration, loss, symbolsPerSecond }) {
        steps.push(iteration);
        expect(loss).toBeGreaterThan(0);
        expect(symbolsPerSecond).toBeGreaterThan(0);
      },
      onValidation({ iteration }) {
        validations.push(iteration);
        expect(store.checkpoints.length, "saved before it is told").toBe(validations.length);
      },
    });
    const { iterations, best, last, seconds } = await done;
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(validations).toEqual([3, 6, 8]);
    expect(iterations).toBe(8);
    expect(best).toBeLessThanOrEqual(last.nats);
    expect(seconds).toBeGreaterThan(0);
  });

  it("does not validate twice if the last iteration is one to validate", async () => {
    let count = 0;
    await run({ iterations: 6, validateEvery: 3, onValidation: () => count++ }).done;
    expect(count).toBe(2);
  });

  it("validates every epoch by default", async () => {
    const validations: number[] = [];
    const { trainer, done } = run({
      iterations: 60,
      onValidation: ({ iteration }) => validations.push(iteration),
    });
    await done;
    const epoch = trainer.iterationsPerEpoch;
    expect(validations).toEqual([epoch, 60]);
  });

  it("keeps the model of the best validation if later ones are worse", async () => {
    // The held-out end contradicts the training part: the more is learnt, the larger its loss.
    const text = `${"abc".repeat(72)}${"acb".repeat(8)}`;
    const losses: number[] = [];
    const { done } = run({
      text,
      iterations: 60,
      validateEvery: 5,
      recipe: { batch: 1, lr: 0.02 },
      onValidation: ({ evaluation, best }) => {
        expect(best).toBe(losses.every((loss) => evaluation.nats < loss));
        losses.push(evaluation.nats);
      },
    });
    const { best, last } = await done;
    expect(best).toBe(Math.min(...losses));
    expect(last.nats).toBeGreaterThan(best + 0.1);
    expect(store.checkpoints).toHaveLength(12);
    expect(store.models.length).toBeLessThan(12);
    const again = newTrainer(rt, { text, recipe: { batch: 1 } });
    const saved = loadModel(rt, store.models.at(-1)!, [LanguageModel]);
    again.model.loadStateDict(saved.stateDict());
    expect(again.validate().nats).toBe(best);
    expect(openLanguageModelCheckpoint(store.checkpoints.at(-1)!).progress.best).toBe(best);
  });

  it("saves no model if the run that it continues was better", async () => {
    const { best } = await run({ best: 0.01 }).done;
    expect(best).toBe(0.01);
    expect(store.models).toHaveLength(0);
    expect(store.checkpoints).toHaveLength(1);
  });
});

describe("a run that ends before its time", () => {
  // The held-out end contradicts the training part: the more is learnt, the larger its loss.
  const contrary = { text: `${"abc".repeat(72)}${"acb".repeat(8)}`, iterations: 200, validateEvery: 5 };

  it.each([1, 2, 5])("has validated %i times without a smaller loss", async (earlyStop) => {
    const losses: number[] = [];
    const { done } = run({
      ...contrary,
      recipe: { batch: 1, lr: 0.02, earlyStop },
      onValidation: ({ evaluation }) => losses.push(evaluation.nats),
    });
    const { stopped, iterations, best, last } = await done;
    expect(stopped).toBe("early");
    expect(iterations).toBe(5 * losses.length);
    expect(losses.length).toBeLessThan(40);
    expect(best).toBe(losses.at(-1 - earlyStop));
    expect(last.nats).toBe(losses.at(-1));
    expect(best).toBe(Math.min(...losses));
    expect(openLanguageModelCheckpoint(store.checkpoints.at(-1)!).progress.plateau).toMatchObject({
      best,
      waited: earlyStop,
    });
  });

  it("does not unless asked to", async () => {
    const { stopped, iterations } = await run({ ...contrary, recipe: { batch: 1, lr: 0.02 } }).done;
    expect([stopped, iterations]).toEqual(["end", 200]);
  });

  it("stays ended after early stopping, and its state stays as it is", async () => {
    const options = { ...contrary, recipe: { batch: 1, lr: 0.02, earlyStop: 2 } };
    const { trainer, done } = run(options);
    const first = await done;
    const again = await train(trainer, {
      iterations: contrary.iterations,
      validateEvery: contrary.validateEvery,
      dataHash: "hash",
      store,
    });
    expect(again).toMatchObject({ stopped: "early", iterations: first.iterations, last: first.last });
    expect(trainer.earlyStopReached).toBe(true);
  });
});

describe("a run that has diverged", () => {
  it("says so, and has saved the best model", async () => {
    const { trainer, done } = run({
      iterations: 6,
      validateEvery: 2,
      onStep: ({ iteration }) => {
        // Finite, but confident in a wrong symbol.
        if (iteration === 4)
          for (const tensor of [trainer.model.head.bias!]) tensor.data.fill(-50).fill(50, 0, 1);
      },
    });
    const { stopped, best, last } = await done;
    expect(stopped).toBe("diverged");
    expect(last.nats).toBeGreaterThan(6);
    expect(best).toBeLessThan(3.1);
  });

  it("is not one that has learnt by heart, however wrong on what is held out", async () => {
    const text = `${"abc".repeat(72)}${"acb".repeat(8)}`;
    const { stopped, last } = await run({ text, iterations: 150, recipe: { batch: 1, lr: 0.05 } }).done;
    expect(last.nats).toBeGreaterThan(2 * Math.log(4));
    expect(stopped).toBe("end");
  });
});

describe("determinism", () => {
  const length = { iterations: 20, validateEvery: 7 };
  const options = { ...length, spec: { dropout: 0.2 } };

  it("makes the same files from the same seed, others from another", async () => {
    await run(options).done;
    for (const [seed, same] of [
      [1, true],
      [2, false],
    ] as const) {
      const other = new MemoryStore();
      await train(newTrainer(await startRuntime("strict", seed), options), {
        ...length,
        dataHash: "hash",
        store: other,
      });
      expect(other.models.map(digest).join() === store.models.map(digest).join()).toBe(same);
      expect(digest(other.checkpoints.at(-1)!) === digest(store.checkpoints.at(-1)!)).toBe(same);
    }
  });

  /** The text fields of files before they were stored: the bytes of a file without them are those of version 0.1. */
  const OLD_TEXT = { normalForm: "none", segmentation: "latin" } as const;

  // The strict build gives these bits in every engine; a change of any formula on the way changes them.
  it.each([
    ["lstm", 0, "rmsprop", "value", "72cad966e0eaac5837c85cd2064d46380cd745652a7c3cc472b87a722606f873"],
    ["gru", 5, "adam", "norm", "eaa678f6aa724905cd0f8d5b6284061573be44362769708f67f77d6c49f0c25f"],
    ["rnn", 5, "sgd", "norm", "a17849da825cbef73c81ff4716c244f8d980ae344002e02f8cb7e27bc87f1857"],
  ] as const)(
    "%s, embedding %i, %s: the model's bytes",
    async (cell, embedding, optimizer, clipBy, golden) => {
      const spec = { cell, embedding, hidden: 12, dropout: 0.1, ...OLD_TEXT };
      await run({ iterations: 25, validateEvery: 100, spec, recipe: { optimizer, clipBy, clip: 0.5 } }).done;
      const [model] = store.models;
      expect(digest(model!)).toBe(golden);
    },
  );
});

describe("a run that is stopped", () => {
  it("saves its state and says where it stopped", async () => {
    const controller = new AbortController();
    const { done } = run({
      iterations: 100,
      validateEvery: 50,
      signal: controller.signal,
      onStep: ({ iteration }) => iteration === 4 && controller.abort(),
    });
    const { code, message } = await failure(done);
    expect(code).toBe("ERR_ABORTED");
    expect(message).toContain("iteration 4");
    expect(store.models).toHaveLength(0);
    expect(store.checkpoints).toHaveLength(1);
    expect(openLanguageModelCheckpoint(store.checkpoints[0]!).progress).toMatchObject({
      iteration: 4,
      best: null,
    });
  });

  it("lets the event loop run, so that a timer can stop it", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const { done } = run({ iterations: 1e9, signal: controller.signal });
    expect((await failure(done)).code).toBe("ERR_ABORTED");
  });

  it("ends as usual if the signal comes with the last iteration", async () => {
    const controller = new AbortController();
    const { done } = run({
      signal: controller.signal,
      onStep: ({ iteration }) => iteration === 5 && controller.abort(),
    });
    expect((await done).iterations).toBe(5);
  });

  it.each([1, 2, 4, 7])(
    "by an iteration that fails after iteration %i saves what was good before it",
    async (good) => {
      const options = {
        iterations: 10,
        validateEvery: 3,
        spec: { dropout: 0.2 },
        recipe: { optimizer: "adam" },
      } as const;
      await run({ ...options, iterations: good }).done;
      const expected = store;

      store = new MemoryStore();
      rt = await startRuntime();
      const { trainer, done } = run(options);
      const { step } = trainer.optimizer;
      trainer.optimizer.step = function () {
        step.call(this);
        if (trainer.iteration === good) trainer.model.head.weight.data[5] = Number.NEGATIVE_INFINITY;
      };
      const { code, message } = await failure(done);
      expect(code).toBe("ERR_NAN");
      expect(message).toContain(
        `iteration ${good + 1}: after the update, the parameter head.weight is -Infinity at element 5`,
      );
      expect(store.models.map(digest), "of validations alone").toEqual(
        expected.models.slice(0, Math.floor(good / 3)).map(digest),
      );
      const saved = store.checkpoints.at(-1)!;
      expect(openLanguageModelCheckpoint(saved).progress.iteration).toBe(good);

      // Equal to the last bit to a run that was stopped there.
      rt = await startRuntime();
      const controller = new AbortController();
      const onStep = ({ iteration }: { iteration: number }) => iteration === good && controller.abort();
      const stopped = new MemoryStore();
      await failure(run({ ...options, store: stopped, signal: controller.signal, onStep }).done);
      expect(digest(saved)).toBe(digest(stopped.checkpoints.at(-1)!));
    },
  );

  it("leaves the files as they were if the weights were damaged from outside", async () => {
    const { trainer, done } = run({
      iterations: 10,
      validateEvery: 2,
      onStep({ iteration }) {
        if (iteration === 3) trainer.model.parameters()["rnn.weight_hh_l1"]!.data[2] = Number.NaN;
      },
    });
    const { code, message } = await failure(done);
    expect(code).toBe("ERR_NAN");
    expect(message).toContain("iteration 4: the parameter rnn.weight_hh_l1 is NaN at element 2");
    expect(store.checkpoints).toHaveLength(1);
    const { progress } = openLanguageModelCheckpoint(store.checkpoints[0]!);
    expect(progress.iteration).toBe(2);
  });

  it("leaves the files as they were if validation is no longer finite, and names the iteration", async () => {
    const { trainer, done } = run({
      iterations: 10,
      validateEvery: 2,
      onStep({ iteration }) {
        if (iteration === 4) trainer.model.parameters()["head.bias"]!.data[2] = Number.NaN;
      },
    });
    const { code, message } = await failure(done);
    expect(code).toBe("ERR_NAN");
    expect(message).toContain("iteration 4");
    expect(store.checkpoints).toHaveLength(1);
  });

  it.each([{ iterations: Number.NaN }, { iterations: 3, validateEvery: 0 }])(
    "for %o: an error, and no file",
    async (options) => {
      const { code, message } = await failure(run(options).done);
      expect(code).toBe("ERR_VALUE");
      expect(message).toContain(`train: ${Object.entries(options).at(-1)!.join(" is ")}`);
      expect(store.checkpoints).toHaveLength(0);
    },
  );

  it.each(["saveModel", "saveCheckpoint"] as const)("passes on what %s throws", async (name) => {
    let calls = 0;
    const save = store[name].bind(store);
    const full = new Error("the disk is full");
    store[name] = async (bytes) => {
      if (++calls === 2) throw full;
      await save(bytes);
    };
    await expect(run({ iterations: 30, validateEvery: 3 }).done).rejects.toBe(full);
    expect(store.checkpoints.length).toBe(1);
    expect(openLanguageModelCheckpoint(store.checkpoints[0]!).progress.iteration).toBe(3);
  });
});
