import { expect, it } from "vitest";
import { orthogonal } from "../../../studio/src/lab/orthogonal.ts";
import { mulberry32 } from "../../../studio/src/lab/random.ts";
import { gradientByDistance } from "../../../studio/src/lab/vanishing.ts";

it("changes by the spectral radius at each step if there is no tanh", async () => {
  for (const radius of [0.5, 1, 1.5]) {
    const { norms, byWeights } = await gradientByDistance({ radius, activation: "linear", steps: 20 });
    norms.forEach((norm, d) => {
      expect(norm / byWeights[d]!).toBeCloseTo(1, 3);
    });
  }
});

it("vanishes below 1 and explodes above, less so with tanh", async () => {
  const verdict = async (radius: number) => (await gradientByDistance({ radius })).diagnosis.verdict;
  expect(await verdict(0.7)).toBe("vanishes");
  expect(await verdict(1)).toBe("flows");
  expect(await verdict(1.5)).toBe("explodes");
  const { norms, byWeights, slope } = await gradientByDistance({ radius: 1.5 });
  expect(norms.at(-1)).toBeLessThan(byWeights.at(-1)!);
  expect(slope).toBeLessThan(0.8);
});

it("makes orthogonal matrices", () => {
  const n = 5;
  const q = orthogonal(mulberry32(3), n);
  const row = (r: number) => q.slice(r * n, (r + 1) * n);
  for (let r = 0; r < n; r++) {
    for (let s = 0; s < n; s++) {
      const product = row(r).reduce((sum, value, i) => sum + value * row(s)[i]!, 0);
      expect(product).toBeCloseTo(Number(r === s), 10);
    }
  }
});
