import { describe, expect, it } from "vitest";
import type { Module, Nonlinearity, RecurrentConfig } from "./fixtures/configs.ts";
import { expectRelative, type Fixture, fixtures } from "./fixtures/load.ts";
import * as reference from "./reference.ts";

// Compares the references with PyTorch's numbers: a reference that passes may judge the kernels.

function recurrentCell(module: Module, nonlinearity?: Nonlinearity | null): reference.Cell {
  if (module === "LSTM") return reference.lstmCell;
  return module === "GRU" ? reference.gruCell : reference.rnnCell(nonlinearity ?? "tanh");
}

/** Swaps axes: [P,Q,F] -> [Q,P,F]. */
function swapFirstTwo(values: reference.Floats, P: number, Q: number, F: number): Float64Array {
  return Float64Array.from({ length: P * Q * F }, (_, i) => {
    const [q, p, f] = [Math.floor(i / (P * F)), Math.floor(i / F) % P, i % F];
    return values[(p * Q + q) * F + f]!;
  });
}

function data(group: Record<string, { data: Float32Array }>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(group).map(([name, tensor]) => [name, tensor.data]));
}

/** Swaps axes: [N,P,Q] -> [N,Q,P]. */
function swapLastTwo(values: reference.Floats, N: number, P: number, Q: number): Float64Array {
  return Float64Array.from({ length: N * P * Q }, (_, i) => {
    const [n, q, p] = [Math.floor(i / (P * Q)), Math.floor(i / P) % Q, i % P];
    return values[(n * P + p) * Q + q]!;
  });
}

function checkRecurrent(fixture: Fixture<"rnn" | "gru_reset_before">, cell: reference.Cell): void {
  const {
    seq: T,
    batch: B,
    input_size: I,
    hidden_size: H,
    batch_first,
    ...config
  }: RecurrentConfig = fixture.config;
  const D = config.bidirectional ? 2 : 1;
  const timeMajor = (name: string, F: number) => {
    const values = fixture.float(name).data;
    return batch_first ? swapFirstTwo(values, B, T, F) : values;
  };
  const batchFirst = (values: Float64Array, F: number) =>
    batch_first ? swapFirstTwo(values, T, B, F) : values;
  const stateNames = ["h", "c"].slice(0, cell.states);
  const stack: reference.Stack = {
    ...{ cell, T, B, I, H, layers: config.num_layers, directions: D },
    lengths: fixture.has("in.lengths") ? fixture.index("in.lengths").data : undefined,
    parameters: data(fixture.group("param")),
  };
  const initial = stateNames.map((s) =>
    config.initial_state ? fixture.float(`in.${s}0`).data : new Float32Array(stack.layers * D * B * H),
  );

  const { y, state, tape } = reference.stackForward(stack, timeMajor("in.x", I), initial);
  fixture.check("out.y", batchFirst(y, D * H));
  stateNames.forEach((s, i) => {
    fixture.check(`out.${s}_n`, state[i]!);
  });

  const dstate = stateNames.map((s) => fixture.float(`loss.w_${s}`).data);
  const back = reference.stackBackward(tape, timeMajor("loss.w_out", D * H), dstate);
  fixture.check("grad.x", batchFirst(back.dx, I));
  if (config.initial_state)
    stateNames.forEach((s, i) => {
      fixture.check(`grad.${s}0`, back.dstate[i]!);
    });
  expect(Object.keys(back.grads).sort()).toEqual(Object.keys(stack.parameters).sort());
  for (const [name, gradient] of Object.entries(back.grads)) fixture.check(`grad.${name}`, gradient);
}

describe("recurrent layers", () => {
  it.each(fixtures("rnn"))("$name", (fixture) => {
    checkRecurrent(fixture, recurrentCell(fixture.config.module, fixture.config.nonlinearity));
  });

  it.each(fixtures("gru_reset_before"))("GRU with the reset before the product: $name", (fixture) => {
    checkRecurrent(fixture, reference.gruResetBeforeCell);
  });

  it.each(fixtures("cell"))("one step: $name", (fixture) => {
    const { module, nonlinearity, batch: B, input_size: I, hidden_size: H } = fixture.config;
    const cell = recurrentCell(module.slice(0, -"Cell".length) as Module, nonlinearity);
    const stateNames = ["h", "c"].slice(0, cell.states);
    const p = data(fixture.group("param")) as unknown as reference.CellParameters;
    const before = stateNames.map((s) => fixture.float(`in.${s}0`).data);
    const { state, tape } = cell.forward(p, fixture.float("in.x").data, before, { B, I, H });
    stateNames.forEach((s, i) => {
      fixture.check(`out.${s}1`, state[i]!);
    });

    const grads = reference.zeroGradients(p);
    const dafter = stateNames.map((s) => fixture.float(`loss.w_${s}`).data);
    const { dx, dstate } = cell.backward(grads, p, tape, dafter, { B, I, H });
    fixture.check("grad.x", dx);
    stateNames.forEach((s, i) => {
      fixture.check(`grad.${s}0`, dstate[i]!);
    });
    for (const name of Object.keys(p)) fixture.check(`grad.${name}`, grads[name as keyof typeof p]!);
  });
});

describe("pointwise functions, losses, tables", () => {
  it.each(fixtures("activation"))("activation: $name", (fixture) => {
    const {
      exp,
      sigmoid,
      tanh,
      relu,
      logSigmoid,
      expBackward,
      logSigmoidBackward,
      sigmoidBackward,
      tanhBackward,
      reluBackward,
    } = reference;
    const [f, backward] = {
      exp: [exp, expBackward] as const,
      sigmoid: [sigmoid, sigmoidBackward] as const,
      tanh: [tanh, tanhBackward] as const,
      relu: [relu, reluBackward] as const,
      log_sigmoid: [logSigmoid, logSigmoidBackward] as const,
    }[fixture.config.fn];
    const y = Float64Array.from(fixture.float("in.x").data, (x) => f(x));
    fixture.check("out.y", y);
    expectRelative(y, fixture.float("out.y").data, 1e-6, fixture.name);
    const dx = y.map((value) => backward(value, 1));
    fixture.check("grad.x", dx);
  });

  it.each([...fixtures("softmax"), ...fixtures("log_softmax")])("$kind: $name", (fixture) => {
    const { shape, data: x } = fixture.float("in.x");
    const C = shape.at(-1)!;
    const N = x.length / C;
    const log = fixture.kind === "log_softmax";
    const y = (log ? reference.logSoftmaxForward : reference.softmaxForward)(x, N, C);
    const dy = fixture.float("loss.w").data.map((w, i) => (Number.isFinite(y[i]!) ? w : 0));
    fixture.check("out.y", y);
    fixture.check("grad.x", (log ? reference.logSoftmaxBackward : reference.softmaxBackward)(y, dy, N, C));
  });

  it.each(fixtures("cross_entropy"))("cross entropy: $name", (fixture) => {
    const {
      classes: C,
      reduction,
      ignore_index: ignoreIndex,
      label_smoothing: labelSmoothing,
    } = fixture.config;
    const [N, , T = 1] = fixture.float("in.logits").shape as [number, number, number?];
    const weight = fixture.has("in.weight") ? fixture.float("in.weight").data : undefined;
    const options = { reduction, ignoreIndex, labelSmoothing, weight };
    const toRows = (name: string) => swapLastTwo(fixture.float(name).data, N, C, T); // [N,C,T] -> [N*T,C]
    const target = fixture.has("in.target") ? fixture.index("in.target").data : toRows("in.target_prob");
    const logits = toRows("in.logits");
    fixture.check("out.loss", reference.crossEntropyForward(logits, target, N * T, C, options));

    const dloss = reduction === "none" ? fixture.float("loss.w").data : Float64Array.of(1);
    const dlogits = reference.crossEntropyBackward(logits, target, dloss, N * T, C, options);
    fixture.check("grad.logits", swapLastTwo(dlogits, N, T, C));
  });

  it.each(fixtures("layer_norm"))("layer norm: $name", (fixture) => {
    const { normalized_shape, eps } = fixture.config;
    const N = normalized_shape.reduce((product, n) => product * n);
    const x = fixture.float("in.x").data;
    const { weight, bias } = data(fixture.group("param"));
    fixture.check("out.y", reference.layerNormForward(x, weight, bias, N, eps));
    const dy = fixture.float("loss.w_out").data;
    const { dx, dweight, dbias } = reference.layerNormBackward(x, weight, dy, N, eps);
    fixture.check("grad.x", dx);
    if (weight) fixture.check("grad.weight", dweight);
    if (bias) fixture.check("grad.bias", dbias);
  });

  it.each(fixtures("batch_norm1d"))("batch norm: $name", (fixture) => {
    const { num_features: C, eps, calls, training } = fixture.config;
    const { weight, bias } = data(fixture.group("param"));
    const fixed =
      training || !fixture.has("in.running_mean")
        ? undefined
        : { mean: fixture.float("in.running_mean").data, variance: fixture.float("in.running_var").data };
    for (let i = 0; i < calls; i++) {
      const [N, , L = 1] = fixture.float(`in.x${i}`).shape as [number, number, number?];
      const toRows = (name: string) => swapLastTwo(fixture.float(name + i).data, N, C, L); // [N,C,L] -> [N*L,C]
      const [x, dy] = [toRows("in.x"), toRows("loss.w_out")];
      const back = (values: Float64Array) => swapLastTwo(values, N, L, C);
      fixture.check(`out.y${i}`, back(reference.batchNormForward(x, weight, bias, C, eps, fixed)));
      const { dx, dweight, dbias } = reference.batchNormBackward(x, weight, dy, C, eps, fixed);
      fixture.check(`grad.x${i}`, back(dx));
      if (weight) fixture.check(`grad.weight${i}`, dweight);
      if (bias) fixture.check(`grad.bias${i}`, dbias);
    }
  });

  it.each(fixtures("embedding"))("embedding: $name", (fixture) => {
    const { num, dim, padding_idx } = fixture.config;
    const index = fixture.index("in.index").data;
    fixture.check("out.y", reference.embeddingForward(fixture.float("param.weight").data, index, dim));
    const dweight = new Float64Array(num * dim);
    reference.embeddingBackward(dweight, index, fixture.float("loss.w_out").data, dim, padding_idx);
    fixture.check("grad.weight", dweight);
  });

  it.each(fixtures("linear"))("linear: $name", (fixture) => {
    const { in_features: I, out_features: O, bias } = fixture.config;
    const x = fixture.float("in.x").data;
    const N = x.length / I;
    const { weight, bias: b } = data(fixture.group("param"));
    fixture.check("out.y", reference.linearForward(x, weight!, b, N, I, O));
    const dw = new Float64Array(O * I);
    const db = bias ? new Float64Array(O) : undefined;
    const dy = fixture.float("loss.w_out").data;
    fixture.check("grad.x", reference.linearBackward(dw, db, x, weight!, dy, N, I, O));
    fixture.check("grad.weight", dw);
    if (db) fixture.check("grad.bias", db);
  });
});

describe("optimisers and clipping", () => {
  it.each(fixtures("optim"))("$name", (fixture) => {
    const { optimizer, args, defaults } = fixture.config;
    const p = Float64Array.from(fixture.float("param0.w").data);
    const update = reference.optimizer(optimizer, p.length, args);
    const withDefaults = Float64Array.from(p);
    const same = reference.optimizer(optimizer, p.length, defaults);
    for (let k = 1; k <= 5; k++) {
      update(p, fixture.float(`grad.${k}.w`).data);
      same(withDefaults, fixture.float(`grad.${k}.w`).data);
      fixture.check(`param.${k}.w`, p);
    }
    expect(withDefaults).toEqual(p);
  });

  it.each(fixtures("clip_grad_norm"))("clip by norm: $name", (fixture) => {
    const grads = [0, 1, 2].map((i) => Float64Array.from(fixture.float(`in.grad${i}`).data));
    const { max_norm, norm_type } = fixture.config;
    const total = reference.clipGradNorm(grads, max_norm, norm_type === "inf" ? Number.POSITIVE_INFINITY : 2);
    fixture.check("out.total_norm", [total]);
    grads.forEach((g, i) => {
      expectRelative(g, fixture.float(`out.grad${i}`).data, 1e-6, fixture.name);
    });
  });

  it.each(fixtures("clip_grad_value"))("clip by value: $name", (fixture) => {
    const grads = [0, 1, 2].map((i) => Float64Array.from(fixture.float(`in.grad${i}`).data));
    reference.clipGradValue(grads, fixture.config.clip_value);
    grads.forEach((g, i) => {
      fixture.check(`out.grad${i}`, g);
    });
  });
});
