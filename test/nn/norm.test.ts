import { expect, it } from "vitest";
import { gatherRows } from "../../src/autograd/shape.ts";
import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import type { BatchNormConfig } from "../fixtures/configs.ts";
import { fixtures } from "../fixtures/load.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";
import { expectSame } from "../same.ts";

/** [N,P,Q] -> [N,Q,P] */
function swapLastTwo(values: ArrayLike<number>, [N = 0, P = 0, Q = 0]: readonly number[]): Float32Array {
  return Float32Array.from({ length: N * P * Q }, (_, i) => {
    const [n, q, p] = [Math.floor(i / (P * Q)), Math.floor(i / P) % Q, i % P];
    return values[(n * P + p) * Q + q]!;
  });
}

function batchNormOf(rt: Runtime, config: BatchNormConfig): nn.BatchNorm {
  const { num_features, eps, momentum, affine, track_running_stats, training } = config;
  const options = {
    numFeatures: num_features,
    eps,
    momentum,
    affine,
    trackRunningStats: track_running_stats,
  };
  return new nn.BatchNorm(rt, options).train(training);
}

const NORMS: Record<string, (rt: Runtime, affine: boolean) => nn.Norm> = {
  LayerNorm: (rt, affine) => new nn.LayerNorm(rt, { numFeatures: 5, affine }),
  BatchNorm: (rt, affine) => new nn.BatchNorm(rt, { numFeatures: 5, affine }),
};

/** Changes parameters and statistics from their initial values. */
function shuffle(module: nn.Norm): void {
  const state = module.stateDict();
  Object.values(state).forEach(({ data }, i) => {
    data.set(
      random(70 + i)
        .array(data.length)
        .map((value) => (data instanceof Int32Array ? 3 : Math.abs(value))),
    );
  });
  module.loadStateDict(state);
}

describeRuntimes("normalisation", (rt) => {
  it.each(fixtures("layer_norm"))("LayerNorm against PyTorch: $name", (fixture) => {
    const { normalized_shape, eps, affine } = fixture.config;
    const module = new nn.LayerNorm(rt(), { normalizedShape: normalized_shape, eps, affine });
    module.loadStateDict(fixture.group("param"));
    const { shape, data } = fixture.float("in.x");
    const x = rt().tensor(data, shape, { requiresGrad: true });
    const y = module.forward(x);
    fixture.check("out.y", y.data);
    y.backward(rt().tensor(fixture.float("loss.w_out").data, shape));
    fixture.check("grad.x", gradientOf(x));
    for (const [name, tensor] of Object.entries(module.parameters())) {
      fixture.check(`grad.${name}`, gradientOf(tensor));
    }
  });

  it.each(fixtures("batch_norm1d"))("BatchNorm against PyTorch: $name", (fixture) => {
    const module = batchNormOf(rt(), fixture.config);
    const tracks = fixture.config.track_running_stats;
    module.loadStateDict({
      ...module.stateDict(),
      ...fixture.group("param"),
      ...(tracks && {
        running_mean: fixture.float("in.running_mean"),
        running_var: fixture.float("in.running_var"),
      }),
    });
    for (let i = 0; i < fixture.config.calls; i++) {
      const { shape } = fixture.float(`in.x${i}`);
      const [N = 0, C = 0, L] = shape;
      const featuresLast = L === undefined ? shape : [N, L, C];
      const turn = (values: Float32Array, from: readonly number[]) =>
        L === undefined ? values : swapLastTwo(values, from);
      const tensor = (name: string, requiresGrad = false): Tensor =>
        rt().tensor(turn(fixture.float(name).data, shape), featuresLast, { requiresGrad });
      const x = tensor(`in.x${i}`, true);
      const y = module.forward(x);
      fixture.check(`out.y${i}`, turn(y.toArray(), featuresLast));
      y.backward(tensor(`loss.w_out${i}`));
      fixture.check(`grad.x${i}`, turn(gradientOf(x), featuresLast));
      for (const [name, parameter] of Object.entries(module.parameters())) {
        fixture.check(`grad.${name}${i}`, gradientOf(parameter));
        parameter.grad!.data.fill(0);
      }
      if (!tracks) continue;
      fixture.check(`out.running_mean${i}`, module.runningMean!.data);
      fixture.check(`out.running_var${i}`, module.runningVar!.data);
    }
    const seen = fixture.config.training ? fixture.config.calls : 0;
    if (tracks) expect(module.numBatchesTracked!.item()).toBe(seen);
  });

  it("keeps PyTorch's names: buffers are saved and loaded, but not trained", () => {
    const module = new nn.BatchNorm(rt(), { numFeatures: 2 });
    expect(Object.keys(module.parameters())).toEqual(["weight", "bias"]);
    const state = module.stateDict();
    expect(state).toEqual({
      weight: { shape: [2], data: Float32Array.of(1, 1) },
      bias: { shape: [2], data: Float32Array.of(0, 0) },
      running_mean: { shape: [2], data: Float32Array.of(0, 0) },
      running_var: { shape: [2], data: Float32Array.of(1, 1) },
      num_batches_tracked: { shape: [], data: Int32Array.of(0) },
    });
    module.forward(rt().tensor([1, 2, 5, 2], [2, 2]));
    const after = module.stateDict();
    expect(after.num_batches_tracked!.data[0]).toBe(1);
    const other = new nn.BatchNorm(rt(), { numFeatures: 2 });
    other.loadStateDict(after);
    expect(other.stateDict()).toEqual(after);
    expectError(() => other.loadStateDict(module.parameters()), "ERR_FORMAT", "running_mean is missing");
    expect(Object.keys(new nn.LayerNorm(rt(), { numFeatures: 2 }).stateDict())).toEqual(["weight", "bias"]);
    expect(
      new nn.BatchNorm(rt(), { numFeatures: 2, affine: false, trackRunningStats: false }).stateDict(),
    ).toEqual({});
  });

  it("gives back its memory, buffers included", () => {
    const { used } = rt().memory;
    for (const make of Object.values(NORMS)) {
      const module = make(rt(), true);
      const packed = module.pack();
      packed.dispose();
      module.dispose();
    }
    expectError(() => new nn.BatchNorm(rt(), { numFeatures: 3, momentum: 2 }), "ERR_VALUE", "momentum is 2");
    expect(rt().memory.used).toBe(used);
  });

  it.each(Object.keys(NORMS))("%s leaves out rows past the end of a sequence, and sets them to 0", (name) => {
    const [T, B, N] = [3, 4, 5];
    const batchSizes = Int32Array.of(4, 2, 1);
    const active = Int32Array.of(0, 1, 2, 3, 4, 5, 8);
    const [a, b] = [NORMS[name]!(rt(), true), NORMS[name]!(rt(), true)];
    for (const module of [a, b]) shuffle(module);
    const [x, up] = [random(1).array(T * B * N), random(2).array(T * B * N)];
    const padded = rt().tensor(x, [T, B, N], { requiresGrad: true });
    for (let row = 0; row < T * B; row++) {
      if (!active.includes(row)) padded.data.fill(Number.NaN, row * N, (row + 1) * N);
    }
    rt().scope(() => rt().tensor(new Float32Array(1000).fill(7), [1000]).size); // leaves memory that is not zero
    const y = a.forward(padded, batchSizes);
    y.backward(rt().tensor(up, [T, B, N]));
    const rows = (tensor: Tensor) => gatherRows(tensor, active, [active.length, N]).toArray();
    const packed = rt().tensor(rows(rt().tensor(x, [T, B, N])), [7, N], { requiresGrad: true });
    const want = b.forward(packed);
    want.backward(rt().tensor(rows(rt().tensor(up, [T, B, N])), [7, N]));
    const spread = (values: Float32Array) => {
      const all = new Float32Array(T * B * N);
      active.forEach((row, i) => {
        all.set(values.subarray(i * N, (i + 1) * N), row * N);
      });
      return all;
    };
    expectSame(y.toArray(), spread(want.toArray()), "y");
    expectSame(gradientOf(padded), spread(gradientOf(packed)), "dx");
    expect(a.stateDict()).toEqual(b.stateDict());
    for (const key of ["weight", "bias"] as const) expectSame(gradientOf(a[key]!), gradientOf(b[key]!), key);

    const all = a.forward(rt().tensor(x, [T, B, N]), Int32Array.of(B, B, B)).toArray();
    expectSame(all, b.forward(rt().tensor(x, [T, B, N])).toArray(), "batchSizes of all rows");
  });

  it.each(Object.keys(NORMS))(
    "%s, packed, computes what inference computes, and keeps its values",
    (name) => {
      for (const affine of [true, false]) {
        const module = NORMS[name]!(rt(), affine);
        shuffle(module);
        module.train(false);
        const x = rt().tensor(random(3).array(15), [3, 5]);
        const want = module.forward(x).toArray();
        const packed = module.pack();
        shuffle(module);
        for (const { data } of Object.values(module.parameters())) data.fill(9);
        const y = rt().zeros([3, 5]);
        const { used } = rt().memory;
        packed.run(y.ptr, x.ptr, 3);
        expectSame(y.toArray(), want);
        packed.run(x.ptr, x.ptr, 2);
        expectSame(x.toArray().subarray(0, 10), want.subarray(0, 10), "in place");
        expect(rt().memory.used).toBe(used);
        packed.dispose();
      }
    },
  );

  it("normalises by the batch if nothing is tracked; then there is nothing to pack", () => {
    const module = new nn.BatchNorm(rt(), { numFeatures: 2, trackRunningStats: false }).train(false);
    const x = rt().tensor([1, 2, 3, 8], [2, 2]);
    expectSame(module.forward(x).data.map(Math.round), [-1, -1, 1, 1]);
    expectError(() => module.pack(), "ERR_STATE", "trackRunningStats");
    expectError(() => module.forward(rt().zeros([1, 2])), "ERR_SHAPE", "at least 2");
  });

  it("does not count a batch that it refuses", () => {
    const module = new nn.BatchNorm(rt(), { numFeatures: 2, momentum: null });
    const before = module.stateDict();
    expectError(() => module.forward(rt().zeros([1, 2])), "ERR_SHAPE", "at least 2");
    expect(module.stateDict()).toEqual(before);
  });

  it("LayerNorm over several axes: padding, streams, and what does not fit", () => {
    const module = new nn.LayerNorm(rt(), { normalizedShape: [2, 3] });
    expect(module.stateDict().weight!.shape).toEqual([2, 3]);
    expect([module.numFeatures, module.featureShape]).toEqual([6, [2, 3]]);
    shuffle(module);
    const flat = new nn.LayerNorm(rt(), { numFeatures: 6 });
    const { weight, bias } = module.stateDict();
    flat.loadStateDict({ weight: { ...weight!, shape: [6] }, bias: { ...bias!, shape: [6] } });
    const values = random(80).array(4 * 3 * 6);
    const run = (norm: nn.LayerNorm, shape: number[], batchSizes?: Int32Array) => {
      const x = rt().tensor(values, shape, { requiresGrad: true });
      const y = norm.forward(x, batchSizes);
      y.backward(rt().tensor(random(81).array(x.size), shape));
      return [y.toArray(), gradientOf(x).slice()];
    };
    for (const batchSizes of [undefined, Int32Array.of(3, 2, 2, 0)]) {
      expect(run(module, [4, 3, 2, 3], batchSizes)).toEqual(run(flat, [4, 3, 6], batchSizes));
    }
    const packed = module.pack();
    const x = rt().tensor(values, [12, 2, 3]);
    const want = module.forward(x).toArray();
    packed.run(x.ptr, x.ptr, 12);
    expectSame(x.toArray(), want);
    for (const shape of [[3], [3, 2], [4, 2, 2]]) {
      expectError(() => module.forward(rt().zeros(shape)), "ERR_SHAPE", `[${shape}]`, "2,3]");
    }
    expectError(() => module.forward(rt().zeros([4, 2, 3]), Int32Array.of(1)), "ERR_SHAPE", "batchSizes");
    for (const normalizedShape of [[2, -1], [2.5], 6, "6"]) {
      expectError(
        () => new nn.LayerNorm(rt(), { normalizedShape: normalizedShape as never }),
        "ERR_SHAPE",
        "normalizedShape",
      );
    }
    for (const normalizedShape of [[], [0], [2, 0]]) {
      expectError(() => new nn.LayerNorm(rt(), { normalizedShape }), "ERR_VALUE", "numFeatures");
    }
    const both = { numFeatures: 6, normalizedShape: [2, 3] };
    expectError(() => new nn.LayerNorm(rt(), both), "ERR_VALUE", "numFeatures", "normalizedShape");
    expectError(() => new nn.LayerNorm(rt(), {}), "ERR_VALUE", "numFeatures");
  });

  it("refuses options and inputs that do not fit", () => {
    for (const Norm of [nn.LayerNorm, nn.BatchNorm]) {
      expectError(() => new Norm(rt(), undefined as never), "ERR_VALUE", Norm.name);
      expectError(() => new Norm(rt(), { numFeatures: 0 }), "ERR_VALUE", "numFeatures is 0");
      expectError(() => new Norm(rt(), { numFeatures: 2, eps: -1 }), "ERR_VALUE", "eps is -1");
      const module = new Norm(rt(), { numFeatures: 2, affine: false });
      expectError(() => module.forward(rt().zeros([4, 3])), "ERR_SHAPE", "[4,3]", "[4,2]");
    }
  });
});
