import { expect, it } from "vitest";
import { type Build, describeBuilds } from "../builds.ts";
import { random } from "../random.ts";
import { softmaxForward } from "../reference.ts";
import { block } from "./philox.ts";

interface Options {
  temperature?: number;
  topK?: number;
  topP?: number;
  seed?: number;
}

/** Returns a function that draws from the logits, given the number of the random block. */
function sampler({ kernels, arena }: Build, logits: ArrayLike<number>, options: Options = {}) {
  const { temperature = 1, topK = 0, topP = 1, seed = 5 } = options;
  const n = logits.length;
  const x = arena.input(logits);
  const work = arena.output(2 * n, { unaligned: true });
  return (place = 0) => kernels.sample(x, n, temperature, topK, topP, work.ptr, seed, place);
}

/** Counts how often each index comes up in `count` draws. */
function frequencies(build: Build, logits: ArrayLike<number>, count: number, options: Options): number[] {
  const draw = sampler(build, logits, options);
  const found = Array.from(logits, () => 0);
  for (let place = 0; place < count; place++) found[draw(place)]!++;
  return found;
}

/** Returns the indices that come up in 200 draws. */
function drawn(build: Build, logits: ArrayLike<number>, options: Options): number[] {
  return frequencies(build, logits, 200, options).flatMap((count, i) => (count ? [i] : []));
}

/** Returns the probabilities after temperature, top-k and top-p, in the order of the logits; ties go to the lower index. */
function distribution(logits: number[], { temperature = 1, topK = 0, topP = 1 }: Options): number[] {
  const scaled = Float64Array.from(logits, (x) => x / temperature);
  const p = [...softmaxForward(scaled, 1, logits.length)];
  const order = p.map((_, i) => i).sort((i, j) => p[j]! - p[i]! || i - j);
  const kept = order.slice(0, topK || order.length);
  const total = kept.reduce((sum, i) => sum + p[i]!, 0);
  let reached = 0;
  const enough = kept.findIndex((i) => {
    reached += p[i]!;
    return reached >= topP * total;
  });
  const last = topP < 1 ? kept.slice(0, enough + 1) : kept;
  const mass = last.reduce((sum, i) => sum + p[i]!, 0);
  return p.map((value, i) => (last.includes(i) ? value / mass : 0));
}

/** Returns the sum of (found - expected)^2 / expected; infinite if something impossible was found. */
function chiSquare(found: number[], p: number[], count: number): number {
  return found.reduce((sum, n, i) => {
    const expected = p[i]! * count;
    return expected === 0 ? (n === 0 ? sum : Infinity) : sum + (n - expected) ** 2 / expected;
  }, 0);
}

const LOGITS = [0.5, -1, 2, 0, -Infinity, 1.5, 2, -0.25];

describeBuilds("sample", (build) => {
  it.each<Options>([
    {},
    { temperature: 0.5 },
    { temperature: 3 },
    { topK: 3 },
    { topK: 1 },
    { topP: 0.8 },
    { topP: 0.3 },
    { topK: 4, topP: 0.75 },
    { topK: 99, topP: 0.9, temperature: 2 },
  ])("draws with the probabilities of softmax, %j", (options) => {
    const count = 3000;
    const p = distribution(LOGITS, options);
    const found = frequencies(build, LOGITS, count, options);
    const freedom = p.filter((value) => value > 0).length - 1;
    // Mean + 4 standard deviations of the chi-square distribution; the seed is fixed.
    expect(chiSquare(found, p, count)).toBeLessThanOrEqual(freedom + 4 * Math.sqrt(2 * freedom));
  });

  it("draws by the cumulative probabilities in the order of the logits", () => {
    const logits = random(1).array(13, 4);
    const p = softmaxForward(logits, 1, 13);
    const draw = sampler(build, logits, { seed: 9 });
    for (let place = 0; place < 500; place++) {
      let left = block(9, place)[0] / 2 ** 32;
      const want = p.findIndex((value) => {
        left -= value;
        return left < 0;
      });
      expect(draw(place)).toBe(want);
    }
  });

  it("takes the likeliest for temperature 0, the first of equals", () => {
    for (let n = 1; n <= 9; n++) {
      for (let i = 0; i < n; i++) {
        const logits = random(n).array(n).fill(2, i);
        expect(sampler(build, logits, { temperature: 0 })()).toBe(i);
      }
    }
  });

  it("takes the likeliest for an infinite logit and for temperatures near 0", () => {
    expect(drawn(build, [1, Infinity, 3, 2], {})).toEqual([1]);
    for (const temperature of [1e-3, 1e-30, 1e-39, 1e-44]) {
      for (const topK of [0, 1, 2]) {
        expect(drawn(build, [1, -2, 2.5, 2, 3, 1, 0], { temperature, topK })).toEqual([4]);
      }
    }
  });

  it("keeps just enough for top-p", () => {
    const logits = [0.1, 0.2, 0.3, 0.4].map(Math.log);
    expect(drawn(build, logits, { topP: 0.39 })).toEqual([3]);
    expect(drawn(build, logits, { topP: 0.41 })).toEqual([2, 3]);
    expect(drawn(build, logits, { topP: 0.69 })).toEqual([2, 3]);
    expect(drawn(build, logits, { topP: 0.71 })).toEqual([1, 2, 3]);
    expect(drawn(build, logits, { topP: 0 })).toEqual([3]);
  });

  it("keeps the first of equals for top-k and sorts long rows", () => {
    expect(drawn(build, [0, 1, 1, 0, 1, 1], { topK: 3 })).toEqual([1, 2, 4]);
    const logits = random(4).array(257);
    const best = [...logits.keys()].sort((i, j) => logits[j]! - logits[i]!).slice(0, 10);
    expect(drawn(build, logits, { topK: 10 })).toEqual(best.sort((i, j) => i - j));
  });

  it("gives -1 if a logit is NaN or none is above -infinity", () => {
    for (const temperature of [0, 1]) {
      for (let i = 0; i < 6; i++) {
        const logits = [1, 2, 3, 4, 5, 6];
        logits[i] = Number.NaN;
        expect(sampler(build, logits, { temperature })()).toBe(-1);
      }
      expect(sampler(build, [-Infinity, -Infinity, -Infinity], { temperature })()).toBe(-1);
    }
  });

  it("never draws -infinity, nor an index whose weight underflows next to the likeliest", () => {
    const logits = [-Infinity, -200, 1, -Infinity, 1, -200, -Infinity];
    for (const options of [{}, { topK: 5 }, { topP: 0.999999 }]) {
      expect(drawn(build, logits, options)).toEqual([2, 4]);
    }
  });

  it("draws the only index", () => {
    for (const options of [{}, { topK: 1 }, { topP: 0.5 }, { temperature: 0 }]) {
      expect(sampler(build, [-3], options)()).toBe(0);
    }
  });
});
