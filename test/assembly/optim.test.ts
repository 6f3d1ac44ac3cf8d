import { it } from "vitest";
import type { Output } from "../arena.ts";
import { type Build, describeBuilds } from "../builds.ts";
import { expectClose, expectRelative } from "../close.ts";
import { random } from "../random.ts";
import * as reference from "../reference.ts";
import { expectSame } from "../same.ts";
import { SIZES } from "./sizes.ts";

/** One update, step k, by a kernel and by its reference; both keep moments in `state`. */
interface Update {
  state: Record<string, { kernel: Output; want: Float64Array }>;
  kernel(p: number, g: number, k: number): void;
  want(p: Float64Array, g: Float32Array, k: number): void;
}

const STEPS = 5;

/** Checks that parameters and moments stay close to the reference for five steps. */
function check({ arena }: Build, n: number, { state, kernel, want }: Update): void {
  const { array } = random(n);
  const initial = array(n);
  const p = arena.output(initial, { unaligned: true });
  const wanted = Float64Array.from(initial);
  for (let k = 1; k <= STEPS; k++) {
    const g = array(n);
    kernel(p.ptr, arena.input(g, { unaligned: k === 2 }), k);
    want(wanted, g, k);
  }
  expectClose(p.values, wanted, [1, 0], "p");
  for (const [name, { kernel, want }] of Object.entries(state)) {
    expectClose(kernel.values, want, [Math.max(...want), 0], name);
  }
}

/** Makes moments that start at 0. */
function moments<Names extends string>({ arena }: Build, n: number, ...names: Names[]) {
  const state = {} as Record<Names, { kernel: Output; want: Float64Array }>;
  for (const name of names) {
    state[name] = { kernel: arena.output(new Float32Array(n)), want: new Float64Array(n) };
  }
  return state;
}

function sgd(build: Build, n: number, momentum: number, dampening: number, nesterov: boolean): Update {
  const state = moments(build, n, "buf");
  const [lr, weight_decay] = [0.1, 0.03];
  return {
    state: momentum ? state : {},
    kernel: (p, g, k) =>
      build.kernels.sgd(
        p,
        g,
        state.buf.kernel.ptr,
        n,
        lr,
        momentum,
        dampening,
        weight_decay,
        nesterov,
        k === 1,
      ),
    want: (p, g, k) =>
      reference.sgd(p, g, { buf: state.buf.want }, k, { lr, weight_decay, momentum, dampening, nesterov }),
  };
}

function rmsprop(build: Build, n: number, momentum: number, centered: boolean): Update {
  const state = moments(build, n, "v", "mean", "buf");
  const { v, mean, buf } = state;
  const [lr, alpha, eps, weight_decay] = [0.01, 0.99, 1e-3, 0.03];
  return {
    state: { v, ...(centered && { mean }), ...(momentum && { buf }) },
    kernel: (p, g) =>
      build.kernels.rmsprop(
        ...([p, g, v.kernel.ptr, mean.kernel.ptr, buf.kernel.ptr, n] as const),
        ...([lr, alpha, eps, momentum, weight_decay, centered] as const),
      ),
    want: (p, g) =>
      reference.rmsprop(
        p,
        g,
        { v: v.want, mean: mean.want, buf: buf.want },
        { lr, alpha, eps, centered, momentum, weight_decay },
      ),
  };
}

function adagrad(build: Build, n: number): Update {
  const state = moments(build, n, "sum");
  const [lr, eps, weight_decay] = [0.05, 1e-3, 0.03];
  return {
    state,
    kernel: (p, g) => build.kernels.adagrad(p, g, state.sum.kernel.ptr, n, lr, eps, weight_decay),
    want: (p, g, k) =>
      reference.adagrad(p, g, { sum: state.sum.want }, k, { lr, eps, weight_decay, lr_decay: 0 }),
  };
}

function adadelta(build: Build, n: number): Update {
  const state = moments(build, n, "v", "u");
  const { v, u } = state;
  const [lr, rho, eps, weight_decay] = [0.7, 0.9, 1e-4, 0.03];
  return {
    state,
    kernel: (p, g) => build.kernels.adadelta(p, g, v.kernel.ptr, u.kernel.ptr, n, lr, rho, eps, weight_decay),
    want: (p, g) => reference.adadelta(p, g, { v: v.want, u: u.want }, { lr, rho, eps, weight_decay }),
  };
}

function adam(build: Build, n: number, decoupled: boolean, amsgrad: boolean): Update {
  const state = moments(build, n, "m", "v", "vmax");
  const { m, v, vmax } = state;
  const [lr, b1, b2, eps, weight_decay] = [0.01, 0.8, 0.9, 1e-3, 0.3];
  return {
    state: { m, v, ...(amsgrad && { vmax }) },
    kernel: (p, g, k) =>
      build.kernels.adam(
        ...([p, g, m.kernel.ptr, v.kernel.ptr, vmax.kernel.ptr, n] as const),
        ...([lr, lr / (1 - b1 ** k), 1 / Math.sqrt(1 - b2 ** k)] as const),
        ...([b1, b2, eps, weight_decay, decoupled, amsgrad] as const),
      ),
    want: (p, g, k) =>
      reference.adam(
        ...([p, g, { m: m.want, v: v.want, vmax: vmax.want }, k] as const),
        { lr, betas: [b1, b2], eps, amsgrad, weight_decay },
        decoupled,
      ),
  };
}

const OPTIMIZERS: Record<string, (build: Build, n: number) => Update> = {
  "sgd without momentum": (build, n) => sgd(build, n, 0, 0, false),
  "sgd with momentum and dampening": (build, n) => sgd(build, n, 0.9, 0.4, false),
  "sgd with Nesterov's momentum": (build, n) => sgd(build, n, 0.9, 0, true),
  rmsprop: (build, n) => rmsprop(build, n, 0, false),
  "rmsprop, centred, with momentum": (build, n) => rmsprop(build, n, 0.9, true),
  adagrad,
  adadelta,
  adam: (build, n) => adam(build, n, false, false),
  "adam with amsgrad": (build, n) => adam(build, n, false, true),
  adamw: (build, n) => adam(build, n, true, false),
};

describeBuilds("optimisers", (build) => {
  it.each(Object.entries(OPTIMIZERS))("%s makes the same steps as the reference", (_, update) => {
    for (const n of SIZES) {
      build.arena.clear();
      check(build, n, update(build, n));
      build.arena.check();
    }
  });
});

describeBuilds("moments", ({ kernels: k, arena }) => {
  const n = 7;
  const tiny = () => arena.output(new Float32Array(n).fill(1.2e-38));
  const zero = () => arena.input(new Float32Array(n));
  const parameters = () => arena.output(new Float32Array(n).fill(1));

  it("are flushed to 0 when they become subnormal", () => {
    const [buffer, square, mean, velocity, v, u, m, variance] = Array.from({ length: 8 }, tiny);
    k.sgd(parameters().ptr, zero(), buffer!.ptr, n, 0.1, 0.9, 0, 0, false, false);
    k.rmsprop(
      ...([parameters().ptr, zero(), square!.ptr, mean!.ptr, velocity!.ptr, n] as const),
      ...([0.1, 0.9, 1, 0.9, 0, true] as const),
    );
    k.adadelta(parameters().ptr, zero(), v!.ptr, u!.ptr, n, 1, 0.9, 1e-6, 0);
    k.adam(
      ...([parameters().ptr, zero(), m!.ptr, variance!.ptr, variance!.ptr, n] as const),
      ...([0.1, 0.1, 1, 0.9, 0.9, 1, 0, false, false] as const),
    );
    for (const moment of [buffer, square, mean, velocity, v, u, m, variance]) {
      expectSame(moment!.values, new Float32Array(n));
    }
    const sum = arena.output(new Float32Array(n));
    k.adagrad(parameters().ptr, arena.input(new Float32Array(n).fill(1e-20)), sum.ptr, n, 0.1, 1, 0);
    expectSame(sum.values, new Float32Array(n));
  });

  it("of the square average are accurate for a decay near 1", () => {
    const g = Float32Array.from({ length: n }, (_, i) => i + 1);
    const squares = Array.from({ length: 3 }, () => arena.output(new Float32Array(n)));
    const [adamSquare, rmsSquare, deltaSquare] = squares;
    const m = arena.output(new Float32Array(n));
    const decay = 0.9999;
    k.adam(
      ...([parameters().ptr, arena.input(g), m.ptr, adamSquare!.ptr, adamSquare!.ptr, n] as const),
      ...([0.1, 0.1, 1, decay, decay, 1, 0, false, false] as const),
    );
    k.rmsprop(
      ...([parameters().ptr, arena.input(g), rmsSquare!.ptr, rmsSquare!.ptr, rmsSquare!.ptr, n] as const),
      ...([0.1, decay, 1, 0, 0, false] as const),
    );
    const u = arena.output(new Float32Array(n));
    k.adadelta(parameters().ptr, arena.input(g), deltaSquare!.ptr, u.ptr, n, 1, decay, 1e-6, 0);
    for (const { values } of squares) {
      expectRelative(
        values,
        Float64Array.from(g, (value) => (1 - decay) * value * value),
        1e-6,
      );
    }
    expectRelative(
      m.values,
      Float64Array.from(g, (value) => (1 - decay) * value),
      1e-6,
    );
  });
});
