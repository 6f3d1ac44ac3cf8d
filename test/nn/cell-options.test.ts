import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../src/errors.ts";
import * as nn from "../../src/nn/index.ts";
import { show } from "../../src/schema.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

const SIZES = { inputSize: 2, hiddenSize: 3 };

describeRuntimes("options of cells", (rt) => {
  describe("are refused if they make no sense, and leave no memory behind", () => {
    const refuses = (make: () => unknown, code: ErrorCode, ...patterns: (string | RegExp)[]) => {
      const { used } = rt().memory;
      expectError(make, code, ...patterns);
      expect(rt().memory.used).toBe(used);
    };
    const rnn = (options: object) => () => new nn.RNN(rt(), { ...SIZES, ...options });
    const gru = (options: object) => () => new nn.GRU(rt(), { ...SIZES, ...options });
    const lstm = (options: object) => () => new nn.LSTM(rt(), { ...SIZES, ...options });

    it("activations that do not exist", () => {
      for (const activation of ["Tanh", "toString", "", 3, null, {}, { name: "gelu" }]) {
        refuses(
          rnn({ nonlinearity: activation }),
          "ERR_VALUE",
          "RNN",
          /activation is .*, expected one of exp, /,
        );
        refuses(gru({ activations: ["sigmoid", activation] }), "ERR_VALUE", "GRU", "softplus");
        refuses(lstm({ activations: ["tanh", activation, "tanh"] }), "ERR_VALUE", "LSTM", "hardSigmoid");
      }
      refuses(lstm({ activations: ["tanh", "tanh", { name: "gelu", alpha: 2 }] }), "ERR_VALUE", '"gelu"');
    });

    it("another number of activations", () => {
      refuses(rnn({ activations: [] }), "ERR_VALUE", "activations is []", "an array of 1");
      refuses(rnn({ activations: ["tanh", "tanh"] }), "ERR_VALUE", "an array of 1");
      refuses(rnn({ activations: "tanh" }), "ERR_VALUE", 'activations is "tanh"');
      refuses(gru({ activations: ["tanh"] }), "ERR_VALUE", "an array of 2");
      refuses(lstm({ activations: ["tanh", "tanh"] }), "ERR_VALUE", "an array of 3");
      refuses(lstm({ activations: Array(6).fill("tanh") }), "ERR_VALUE", "an array of 3");
      for (const count of [2, 4, 7]) {
        const both = { bidirectional: true, activations: Array(count).fill("tanh") };
        refuses(lstm(both), "ERR_VALUE", "an array of 3 or 6");
      }
    });

    it("parameters of activations", () => {
      for (const alpha of [Number.NaN, Infinity, 1e39, "1"]) {
        const expected = [`alpha of affine is ${alpha}`, "finite"];
        refuses(rnn({ nonlinearity: { name: "affine", alpha } }), "ERR_VALUE", ...expected);
        refuses(rnn({ nonlinearity: { name: "affine", beta: alpha } }), "ERR_VALUE", `beta ${alpha}`);
      }
      for (const name of ["leakyRelu", "elu"]) {
        refuses(
          gru({ activations: ["sigmoid", { name, alpha: -0.5 }] }),
          "ERR_VALUE",
          name,
          "is -0.5",
          "at least 0",
        );
        gru({ activations: ["sigmoid", { name, alpha: 0 }] })().dispose();
      }
      for (const alpha of [0, -0, 1e-50]) {
        refuses(
          rnn({ nonlinearity: { name: "scaledTanh", alpha } }),
          "ERR_VALUE",
          `is ${alpha}`,
          "other than 0",
        );
      }
    });

    it("limits", () => {
      for (const clip of [-1, Number.NaN, "x"]) {
        for (const make of [rnn, gru, lstm])
          refuses(make({ clip }), "ERR_VALUE", `clip is ${show(clip)}`, "at least 0");
      }
    });

    it("kinds of forget gate and its bias", () => {
      for (const forgetGate of ["no", "toString", null, 1]) {
        refuses(
          lstm({ forgetGate }),
          "ERR_VALUE",
          `forgetGate is ${show(forgetGate)}`,
          "own or coupled or none",
        );
      }
      for (const forgetBias of [Number.NaN, Infinity, "1", null]) {
        refuses(lstm({ forgetBias }), "ERR_VALUE", `forgetBias is ${forgetBias}`, "finite");
      }
      refuses(
        lstm({ forgetBias: 1, bias: false }),
        "ERR_VALUE",
        "forgetBias is 1",
        "with bias and forgetGate own",
      );
      for (const forgetGate of ["coupled", "none"]) {
        refuses(lstm({ forgetBias: 1, forgetGate }), "ERR_VALUE", "forgetBias is 1", "forgetGate own");
      }
    });

    it("other normalisations of the gates", () => {
      for (const gateNorm of ["layer", "true", null, 1]) {
        for (const [name, make] of Object.entries({ RNN: rnn, GRU: gru, LSTM: lstm })) {
          refuses(make({ gateNorm }), "ERR_VALUE", `${name}: gateNorm is ${show(gateNorm)}`, 'or "batch"');
        }
      }
    });

    it("peepholes of other states", () => {
      for (const peepholes of ["next", "true", null, 1]) {
        refuses(lstm({ peepholes }), "ERR_VALUE", `LSTM: peepholes is ${show(peepholes)}`, 'or "previous"');
      }
    });

    it("two ways to run from the end", () => {
      for (const make of [rnn, gru, lstm]) {
        refuses(
          make({ reverse: true, bidirectional: true }),
          "ERR_VALUE",
          "expected reverse or bidirectional, not both",
        );
      }
    });

    it("more than the memory holds", () => {
      for (const options of [{ peepholes: true }, { forgetBias: 1, bidirectional: true }]) {
        refuses(lstm({ ...options, hiddenSize: 30_000 }), "ERR_MEMORY");
      }
      refuses(rnn({ identityStart: true, hiddenSize: 40_000 }), "ERR_MEMORY");
    });
  });

  describe("give the weights their shapes and first values", () => {
    const values = (module: nn.Module) =>
      Object.entries(module.stateDict()).map(([name, { data }]) => [name, [...data] as number[]] as const);
    const shapes = (module: nn.Module) =>
      Object.fromEntries(Object.entries(module.stateDict()).map(([name, { shape }]) => [name, shape]));

    it("blocks i, g, o without a forget gate of its own; z, n without a reset gate", () => {
      expect(shapes(new nn.LSTM(rt(), { ...SIZES, peepholes: "previous" })).weight_peephole_l0).toEqual([9]);
      for (const forgetGate of ["coupled", "none"] as const) {
        const peepholes = forgetGate === "none" ? "previous" : true;
        expect(shapes(new nn.LSTM(rt(), { ...SIZES, forgetGate, peepholes }))).toEqual({
          weight_ih_l0: [9, 2],
          weight_hh_l0: [9, 3],
          bias_ih_l0: [9],
          bias_hh_l0: [9],
          weight_peephole_l0: [6],
        });
      }
      const own = shapes(new nn.LSTM(rt(), { ...SIZES, peepholes: true, bias: false, bidirectional: true }));
      expect(own).toEqual({
        weight_ih_l0: [12, 2],
        weight_hh_l0: [12, 3],
        weight_peephole_l0: [9],
        weight_ih_l0_reverse: [12, 2],
        weight_hh_l0_reverse: [12, 3],
        weight_peephole_l0_reverse: [9],
      });
      expect(shapes(new nn.GRU(rt(), { ...SIZES, resetGate: false, bias: false }))).toEqual({
        weight_ih_l0: [6, 2],
        weight_hh_l0: [6, 3],
      });
    });

    it("gains of every normalised column, initially 1", () => {
      const gains = (module: nn.Module) => module.stateDict().weight_norm_l0!.data;
      const gateNorm = true;
      for (const [module, count] of [
        [new nn.RNN(rt(), { ...SIZES, gateNorm }), 1],
        [new nn.GRU(rt(), { ...SIZES, gateNorm }), 4],
        [new nn.GRU(rt(), { ...SIZES, gateNorm, resetAfter: false }), 3],
        [new nn.GRU(rt(), { ...SIZES, gateNorm, resetGate: false }), 2],
        [new nn.LSTM(rt(), { ...SIZES, gateNorm, forgetGate: "coupled" }), 3],
        [new nn.LSTM(rt(), { ...SIZES, gateNorm, bias: false }), 4],
      ] as const) {
        expect([...gains(module)]).toEqual(Array(3 * count).fill(1));
      }
    });

    it("batch normalisation of the inputs' products: a module for each layer and direction", () => {
      const module = new nn.GRU(rt(), { ...SIZES, gateNorm: "batch", bidirectional: true, numLayers: 2 });
      const norms = Object.entries(shapes(module)).filter(([name]) => name.startsWith("gate_norm_"));
      expect(Object.fromEntries(norms)).toEqual(
        Object.fromEntries(
          ["l0", "l0_reverse", "l1", "l1_reverse"].flatMap((end) => [
            ...["weight", "bias", "running_mean", "running_var"].map((name) => [
              `gate_norm_${end}.${name}`,
              [9],
            ]),
            [`gate_norm_${end}.num_batches_tracked`, []],
          ]),
        ),
      );
      expect(shapes(module).weight_norm_l0, "no layer normalisation").toBeUndefined();
      const tokens = rt().tensor(Int32Array.of(0, 1, 1, 1, 0, 1), [3, 2]);
      const { used } = rt().memory;
      rt().scope(() => module.forward(tokens, { lengths: [3, 2] }).output.backward(rt().zeros([3, 2, 6])));
      expect(rt().memory.used).toBe(used);
      // The last token is past the end of the second sequence.
      const { weight_ih_l0, "gate_norm_l0.running_mean": mean } = module.stateDict();
      const active = [0, 1, 1, 1, 0];
      const n = 2; // the candidate's rows come third in W_ih and first in the normalisation
      const unit = (row: number) =>
        active.reduce((sum, token) => sum + (weight_ih_l0!.data[row * 2 + token] as number), 0) /
        active.length;
      for (let j = 0; j < 3; j++) {
        expect(mean!.data[j]).toBeCloseTo(0.1 * unit(n * 3 + j), 6);
        expect(mean!.data[3 + j]).toBeCloseTo(0.1 * unit(j), 6);
      }
      expect(module.stateDict()["gate_norm_l0.num_batches_tracked"]!.data[0]).toBe(1);
      module.dispose();
    });

    it("peepholes start like all weights", () => {
      const lstm = new nn.LSTM(rt(), { inputSize: 2, hiddenSize: 16, peepholes: true });
      const { data } = lstm.stateDict().weight_peephole_l0!;
      const magnitudes = [...data].map(Math.abs);
      expect(Math.max(...magnitudes)).toBeLessThanOrEqual(1 / 4);
      expect(Math.max(...magnitudes)).toBeGreaterThan(1 / 8);
      expect(new Set(data).size).toBe(48);
    });

    it("forgetBias is the bias of the forget gate alone, in every layer and direction", () => {
      const module = new nn.LSTM(rt(), { ...SIZES, numLayers: 2, bidirectional: true, forgetBias: 1.5 });
      const biases = values(module).filter(([name]) => name.startsWith("bias"));
      expect(biases).toHaveLength(8);
      for (const [name, bias] of biases) {
        expect(bias.slice(3, 6)).toEqual(Array(3).fill(name.startsWith("bias_ih") ? 1.5 : 0));
        expect(
          [...bias.slice(0, 3), ...bias.slice(6)].every((b) => b !== 0 && Math.abs(b) <= 3 ** -0.5),
        ).toBe(true);
      }
      const zero = values(new nn.LSTM(rt(), { ...SIZES, forgetBias: 0 }));
      expect(zero.find(([name]) => name === "bias_ih_l0")![1].slice(3, 6)).toEqual([0, 0, 0]);
    });

    it("identityStart: the identity between states, no biases, small weights of the input", () => {
      const [I, H] = [50, 40];
      const options = {
        inputSize: I,
        hiddenSize: H,
        numLayers: 2,
        nonlinearity: "relu",
        identityStart: true,
      } as const;
      for (const [name, data] of values(new nn.RNN(rt(), { ...options, bidirectional: true }))) {
        if (name.startsWith("weight_hh")) {
          expect(data).toEqual(Array.from({ length: H * H }, (_, i) => Number(i % (H + 1) === 0)));
        } else if (name.startsWith("bias")) {
          expect(data).toEqual(Array(H).fill(0));
        } else {
          const deviation = Math.sqrt(data.reduce((sum, w) => sum + w * w, 0) / data.length);
          expect(Math.abs(deviation / 0.001 - 1), name).toBeLessThan(0.05);
          expect(Math.abs(data.reduce((sum, w) => sum + w, 0) / data.length)).toBeLessThan(1e-4);
        }
      }
      const still = new nn.RNN(rt(), { ...options, bias: false, numLayers: 1 });
      const { output } = still.forward(rt().zeros([4, 1, I]), {
        h0: rt().tensor(Array(H).fill(0.5), [1, 1, H]),
      });
      expect(
        [...output.data].every((h) => h === 0.5),
        "a state that nothing is added to stays",
      ).toBe(true);
    });
  });
});
