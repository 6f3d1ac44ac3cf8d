import { describe, expect, it, vi } from "vitest";
import * as nn from "../../../src/nn/index.ts";
import { expectClose } from "../../close.ts";
import { random } from "../../random.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { CELLS } from "../cells.ts";

describeRuntimes("streams", (rt) => {
  const [T, I, H] = [7, 3, 9];

  describe.each(Object.keys(CELLS))(
    "%s, step by step, gives what a forward pass over the sequence gives",
    (name) => {
      for (const B of [1, 3]) {
        for (const numLayers of [1, 3]) {
          for (const tokens of [false, true]) {
            it(`batch ${B}, ${numLayers} layers, ${tokens ? "tokens" : "features"}`, () => {
              const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers, bias: B === 3 });
              const x = tokens ? random(1).integers(T * B, I) : random(1).array(T * B * I);
              const { output, state } = rt().noGrad(() =>
                module.forward(rt().tensor(x, tokens ? [T, B] : [T, B, I])),
              );
              const stream = module.pack({ tokens }).stream({ batch: B });
              const width = x.length / T;
              for (let t = 0; t < T; t++) {
                const got = stream.step(x.subarray(t * width, (t + 1) * width));
                expectClose(got, output.data.subarray(t * B * H, (t + 1) * B * H), [1, 0], `step ${t}`);
              }
              expectClose(stream.state.h, state.h.data, [1, 0], "h");
              if (state.c) expectClose(stream.state.c!, state.c.data, [1, 0], "c");
              else expect(stream.state.c).toBeUndefined();
            });
          }
        }
      }
    },
  );

  it.each(Object.keys(CELLS))("%s: a step allocates nothing", (name) => {
    const stream = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers: 2 }).pack().stream();
    const x = random(1).array(I);
    stream.step(x);
    const before = rt().memory;
    const allocate = vi.spyOn(rt(), "allocate");
    for (let i = 0; i < 10; i++) stream.step(x);
    expect(allocate).not.toHaveBeenCalled();
    expect(rt().memory).toEqual(before);
  });

  it.each(Object.keys(CELLS))("%s: the packed weights give back their memory", (name) => {
    const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers: 2 });
    const { used } = rt().memory;
    const packed = module.pack({ tokens: true });
    packed.stream({ batch: 2 }).dispose();
    packed.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("reads tokens through an embedding", () => {
    const embedding = new nn.Embedding(rt(), { numEmbeddings: 6, embeddingDim: I });
    const gru = new nn.GRU(rt(), { inputSize: I, hiddenSize: H });
    const tokens = random(2).integers(T, 6);
    const { output } = gru.forward(embedding.forward(rt().tensor(tokens, [T, 1])));
    const stream = gru.pack({ tokens: embedding.weight }).stream();
    tokens.forEach((token, t) => {
      expectClose(stream.step([token]), output.data.subarray(t * H, (t + 1) * H), [1, 0], `step ${t}`);
    });
    expectError(() => stream.step([6]), "ERR_VALUE", "token is 6", "0 to 5");
    expectError(() => gru.pack({ tokens: rt().zeros([6, 2]) }), "ERR_SHAPE", "[6,2]", "[V, 3]");
  });

  const makeStreams = (count: number) => {
    const packed = new nn.LSTM(rt(), { inputSize: I, hiddenSize: H, numLayers: 2 }).pack();
    return Array.from({ length: count }, () => packed.stream());
  };
  const inputs = random(3).array(T * I);
  const step = (stream: nn.RecurrentStream, t: number) =>
    stream.step(inputs.subarray(t * I, (t + 1) * I)).slice();

  it("share their weights, but no state", () => {
    const [a, b] = makeStreams(2) as [nn.RecurrentStream, nn.RecurrentStream];
    const alone = Array.from({ length: T }, (_, t) => step(a, t));
    a.reset();
    for (let t = 0; t < T; t++) {
      if (t > 1) expect(step(b, t - 2)).toEqual(alone[t - 2]);
      expect(step(a, t)).toEqual(alone[t]);
    }
  });

  it("go back to a state, move it to another stream, and begin again", () => {
    const [a, b] = makeStreams(2) as [nn.RecurrentStream, nn.RecurrentStream];
    const first = step(a, 0);
    const { state } = a;
    const second = step(a, 1);
    expect(second).not.toEqual(first);
    a.state = state;
    b.state = state;
    expect([step(a, 1), step(b, 1)]).toEqual([second, second]);
    a.reset();
    expect(a.state.h.every((value) => value === 0) && a.state.c!.every((value) => value === 0)).toBe(true);
    expect(step(a, 0)).toEqual(first);
    state.h.fill(5);
    expect(b.state.h[0], "a copy").not.toBe(5);
  });

  it("continue when the memory grows between two steps", () => {
    const [a, b] = makeStreams(2) as [nn.RecurrentStream, nn.RecurrentStream];
    const want = [step(a, 0), step(a, 1)];
    const { total } = rt().memory;
    const first = step(b, 0);
    rt().zeros([total / 4]);
    expect(rt().memory.total).toBeGreaterThan(total);
    expect([first, step(b, 1)]).toEqual(want);
    expect(b.state).toEqual(a.state);
  });

  it("keep the weights they were packed with", () => {
    const gru = new nn.GRU(rt(), { inputSize: I, hiddenSize: H });
    const stream = gru.pack().stream();
    const before = step(stream, 0);
    gru.parameters().weight_ih_l0!.data.fill(0);
    gru.dispose();
    stream.reset();
    expect(step(stream, 0)).toEqual(before);
  });

  it("refuse what does not fit, and stay as they are", () => {
    const lstm = new nn.LSTM(rt(), { inputSize: I, hiddenSize: H });
    const packed = lstm.pack();
    const stream = packed.stream({ batch: 2 });
    stream.step(new Float32Array(2 * I).fill(0.5));
    const before = stream.state;
    expectError(() => stream.step([1, 2]), "ERR_SHAPE", "2 numbers", "expected 6");
    expectError(
      () => {
        stream.state = { h: new Float32Array(H), c: new Float32Array(H) };
      },
      "ERR_SHAPE",
      `expected ${2 * H}`,
    );
    expectError(
      () => {
        stream.state = { h: new Float32Array(2 * H) };
      },
      "ERR_SHAPE",
      `state has ${2 * H}, numbers, expected ${2 * H}`,
    );
    expect(stream.state).toEqual(before);
    for (const batch of [0, 1.5, -1]) {
      expectError(() => packed.stream({ batch }), "ERR_VALUE", `batch is ${batch}`);
    }
    const tokens = lstm.pack({ tokens: true }).stream();
    for (const token of [-1, I, 0.5, Number.NaN]) {
      expectError(() => tokens.step([token]), "ERR_VALUE", `token is ${token}`, `0 to ${I - 1}`);
    }
    expect(tokens.state.h.every((value) => value === 0)).toBe(true);
    const both = new nn.GRU(rt(), { inputSize: I, hiddenSize: H, bidirectional: true });
    expectError(() => both.pack(), "ERR_STATE", "bidirectional", "needs the end first");
    const back = new nn.LSTM(rt(), { inputSize: I, hiddenSize: H, reverse: true });
    expectError(() => back.pack(), "ERR_STATE", "a reverse network cannot stream", "needs the end first");
  });

  it.each(Object.keys(CELLS))("%s: refuse elements that are no numbers, and stay as they are", (name) => {
    const stream = CELLS[name]!(rt(), { inputSize: 2, hiddenSize: 2 }).pack().stream();
    stream.step([0.5, 1]);
    const before = stream.state;
    for (const wrong of [
      "12",
      ["1", "2"],
      [null, 1],
      [true, false],
      [1n, 2n],
      BigInt64Array.of(1n, 2n),
      Array(2),
    ]) {
      expectError(() => stream.step(wrong as never), "ERR_VALUE", "step: x[0] is ", "expected a number");
      for (const field of Object.keys(before)) {
        const assign = () => {
          stream.state = { ...before, [field]: wrong as never };
        };
        expectError(assign, "ERR_VALUE", "stream: state[0] is ", "expected a number");
      }
    }
    for (const extra of [before.c ? { d: 1 } : { c: before.h }, { steps: 1 }]) {
      const assign = () => {
        stream.state = { ...before, ...extra };
      };
      expectError(assign, "ERR_VALUE");
    }
    expect(stream.state).toEqual(before);
    for (const right of [[1, 2], Float64Array.of(1, 2), Uint8Array.of(1, 2), { length: 2, 0: 1, 1: 2 }]) {
      stream.state = before;
      expect(stream.step(right).slice()).toEqual(stepped(stream, before));
    }
  });

  /** The output of [1, 2] after a state. */
  const stepped = (stream: nn.RecurrentStream, state: nn.RecurrentStream["state"]) => {
    stream.state = state;
    return stream.step(Float32Array.of(1, 2)).slice();
  };

  it("give back their memory once, and say when they are used afterwards", () => {
    const { used } = rt().memory;
    const lstm = new nn.LSTM(rt(), { inputSize: I, hiddenSize: H });
    const packed = lstm.pack();
    const [a, b] = [packed.stream(), packed.stream()];
    a.dispose();
    a.dispose();
    expectError(() => step(a, 0), "ERR_DISPOSED", "stream");
    step(b, 0);
    packed.dispose();
    packed.dispose();
    expectError(() => step(b, 0), "ERR_DISPOSED", "packed");
    expectError(() => b.state, "ERR_DISPOSED");
    expectError(() => packed.stream(), "ERR_DISPOSED");
    b.dispose();
    lstm.dispose();
    expect(rt().memory.used).toBe(used);
    expectError(() => lstm.pack(), "ERR_DISPOSED");
  });
});
