import { describe, expect, it } from "vitest";
import type * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";
import { MODULES } from "./cells.ts";
import { checkSlopes } from "./check-slopes.ts";
import type { Drawn } from "./drawn-cells.ts";

// Every variant of a cell goes with every other. A new option of cells is a line here, with all its values. Options that only set
// first weights (identityStart, forgetBias) are not.

type Kind = keyof typeof MODULES;
type Options = Record<string, unknown>;

const SHARED: Options[][] = [
  [{}, { clip: 0.8 }],
  [{}, { gateNorm: true }, { gateNorm: "batch" }],
  [{}, { norm: "layer" }, { norm: "batch" }],
];

const VARIANTS: Record<Kind, Options[][]> = {
  RNN: [[{}, { nonlinearity: "relu" }, { activations: ["logSigmoid"] }], ...SHARED],
  GRU: [
    [{}, { resetAfter: false }, { resetGate: false }],
    [{}, { activations: ["hardSigmoid", "softsign"] }],
    ...SHARED,
  ],
  LSTM: [
    [{}, { forgetGate: "coupled" }, { forgetGate: "none" }],
    [{}, { peepholes: true }, { peepholes: "previous" }],
    [{}, { activations: ["hardSigmoid", "softsign", "elu"] }],
    ...SHARED,
  ],
};

const CONNECTIONS = ["plain", "residual", "dense", "highway"];
const DIRECTIONS = ["forward", "reverse", "bidirectional"] as const;

/** Returns each choice of one entry of every list, as one object. */
const combine = (lists: readonly Options[][]): Options[] =>
  lists.reduce<Options[]>(
    (all, list) => all.flatMap((one) => list.map((other) => ({ ...one, ...other }))),
    [{}],
  );

/** Makes a network of two layers, ready for inference, with running statistics that are not those of the start. */
function inferring(rt: Runtime, kind: Kind, options: Options): nn.Recurrent {
  const module = new MODULES[kind](rt, { inputSize: 3, hiddenSize: 5, numLayers: 2, ...options });
  const state = module.stateDict();
  Object.entries(state).forEach(([name, { data }], i) => {
    if (name.includes("running"))
      data.set(
        random(i)
          .array(data.length)
          .map((x) => Math.abs(x) + 0.1),
      );
  });
  module.loadStateDict(state);
  return module.train(false);
}

describeRuntimes("every combination of the variants", (rt) => {
  for (const kind of Object.keys(VARIANTS) as Kind[]) {
    const all = combine(VARIANTS[kind]);

    it(`of ${kind} has the gradients that differences show`, { timeout: 120_000 }, () => {
      let compared = 0;
      all.forEach((options, i) => {
        const given: Drawn = {
          kind,
          options: { ...options, connections: CONNECTIONS[i % 4] },
          direction: DIRECTIONS[i % 3]!,
          ...{
            tokens: i % 5 === 0,
            lengths: i % 2 === 0,
            states: i % 3 > 0,
            bias: i % 7 > 0,
            batchFirst: i % 4 === 0,
          },
          ...{ T: 5, B: 4, inputSize: 3, hiddenSize: 4, numLayers: 1 + (i % 2), seed: 100 + i },
        };
        if (rt().scope(() => checkSlopes(rt(), given))) compared++;
      });
      expect(compared).toBe(all.length);
    });

    it(`of ${kind} gives the same step by step as over a sequence`, () => {
      const [T, I, B] = [5, 3, 2];
      all.forEach((options, i) => {
        rt().scope(() => {
          const tokens = i % 2 === 0;
          const module = inferring(rt(), kind, {
            ...options,
            connections: CONNECTIONS[i % 4],
            bias: i % 3 > 0,
          });
          const x = tokens ? random(i).integers(T * B, I) : random(i).array(T * B * I);
          const { output } = rt().noGrad(() => module.forward(rt().tensor(x, tokens ? [T, B] : [T, B, I])));
          const packed = module.pack({ tokens });
          const stream = packed.stream({ batch: B });
          const [read, written] = [x.length / T, output.size / T];
          for (let t = 0; t < T; t++) {
            const got = stream.step(x.subarray(t * read, (t + 1) * read));
            const want = output.data.subarray(t * written, (t + 1) * written);
            expectClose(got, want, [Math.max(1, ...want.map(Math.abs)), 0], JSON.stringify(options));
          }
          stream.dispose();
          packed.dispose();
          module.dispose();
        });
      });
    });
  }

  describe("but not", () => {
    const sizes = { inputSize: 2, hiddenSize: 3 };

    it("a bias of a forget gate that is not there", () => {
      for (const options of [{ forgetGate: "coupled" }, { forgetGate: "none" }, { bias: false }]) {
        const make = () => new MODULES.LSTM(rt(), { ...sizes, ...options, forgetBias: 1 } as nn.LSTMOptions);
        expectError(make, "ERR_VALUE", "forgetBias is 1", "with bias and forgetGate own");
      }
    });

    it("peepholes without a cell state", () => {
      for (const kind of ["RNN", "GRU"] as const) {
        const make = () => new MODULES[kind](rt(), { ...sizes, peepholes: true } as object as nn.GRUOptions);
        expectError(make, "ERR_VALUE", `nn.${kind}: unknown option peepholes`);
      }
    });
  });
});
