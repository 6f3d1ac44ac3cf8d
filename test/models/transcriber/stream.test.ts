import { beforeEach, describe, expect, it } from "vitest";
import { TranscriberTrainer } from "../../../src/models/transcriber/trainer.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { draw, EXAMPLES, newTranscriber } from "./transcribers.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

describe.each([1, 2, 3])("a stream of a transcriber with stack %i", (stack) => {
  const trained = () => {
    const model = newTranscriber(rt, { bidirectional: false, stack, cell: "gru" });
    const trainer = new TranscriberTrainer(model, { train: EXAMPLES, validation: EXAMPLES }, { lr: 0.03 });
    for (let i = 0; i < 40; i++) trainer.step();
    return model;
  };

  it("writes what the model writes for the whole sequence, in pieces of any size", () => {
    const model = trained();
    const stream = model.pack().stream();
    const texts = model.predict(EXAMPLES.map(({ vectors }) => vectors)).map(({ text }) => text);
    expect(texts.join("").length).toBeGreaterThan(20);
    EXAMPLES.forEach(({ vectors }, i) => {
      const size = 1 + (i % 5);
      let text = "";
      for (let at = 0; at < vectors.length; at += size) text += stream.push(vectors.slice(at, at + size));
      expect(text + stream.end()).toBe(texts[i]);
      stream.reset();
    });
  });

  it("goes on from a copy of its state, also from JSON", () => {
    const model = trained();
    const packed = model.pack();
    const [one, other] = [packed.stream(), packed.stream()];
    const vectors = draw("ab ba");
    const whole = one.push(vectors) + one.end();
    for (const at of [1, 4, 7]) {
      one.reset();
      const before = one.push(vectors.slice(0, at));
      const { h, c, ...rest } = one.state;
      other.state = JSON.parse(JSON.stringify({ ...rest, h: [...h], ...(c && { c: [...c] }) }));
      expect(before + other.push(vectors.slice(at)) + other.end()).toBe(whole);
    }
  });
});

it("refuses wrong vectors and states, and models that read backwards", () => {
  const stream = newTranscriber(rt, { bidirectional: false, stack: 2 }).pack().stream();
  expectError(() => stream.push([[1, 2]]), "ERR_DATA", "2 numbers, expected 3");
  expectError(() => stream.push([[1, 2, Number.NaN]]), "ERR_DATA", "not finite");
  expect(stream.state.waiting).toEqual([]);
  const state = stream.state;
  const set = (change: object) => () => {
    stream.state = { ...state, ...change };
  };
  expectError(set({ last: 4 }), "ERR_VALUE", "state.last is 4");
  expectError(set({ last: -1 }), "ERR_VALUE", "state.last is -1");
  expectError(
    set({
      waiting: [
        [1, 2, 3],
        [1, 2, 3],
      ],
    }),
    "ERR_VALUE",
    "2 vectors wait",
  );
  expectError(set({ waiting: [[1, 2]] }), "ERR_DATA", "2 numbers, expected 3");
  expectError(set({ h: [1] }), "ERR_SHAPE");
  expect(stream.state).toEqual(state);
  stream.dispose();
  expectError(() => stream.push([[1, 2, 3]]), "ERR_DISPOSED");
  expectError(() => newTranscriber(rt).pack(), "ERR_STATE", "bidirectional");
});
