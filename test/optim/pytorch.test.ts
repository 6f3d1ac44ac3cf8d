import { expect, it } from "vitest";
import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  clipGradNorm,
  clipGradValue,
  RMSprop,
  SGD,
  type SGDOptions,
} from "../../src/optim/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { type Fixture, fixtures } from "../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";

const OPTIMIZERS = { SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW };

/** Maps PyTorch's names of hyper-parameters to ours. */
function camelCase(options: object): SGDOptions {
  const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value])) as never;
}

/** Makes parameters whose gradients are in.grad0 to in.grad2. */
function withGradients(rt: Runtime, fixture: Fixture<"clip_grad_norm" | "clip_grad_value">) {
  const given = Object.entries(fixture.group("in")).map(([name, { shape, data }]) => {
    const parameter = rt.zeros(shape, { requiresGrad: true });
    parameter.backward(rt.tensor(data, shape));
    return [name, parameter] as const;
  });
  return Object.fromEntries(given) as Record<string, Tensor>;
}

describeRuntimes("optimisers and clipping against PyTorch", (rt) => {
  it.each(fixtures("optim"))("$name", (fixture) => {
    const { optimizer: name, args, defaults } = fixture.config;
    const start = fixture.float("param0.w");
    const pair = [args, defaults].map((options) => {
      const w = rt().tensor(start.data, start.shape, { requiresGrad: true });
      return { w, optimizer: new OPTIMIZERS[name]({ w }, camelCase(options)) };
    });
    for (let k = 1; k <= 5; k++) {
      const { data, shape } = fixture.float(`grad.${k}.w`);
      for (const { w, optimizer } of pair) {
        optimizer.zeroGrad();
        w.backward(rt().tensor(data, shape));
        optimizer.step();
        fixture.check(`param.${k}.w`, w.data);
        expect(gradientOf(w), "a step leaves the gradient as it is").toEqual(data);
      }
    }
    expect(pair[0]!.w.toArray(), "our defaults are PyTorch's").toEqual(pair[1]!.w.toArray());
  });

  it.each(fixtures("clip_grad_norm"))("clip by norm: $name", (fixture) => {
    const parameters = withGradients(rt(), fixture);
    const { max_norm, norm_type } = fixture.config;
    const norm = clipGradNorm(parameters, max_norm, norm_type === "inf" ? Infinity : norm_type);
    fixture.check("out.total_norm", [norm]);
    for (const [name, parameter] of Object.entries(parameters)) {
      const want = fixture.float(`out.${name}`).data;
      gradientOf(parameter).forEach((got, i) => {
        expect(Math.abs(got - want[i]!)).toBeLessThanOrEqual(1e-6 * Math.abs(want[i]!));
      });
    }
  });

  it.each(fixtures("clip_grad_value"))("clip by value: $name", (fixture) => {
    const parameters = withGradients(rt(), fixture);
    clipGradValue(parameters, fixture.config.clip_value);
    for (const [name, parameter] of Object.entries(parameters)) {
      fixture.check(`out.${name}`, gradientOf(parameter));
    }
  });
});
