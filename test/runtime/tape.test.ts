import { expect, it } from "vitest";
import { Tape } from "../../src/runtime/tape.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { describeRuntimes } from "../runtimes.ts";

describeRuntimes("the tape", (rt) => {
  const leaf = () => rt().tensor([1], [1], { requiresGrad: true });

  /** Makes a tape and records operations by name; `ran` and `freed` are those that have run backward and that were freed. */
  function setup() {
    const tape = new Tape();
    const [ran, freed]: [string[], string[]] = [[], []];
    const record = (name: string, inputs: Tensor[], output: Tensor, differentiable = inputs) =>
      tape.record({
        name,
        inputs,
        outputs: [output],
        differentiable,
        backward: () => ran.push(name),
        free: () => freed.push(name),
      });
    return { tape, ran, freed, record };
  }

  it("follows only inputs that get a gradient", () => {
    const { tape, ran, freed, record } = setup();
    const [x, constant, z] = [leaf(), leaf(), leaf()];
    record("first", [x], constant);
    record("second", [x, constant], z, [x]);
    tape.backward([z], () => {});
    expect([ran, freed]).toEqual([["second"], ["second"]]);
    tape.backward([constant], () => {});
    expect(ran).toEqual(["second", "first"]);
  });

  it("truncates to a mark, whatever has run backward since, and drops operations with no result left", () => {
    const { tape, ran, freed, record } = setup();
    const [x, a, b, c, d] = [leaf(), leaf(), leaf(), leaf(), leaf()];
    record("outer", [x], a);
    record("kept", [x], b);
    const { mark } = tape;
    record("inner", [x], c);
    tape.backward([a], () => {});
    tape.truncate(mark);
    expect([ran, freed]).toEqual([["outer"], ["outer", "inner"]]);
    record("gone", [x], d);
    d.dispose();
    tape.backward([b], () => {});
    expect(freed).toEqual(["outer", "inner", "gone", "kept"]);
  });
});
