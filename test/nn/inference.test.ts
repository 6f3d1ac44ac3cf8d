import fc from "fast-check";
import { expect, it } from "vitest";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { random } from "../random.ts";
import { describeRuntimes } from "../runtimes.ts";
import { type Drawn, drawn, network } from "./drawn-cells.ts";

/** Runs a network forward. Returns its output and states. */
function run(rt: Runtime, given: Drawn): { recorded: Float32Array[]; inferred: Float32Array[] } {
  const { T, B, inputSize: I, hiddenSize: H, batchFirst, tokens, seed } = given;
  const module = network(rt, given);
  const { array, integers } = random(seed);
  const lead = batchFirst ? [B, T] : [T, B];
  const x = tokens ? rt.tensor(integers(T * B, I), lead) : rt.tensor(array(T * B * I), [...lead, I]);
  const rows = module.numLayers * module.directions;
  const state = () => rt.tensor(array(rows * B * H), [rows, B, H]);
  const input = {
    ...(given.lengths && { lengths: [...integers(B, T + 1)] }),
    ...(given.states && { h0: state() }),
    ...(given.states && module.cells[0]!.memory && { c0: state() }),
  };
  const forward = () =>
    rt.scope(() => {
      const { output, state } = module.forward(x, input);
      return [output, state.h, ...(state.c ? [state.c] : [])].map((tensor) => tensor.toArray());
    });
  const passes = { recorded: forward(), inferred: rt.noGrad(forward) };
  module.dispose();
  return passes;
}

describeRuntimes("a pass without a tape", (rt) => {
  it("has the same bits as one with a tape, for all cells and options", () => {
    fc.assert(
      fc.property(drawn, (given) => {
        rt().scope(() => {
          const { recorded, inferred } = run(rt(), given);
          expect(inferred).toEqual(recorded);
        });
      }),
      { numRuns: 200 },
    );
  });

  it("has the same bits if the steps take several blocks", () => {
    const some = { bias: true, numLayers: 2, batchFirst: false, tokens: false, seed: 5 } as const;
    const sizes = { T: 67, B: 19, inputSize: 7, hiddenSize: 9 };
    for (const kind of ["RNN", "GRU", "LSTM"] as const) {
      for (const direction of ["forward", "reverse", "bidirectional"] as const) {
        for (const lengths of [false, true]) {
          const given = { ...some, ...sizes, kind, direction, lengths, states: lengths, options: {} };
          rt().scope(() => {
            const { recorded, inferred } = run(rt(), given);
            expect(inferred).toEqual(recorded);
          });
        }
      }
    }
  });

  it("takes memory for the gates of a block, not of all steps", () => {
    const [T, B, H] = [4000, 4, 16];
    const given = { kind: "LSTM", direction: "forward", inputSize: 3, hiddenSize: H, numLayers: 1 } as const;
    const module = network(rt(), { ...given, options: {} } as Drawn);
    const total = () => rt().memory.total;
    rt().scope(() => {
      const x = rt().zeros([T, B, 3]);
      const before = total();
      rt().scope(() => {
        rt().noGrad(() => module.forward(x));
      });
      const states = 3 * T * B * H * 4; // hidden states, cell states, output
      expect(total() - before).toBeLessThan(1.3 * states);
    });
    module.dispose();
  });
});
