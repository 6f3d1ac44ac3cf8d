import fc from "fast-check";
import { it } from "vitest";
import { describeRuntimes } from "../runtimes.ts";
import { checkSlopes } from "./check-slopes.ts";
import { drawn } from "./drawn-cells.ts";

describeRuntimes("networks drawn at random", (rt) => {
  it("have the gradients that differences show", () => {
    fc.assert(
      fc.property(drawn, (given) => fc.pre(rt().scope(() => checkSlopes(rt(), given)))),
      { numRuns: 100 },
    );
  });
});
