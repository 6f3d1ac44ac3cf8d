import { expect, it } from "vitest";
import { nn } from "../../src/index.ts";
import { describeRuntimes, expectError, startRuntime } from "../runtimes.ts";

describeRuntimes("skipInit", (rt, variant) => {
  const lstm = (runtime = rt()) => new nn.LSTM(runtime, { inputSize: 2, hiddenSize: 3, forgetBias: 1 });

  it("makes parameters without initial values, and draws no random numbers", async () => {
    const { state } = rt().random;
    const blank = rt().skipInit(() => lstm());
    expect(rt().random.state).toEqual(state);
    expect([...blank.layers[0]!.weightIh.data].every((x) => x === 0)).toBe(true);
    const first = lstm();
    expect(first.stateDict()).toEqual(lstm(await startRuntime(variant)).stateDict());
    blank.loadStateDict(first.stateDict());
    expect(blank.stateDict()).toEqual(first.stateDict());
  });

  it("ends if its function throws, the inner one before the outer one", () => {
    const drawn = () => lstm().layers[0]!.weightIh.data.some((x) => x !== 0);
    rt().skipInit(() => {
      expectError(() => rt().skipInit(() => rt().zeros([-1])), "ERR_SHAPE");
      expect(drawn()).toBe(false);
    });
    expect(drawn()).toBe(true);
  });
});
