import type { Value } from "../../graph.ts";
import type { Operator } from "../../operator.ts";
import { emptyValue } from "../../values.ts";
import { addRound, captured, checkBody, present, stacked } from "../scan.ts";

/** Maximum number of rounds of all loops in a call, so that a loop that does not end fails within a second. */
const MAX_ROUNDS = 100_000;

const scalar = (dtype: "int64" | "bool", n: number): Value => ({ dtype, shape: [], data: Int32Array.of(n) });

/** `If` and `Loop`. */
export const CONTROL: Record<string, Operator> = {
  If: {
    expand(call, planner) {
      const body = call.body(call.numbers(0).data[0] ? "then_branch" : "else_branch");
      planner.inline(call, body, []);
    },
  },
  Loop: {
    dynamic(call, inputs, planner) {
      const body = call.body("body");
      const { constants, others } = captured(call, inputs, planner);
      const limit = inputs[0]?.data[0] ?? Number.POSITIVE_INFINITY;
      let going = inputs[1]?.data[0] ?? 1;
      const count = Math.max(0, call.node.inputs.length - 2);
      checkBody(call, body, 2 + count, 1 + count);
      let states = present(call, inputs.slice(2, 2 + count));
      const scans: Value[][] = body.outputs.slice(1 + count).map(() => []);
      for (let round = 0; round < limit && going; round++) {
        if (++planner.session.rounds > MAX_ROUNDS)
          call.fail(`it has not ended after ${MAX_ROUNDS} rounds`, "ERR_VALUE");
        const fed = new Map(others);
        const values = [scalar("int64", round), scalar("bool", 1), ...states];
        for (const [i, { name }] of body.inputs.entries()) fed.set(name, values[i]!);
        const [condition, ...results] = planner.session.runBody!(body, fed, constants);
        going = condition!.data[0]!;
        states = results.slice(0, count);
        for (const [i, list] of scans.entries()) addRound(call, planner, list, results[count + i]!);
      }
      const empty = (i: number) => {
        const { dtype, shape = [] } = body.outputs[1 + count + i]!;
        return emptyValue(
          dtype,
          shape.map((n) => (typeof n === "number" ? n : 0)),
        );
      };
      return [...states, ...scans.map((list, i) => stacked(call, list, empty(i)))];
    },
  },
};
