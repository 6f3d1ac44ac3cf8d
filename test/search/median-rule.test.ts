import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { type Objective, search } from "../../src/search/search.ts";
import { checkSpace } from "../../src/search/space.ts";

describe("the median rule", () => {
  const space = checkSpace({ x: { min: 1, max: 100000, whole: true } });
  /** Candidate n reports the n-th curve. */
  const curves = (all: readonly (readonly number[])[], medianAfter: number) => {
    const objective: Objective = async (_, { number, report, signal }) => {
      all[number - 1]!.forEach((loss, i) => {
        if (signal.aborted) throw new UnrolledError("ERR_ABORTED", "stopped");
        report(i + 1, loss);
      });
    };
    return search(objective, { space, trials: all.length, medianAfter });
  };

  it("stops a candidate as soon as it is worse than the median of those before it", async () => {
    const before = [
      [5, 4, 3],
      [5, 3, 2],
      [5, 2, 1],
    ];
    const { trials } = await curves([...before, [4, 3.5, 1], [5, 3, 3, 0], [6, 0, 0]], 3);
    expect(trials.map(({ status }) => status)).toEqual([
      "done",
      "done",
      "done",
      "stopped",
      "stopped",
      "stopped",
    ]);
    // 3.5 is above 3. The candidate with 3 at that report is not, but its 3 at the next is above 2. The median of six is 5.
    expect(trials.slice(3).map(({ losses }) => losses.length)).toEqual([2, 3, 1]);
  });

  it("judges none before there are enough, and none at all if the rule is off", async () => {
    const all = [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ];
    const statuses = async (after: number) =>
      (await curves(all, after)).trials.map(({ status }) => status[0]).join("");
    expect(await statuses(1)).toBe("dsss");
    expect(await statuses(2)).toBe("ddss");
    expect(await statuses(4)).toBe("dddd");
    expect(await statuses(0)).toBe("dddd");
  });

  it("takes means of the middle two, the smallest loss so far, and the end of who ended early", async () => {
    const statuses = async (all: number[][]) => (await curves(all, 2)).trials.at(-1)!.status;
    expect(
      await statuses([
        [1, 1],
        [3, 3],
        [2, 2],
      ]),
    ).toBe("done");
    expect(
      await statuses([
        [1, 1],
        [3, 3],
        [2.1, 2.1],
      ]),
    ).toBe("stopped");
    expect(
      await statuses([
        [1, 1],
        [1, 1],
        [1, 9],
      ]),
    ).toBe("done");
    expect(await statuses([[1], [1], [1, 1], [0.9, 0.9, 0.9]])).toBe("done");
    const [short, long] = [[1], [1, 0.2]];
    expect(await statuses([short, short, short, long, long, [1, 1, 1]])).toBe("done");
    expect(await statuses([[2], [2], [2, 1], [1.9, 2.5, 2.5]])).toBe("done");
  });

  it("keeps its verdict if an objective continues to report", async () => {
    const { trials } = await search(
      async (_, { number, report, signal }) => {
        for (const loss of number === 2 ? [2, 0] : [1, 1]) report(1, loss);
        if (signal.aborted) throw new UnrolledError("ERR_ABORTED", "stopped");
      },
      { space, trials: 2, medianAfter: 1 },
    );
    expect(trials[1]!.status).toBe("stopped");
  });

  it("does not count a complete run as stopped if the last report is poor", async () => {
    const { trials } = await curves([[1], [1], [2]], 2);
    expect(trials[2]!.status).toBe("done");
  });

  it("never stops the candidate with the smallest loss of all", async () => {
    const curve = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(curve, { minLength: 1, maxLength: 12 }), fc.nat(3), async (all, after) => {
        const { trials, best } = await curves(all, after);
        expect(best!.best).toBe(Math.min(...trials.map((trial) => trial.best!)));
      }),
    );
  });
});
