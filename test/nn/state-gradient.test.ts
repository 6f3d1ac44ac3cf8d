import { expect, it } from "vitest";
import { reshape, slice } from "../../src/autograd/shape.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";
import { CELLS } from "./cells.ts";

describeRuntimes("onStateGradient", (rt) => {
  const [T, B, I, H] = [6, 3, 2, 5];

  it.each(Object.keys(CELLS))(
    "%s: dL/dh<t> is the gradient of the first state of the steps after t",
    (name) => {
      const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H });
      const x = rt().tensor(random(1).array(T * B * I), [T, B, I]);
      const dout = random(2).array(T * B * H);
      const seen = new Map<number, Float32Array>();
      module.onStateGradient = (place, step, gradient, rows) => {
        expect(place).toEqual({ layer: 0, direction: 0 });
        expect(rows).toBe(B);
        seen.set(step, gradient.slice());
      };
      const { output } = module.forward(x);
      output.backward(rt().tensor(dout, [T, B, H]));
      module.onStateGradient = undefined;
      expect([...seen.keys()]).toEqual([5, 4, 3, 2, 1, 0]);

      for (let t = 0; t < T; t++) {
        const own = dout.subarray(t * B * H, (t + 1) * B * H);
        const rest = T - t - 1;
        if (rest === 0) {
          expectClose(seen.get(t)!, own, [1, 0]);
          continue;
        }
        const first = (steps: number) => module.forward(slice(x, 0, steps)).state;
        const { h, c } = first(t + 1);
        const h0 = rt().tensor(h.toArray(), [1, B, H], { requiresGrad: true });
        const c0 = c && rt().tensor(c.toArray(), [1, B, H]);
        const after = module.forward(slice(x, t + 1, rest), { h0, ...(c0 && { c0 }) }).output;
        reshape(after, [rest * B * H]).backward(rt().tensor(dout.subarray((t + 1) * B * H), [rest * B * H]));
        const expected = gradientOf(h0).map((d, i) => d + own[i]!);
        expectClose(seen.get(t)!, expected, [1, 1e-6], `step ${t}`);
      }
    },
  );

  it("tells layers, directions and how many sequences still run", () => {
    const module = CELLS.LSTM!(rt(), { inputSize: I, hiddenSize: H, numLayers: 2, bidirectional: true });
    const x = rt().tensor(random(1).array(T * B * I), [T, B, I]);
    const seen: string[] = [];
    module.onStateGradient = ({ layer, direction }, step, gradient, rows) => {
      expect(gradient.length).toBe(rows * H);
      seen.push(`${layer}${direction} ${step} ${rows}`);
    };
    const { state } = module.forward(x, { lengths: [1, 4, 3] });
    state.h.backward(rt().tensor(new Float32Array(state.h.size).fill(1), state.h.shape));
    for (const place of ["00", "01", "10", "11"]) {
      const own = seen.filter((line) => line.startsWith(place)).map((line) => line.slice(3));
      expect(own.sort()).toEqual(["0 3", "1 2", "2 2", "3 1", "4 0", "5 0"]);
    }
  });
});
