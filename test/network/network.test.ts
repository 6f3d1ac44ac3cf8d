import fc from "fast-check";
import { expect, it } from "vitest";
import { Network } from "../../src/network/network.ts";
import type { NetworkSpec } from "../../src/network/spec.ts";
import { measure } from "../../src/runtime/meta.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { random } from "../random.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";
import { networkSpec } from "./random-spec.ts";

const [T, B, V] = [4, 3, 6];

/** Elements of a parameter that are moved in turn. */
const SAMPLES = 3;

/** Steps of the differences, tried in turn: a smaller one may leave out a kink of relu, a larger one has less noise. */
const STEPS = [1 / 64, 1 / 256, 1 / 1024];

const TOLERANCE = 6e-3;

/**
 * Compares gradients of sum(w * logits) for random w with central differences. An element at which they agree for none of
 * the steps is wrong, unless the slopes to its left and right differ even at the smallest: there the function has a kink,
 * and differences say nothing. Returns how many elements were compared and how many had a kink.
 */
function checkGradients(
  rt: Runtime,
  network: Network,
  lengths: readonly number[],
  seed: number,
): [number, number] {
  const draw = random(seed);
  const tokens = rt.tensor(draw.integers(T * B, V), [T, B]);
  const { position } = rt.random.state;
  const logits = (): Tensor => {
    rt.random.state = { seed: 1, position }; // each evaluation draws the same dropout masks
    return network.compute(tokens, { lengths }).output;
  };
  const w = draw.array(T * B * V);
  const f = () =>
    rt.noGrad(() =>
      rt.scope(() =>
        logits()
          .toArray()
          .reduce((sum, y, i) => sum + y * w[i]!, 0),
      ),
    );
  for (const { data, size } of Object.values(network.parameters())) data.set(draw.array(size, 0.75));
  const output = logits();
  output.backward(rt.tensor(w, output.shape));

  const middle = f();
  let [compared, kinks] = [0, 0];
  for (const [name, parameter] of Object.entries(network.parameters())) {
    const analytic = gradientOf(parameter);
    for (const i of new Set(draw.integers(SAMPLES, parameter.size))) {
      const value = parameter.data[i]!;
      const slope = (h: number) => {
        parameter.data[i] = value + h;
        const difference = f() - middle;
        parameter.data[i] = value;
        return difference / (Math.fround(value + h) - value);
      };
      const size = Math.max(1, Math.abs(analytic[i]!));
      let [agrees, kink] = [false, false];
      for (const h of STEPS) {
        const [below, above] = [slope(-h), slope(h)];
        agrees = Math.abs(analytic[i]! - (below + above) / 2) < TOLERANCE * size;
        kink = Math.abs(below - above) > TOLERANCE * size;
        if (agrees) break;
      }
      if (!agrees && kink) {
        kinks++;
        continue;
      }
      compared++;
      expect(agrees, `d/d${name}[${i}] is ${analytic[i]}`).toBe(true);
    }
  }
  return [compared, kinks];
}

describeRuntimes("a network of any spec", (rt) => {
  it("has the gradients of central differences, with lengths and dropout", { timeout: 60_000 }, () => {
    let [compared, kinks] = [0, 0];
    fc.assert(
      fc.property(
        networkSpec,
        fc.array(fc.integer({ min: 1, max: T }), { minLength: B, maxLength: B }),
        fc.nat(1000),
        (spec, lengths, seed) => {
          const network = new Network(rt(), spec, { inputs: V, outputs: V });
          const counts = checkGradients(rt(), network, lengths, seed);
          compared += counts[0];
          kinks += counts[1];
          network.dispose();
        },
      ),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(20 * kinks);
  });

  it("has as many parameters and running statistics as are counted without building it", () => {
    fc.assert(
      fc.property(networkSpec, fc.integer({ min: 1, max: 9 }), (spec, outputs) => {
        const untied = spec.tied ? {} : { beside: outputs % 4, pooled: 1 + (outputs % 2) };
        const sizes = { inputs: V, outputs: spec.tied ? V : outputs, ...untied };
        const network = new Network(rt(), spec, sizes);
        const made = Object.values(network.stateDict()).reduce((sum, { data }) => sum + data.length, 0);
        expect(measure((meta) => new Network(meta, spec, sizes))).toBe(made);
        network.dispose();
      }),
      { numRuns: 200 },
    );
  });

  it("leaves nothing in memory when it is disposed", () => {
    fc.assert(
      fc.property(networkSpec, (spec: NetworkSpec) => {
        const { used } = rt().memory;
        new Network(rt(), spec, { inputs: V, outputs: V }).dispose();
        expect(rt().memory.used).toBe(used);
      }),
    );
  });
});
