import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UnrolledError } from "../../../src/errors.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { openLanguageModelCheckpoint } from "../../../src/models/language-model/checkpoint.ts";
import type { LanguageModelTrainer } from "../../../src/models/language-model/trainer.ts";
import { SequenceTrainer } from "../../../src/models/sequence-to-sequence/trainer.ts";
import type { ModelClass } from "../../../src/network/model.ts";
import { hashText, serializeCheckpoint } from "../../../src/train/checkpoint.ts";
import { train } from "../../../src/train/train.ts";
import { type FollowerAnswer, type FollowerTask, follow } from "../../../worker/group/follower.ts";
import { Group, type GroupOptions } from "../../../worker/group/group.ts";
import { newEmbedder } from "../../models/embedder/embedders.ts";
import { newClassifier } from "../../models/labels/labels.ts";
import { newEncoderDecoder } from "../../models/sequence-to-sequence/pairs.ts";
import { expectError, expectRejection, startRuntime } from "../../runtimes.ts";
import { digest, MemoryStore, newTrainer, type RunOptions, TEXT } from "../../train/run.ts";
import { relay, startGroup } from "./channels.ts";

const DROPOUT: RunOptions = { spec: { dropout: 0.2 }, recipe: { batch: 7, optimizer: "adam" } };

let groups: Group[] = [];
async function grouped(trainer: LanguageModelTrainer, workers: number, options?: GroupOptions) {
  const started = await startGroup(trainer.model, workers, options);
  groups.push(started.group);
  return started;
}
async function trainerOf(options: RunOptions = {}): Promise<LanguageModelTrainer> {
  return newTrainer(await startRuntime("strict"), options);
}
beforeEach(() => {
  groups = [];
});
afterEach(() => {
  for (const group of groups) group.end(new UnrolledError("ERR_DISPOSED", "the test is over"));
});

const run = (trainer: LanguageModelTrainer) => serializeCheckpoint(trainer, { best: null, dataHash: "" });

/** Trains some iterations; returns the checkpoint. */
async function runOf(workers: number, options: RunOptions, group?: GroupOptions): Promise<string> {
  const trainer = await trainerOf(options);
  const started = await grouped(trainer, workers, group);
  for (let i = 0; i < 4; i++) await trainer.stepWith(started.group);
  return digest(run(trainer));
}

describe("a group", () => {
  it.each([2, 3])(
    "of %i gives the same bits every time, in shared memory or not, with dropout",
    async (workers) => {
      const once = await runOf(workers, DROPOUT, { shared: true });
      expect(await runOf(workers, DROPOUT, { shared: true })).toBe(once);
      expect(await runOf(workers, DROPOUT, { shared: false })).toBe(once);
      expect(await runOf(workers + 1, DROPOUT)).not.toBe(once);
    },
  );

  it("of one thread gives the bits of a trainer alone", async () => {
    const alone = await trainerOf(DROPOUT);
    for (let i = 0; i < 4; i++) alone.step();
    expect(await runOf(1, DROPOUT)).toBe(digest(run(alone)));
  });

  it.each<[number, RunOptions]>([
    [2, { recipe: { batch: 7 } }],
    [3, { spec: { cell: "gru" }, recipe: { batch: 7 } }],
    [4, { spec: { lines: true }, recipe: { batch: 3 } }], // one of them has nothing to do
  ])("of %i learns, up to rounding, what a trainer alone does: %j", async (workers, options) => {
    const [alone, together] = [await trainerOf(options), await trainerOf(options)];
    const { group } = await grouped(together, workers);
    for (let i = 0; i < 5; i++) {
      const loss = alone.step();
      expect(await together.stepWith(group)).toBeCloseTo(loss, 5);
    }
    expect(together.symbols).toBe(alone.symbols);
    const expected = alone.model.parameters();
    for (const [name, { data }] of Object.entries(together.model.parameters())) {
      const far = Math.max(...Array.from(data, (w, i) => Math.abs(w - expected[name]!.data[i]!)));
      expect(far, name).toBeLessThan(1e-4);
    }
    expect(together.state?.h.shape).toEqual(alone.state?.h.shape);
    if (alone.state) expect(together.state!.h.data[9]).toBeCloseTo(alone.state.h.data[9]!, 4);
  });

  it("draws random numbers of its own in each thread", async () => {
    const trainer = await trainerOf(DROPOUT);
    const { group, ports } = await grouped(trainer, 3);
    const starts: number[] = [];
    for (const port of ports) {
      port.addEventListener("message", ({ data }: MessageEvent<FollowerTask>) => {
        starts.push(data.task.random.position);
      });
    }
    const { position } = trainer.model.runtime.random.state;
    await trainer.stepWith(group);
    expect(starts.sort((a, b) => a - b)).toEqual([position + 2 ** 45, position + 2 * 2 ** 45]);
    // The leader has 3 of 7 streams, the others 2, so it draws the most numbers: two layers drop 6 steps of 3 x 6.
    const most = 2 * Math.ceil((6 * 3 * 6) / 4);
    expect(trainer.model.runtime.random.state.position).toBe(position + most);
  });

  it("advances by the random numbers of the thread that drew the most", async () => {
    // The follower's pair, the second, has the longer target.
    const pairs = [
      { source: ["a", "b"], target: ["a"] },
      { source: ["a"], target: ["a", "b", "c", "d", "a", "b", "c", "d", "a"] },
    ];
    const model = newEncoderDecoder(await startRuntime());
    const recipe = { batch: 2, teacherForcing: 0.5, teacherForcingOver: 1 };
    const trainer = new SequenceTrainer(model, { train: pairs, validation: pairs }, recipe);
    let drawn = 0;
    const port = relay(model, (answer) => {
      drawn = answer.result?.drawn ?? 0;
      return answer;
    });
    const group = new Group([port]);
    groups.push(group);
    await group.open(model);
    await trainer.stepWith(group);
    const { position } = model.runtime.random.state;
    await trainer.stepWith(group);
    expect(drawn).toBe(Math.ceil(10 / 4)); // a target of nine tokens and its end
    expect(model.runtime.random.state.position - position).toBe(drawn);
  });

  it("stopped and resumed, gives the same bits as without a stop", async () => {
    const through = new MemoryStore();
    const hash = await hashText(TEXT);
    const go = async (trainer: LanguageModelTrainer, iterations: number, store: MemoryStore, workers = 2) => {
      const { group } = await grouped(trainer, workers);
      return train(trainer, { iterations, validateEvery: 5, dataHash: hash, store, group });
    };
    await go(await trainerOf(DROPOUT), 15, through);
    const first = new MemoryStore();
    await go(await trainerOf(DROPOUT), 5, first);
    const resume = async () =>
      openLanguageModelCheckpoint(first.checkpoints.at(-1)!).resume(await startRuntime("strict", 9), TEXT);
    const second = new MemoryStore();
    await go(await resume(), 15, second);
    expect(digest(second.checkpoints.at(-1)!)).toBe(digest(through.checkpoints.at(-1)!));
    // It can continue with another number of threads, with other dropout masks.
    const third = new MemoryStore();
    await go(await resume(), 15, third, 3);
    expect(digest(third.checkpoints.at(-1)!)).not.toBe(digest(through.checkpoints.at(-1)!));
  });

  it("gives the checkpoint from before the current iteration", async () => {
    const trainer = await trainerOf(DROPOUT);
    const { group } = await grouped(trainer, 2);
    await trainer.stepWith(group);
    const before = digest(run(trainer));
    const step = trainer.stepWith(group);
    expect(digest(run(trainer))).toBe(before);
    await step;
    expect(digest(run(trainer))).not.toBe(before);
  });

  it("does one iteration at a time, of one model", async () => {
    const trainer = await trainerOf();
    const { group } = await grouped(trainer, 2);
    const first = trainer.stepWith(group);
    await expectRejection(trainer.stepWith(group), "ERR_STATE", "still running");
    await first;
    expect(trainer.iteration).toBe(1);
    await expectRejection((await trainerOf()).stepWith(group), "ERR_VALUE", "another model");
  });
});

describe("a thread that fails", () => {
  /** Checks that a failure changes nothing, and that another group can continue. */
  async function expectNothingLost(trainer: LanguageModelTrainer, fail: () => Promise<void>) {
    const before = digest(run(trainer));
    await fail();
    expect(digest(run(trainer))).toBe(before);
    expect(trainer.iteration).toBe(2);
    const { group } = await grouped(trainer, 2);
    await trainer.stepWith(group);
    const whole = await trainerOf(DROPOUT);
    const { group: other } = await grouped(whole, 2);
    for (let i = 0; i < 3; i++) await whole.stepWith(other);
    expect(digest(run(trainer))).toBe(digest(run(whole)));
  }

  it.each([true, false])(
    "by ending in the middle of an iteration takes nothing with it (shared %s)",
    async (shared) => {
      const trainer = await trainerOf(DROPOUT);
      const { group, ports } = await grouped(trainer, 2, { shared });
      await trainer.stepWith(group);
      await trainer.stepWith(group);
      await expectNothingLost(trainer, async () => {
        const step = trainer.stepWith(group);
        ports[0]!.close();
        await expectRejection(step, "ERR_STATE", "has ended", "start another");
        await expectRejection(trainer.stepWith(group), "ERR_STATE", "has ended");
      });
    },
  );

  it("in a run leaves the checkpoint of the iterations before", async () => {
    const trainer = await trainerOf(DROPOUT);
    const { group, ports } = await grouped(trainer, 2);
    const store = new MemoryStore();
    const onStep = ({ iteration }: { iteration: number }) => iteration === 3 && ports[0]!.close();
    const done = train(trainer, {
      ...{ iterations: 9, validateEvery: 100, dataHash: await hashText(TEXT), store, group, onStep },
    });
    await expectRejection(done, "ERR_STATE", "has ended");
    expect(openLanguageModelCheckpoint(store.checkpoints.at(-1)!).progress.iteration).toBe(3);
    expect(store.checkpoints.length).toBe(1);
  });

  it("because the group ends, rejects with the group's error", async () => {
    const trainer = await trainerOf(DROPOUT);
    const { group } = await grouped(trainer, 2);
    await trainer.stepWith(group);
    await trainer.stepWith(group);
    await expectNothingLost(trainer, async () => {
      const step = trainer.stepWith(group);
      group.end(new UnrolledError("ERR_DISPOSED", "released"));
      await expectRejection(step, "ERR_DISPOSED", "released");
    });
  });

  it("because it throws, continues with the next iteration", async () => {
    const trainer = await trainerOf(DROPOUT);
    let failure: FollowerAnswer | undefined;
    const failing = relay(trainer.model, (answer) =>
      failure ? { ...failure, numbers: answer.numbers } : answer,
    );
    const group = new Group([failing]);
    groups.push(group);
    await group.open(trainer.model);
    await trainer.stepWith(group);
    await trainer.stepWith(group);
    await expectNothingLost(trainer, async () => {
      failure = { error: new Error("the memory cannot grow"), code: "ERR_MEMORY" };
      await expectRejection(trainer.stepWith(group), "ERR_MEMORY", "cannot grow");
      failure = { error: new RangeError("too far") };
      await expect(trainer.stepWith(group)).rejects.toThrow(RangeError);
      failure = undefined;
    });
    await trainer.stepWith(group);
    expect(trainer.iteration).toBe(4);
  });

  it("does not end the wait for the others, whose answers would count for the next iteration", async () => {
    const [trainer, other] = [await trainerOf(DROPOUT), await trainerOf(DROPOUT)];
    let failing = true;
    const first = relay(trainer.model, (answer) =>
      failing && answer.result ? { numbers: answer.numbers, error: new Error("once") } : answer,
    );
    const second = relay(trainer.model, async (answer) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return answer;
    });
    const group = new Group([first, second], { shared: false });
    groups.push(group);
    await group.open(trainer.model);
    await expect(trainer.stepWith(group)).rejects.toThrow("once");
    failing = false;
    trainer.model.parameters()["head.bias"]!.data.fill(0.5);
    other.model.parameters()["head.bias"]!.data.fill(0.5);
    await trainer.stepWith(group);
    await other.stepWith((await grouped(other, 3)).group);
    expect(digest(run(trainer))).toBe(digest(run(other)));
  });

  it("because numbers are not finite, is named, and nothing is changed", async () => {
    // The fourth of seven threads reads it, in one batch or two.
    const text = `${TEXT.slice(0, 500)}zzz${TEXT.slice(500)}`;
    const trainer = await trainerOf({ ...DROPOUT, text });
    const { group } = await grouped(trainer, 7);
    const { model } = trainer;
    const { data } = model.parameters()["rnn.weight_ih_l0"]!;
    data[model.vocabulary.encode("z")[0]!] = Number.NaN;
    let before = "";
    let error: unknown;
    while (!error) {
      before = digest(run(trainer));
      await trainer.stepWith(group).catch((reason) => {
        error = reason;
      });
    }
    expect(error).toBeInstanceOf(UnrolledError);
    expect(error).toMatchObject({
      code: "ERR_NAN",
      message: expect.stringContaining("the parameter rnn.weight_ih_l0 is NaN"),
    });
    expect(digest(run(trainer))).toBe(before);
    data.fill(0);
    await trainer.stepWith(group);
  });

  it("to start is reported", async () => {
    const { model } = await trainerOf();
    const { port1, port2 } = new MessageChannel();
    follow(port2, [Classifier as unknown as ModelClass]);
    const group = new Group([port1]);
    groups.push(group);
    await expectRejection(group.open(model), "ERR_FORMAT", "language-model", "expected classifier");
    await expectRejection(group.open(newEmbedder(model.runtime)), "ERR_VALUE", "embedder");
    await group.open(newClassifier(model.runtime));
    const ports = Array.from({ length: 256 }, () => port1);
    expectError(() => new Group(ports), "ERR_VALUE", "workers is 257, expected a whole number from 1 to 256");
  });
});
