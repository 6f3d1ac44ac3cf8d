import "../no-liftoff.ts";
import { it } from "vitest";
import { describeBuilds } from "../builds.ts";
import { expectClose } from "../close.ts";
import { CELLS, type CellName, type Options, problem } from "./recurrent-problem.ts";
import { expected } from "./recurrent-reference.ts";
import { runInPlace } from "./recurrent-run.ts";

const OPTIONS: Readonly<Record<string, Options | undefined>> = {
  "no options": undefined,
  "clip and peepholes": { limit: 1.25, peepholes: true },
  "normalised gates and peepholes of the state before": { normalised: true, peepholes: "previous" },
};

describeBuilds("a step with recurrent weights of 8 bits", (build) => {
  const cells = Object.keys(CELLS) as CellName[];
  for (const cell of cells) {
    for (const [label, options] of Object.entries(OPTIONS)) {
      it.each([
        [1, 3],
        [1, 16],
        [3, 9],
        [2, 33],
      ])(`${cell}, ${label}, batch %i, %i units: computes with the quantised numbers`, (B, H) => {
        const given = problem({ cell, T: 1, B, H, direction: 1, int8: true, ...(options && { options }) });
        const { hs, cs } = expected(given);
        const [h, c] = runInPlace(build, given);
        expectClose(h!, hs.subarray(B * H), [2, 0], "h");
        if (cs) expectClose(c!, cs.subarray(B * H), [2, 0], "c");
      });
    }
  }
});
