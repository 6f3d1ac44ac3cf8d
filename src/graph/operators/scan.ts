import type { Call } from "../call.ts";
import type { Graph, Value } from "../graph.ts";
import type { Lowering } from "../lowering.ts";
import { capturedNames } from "../names.ts";
import type { Operator } from "../operator.ts";
import { emptyValue } from "../values.ts";

/** The values that a body reads from the graphs around it: those that never change, and others. */
export function captured(call: Call, inputs: readonly (Value | undefined)[], planner: Lowering) {
  const constants = new Map<string, Value>();
  const others = new Map<string, Value>();
  for (const [i, name] of capturedNames(call.node).entries()) {
    const value = inputs[call.node.inputs.length + i]!;
    (planner.session.isKept(value) ? constants : others).set(name, value);
  }
  return { constants, others };
}

/** Checks how many inputs and outputs a body has. */
export function checkBody(call: Call, body: Graph, inputs: number, outputs: number): void {
  if (body.inputs.length !== inputs)
    call.fail(`its body has ${body.inputs.length} inputs, expected ${inputs}`);
  if (body.outputs.length < outputs)
    call.fail(`its body has ${body.outputs.length} outputs, expected ${outputs} or more`);
}

/** Returns values of which none may be absent. */
export const present = (call: Call, values: readonly (Value | undefined)[]): Value[] =>
  values.map((value) => value ?? call.fail("an input of its body is missing"));

/** Adds the part of a result that a round has made. */
export function addRound(call: Call, planner: Lowering, list: Value[], part: Value): void {
  list.push(part);
  planner.check(call, [{ dtype: part.dtype, shape: [list.length, ...part.shape] }]);
}

/** Returns values of one shape as one, along a new axis in front. */
export function stacked(call: Call, values: readonly Value[], empty: Value): Value {
  const { dtype, shape } = values[0] ?? empty;
  const value = emptyValue(dtype, [values.length, ...shape]);
  for (const [i, part] of values.entries()) {
    if (part.shape.join() !== shape.join())
      call.fail("the rounds of its body give different shapes", "ERR_SHAPE");
    value.data.set(part.data, i * part.data.length);
  }
  return value;
}

/** Returns part `i` of a value along an axis. */
function partOf({ dtype, shape, data }: Value, axis: number, i: number): Value {
  const rest = shape.filter((_, k) => k !== axis);
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const part = emptyValue(dtype, rest);
  const outer = part.data.length / inner;
  for (let k = 0; k < outer; k++) {
    const from = (k * shape[axis]! + i) * inner;
    part.data.set(data.subarray(from, from + inner), k * inner);
  }
  return part;
}

/** Moves the first axis of a value to `axis`. */
function moved(value: Value, axis: number): Value {
  if (axis === 0) return value;
  const [n = 0, ...rest] = value.shape;
  const shape = [...rest.slice(0, axis), n, ...rest.slice(axis)];
  const to = emptyValue(value.dtype, shape);
  const inner = rest.slice(axis).reduce((a, b) => a * b, 1);
  const outer = rest.slice(0, axis).reduce((a, b) => a * b, 1);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < outer; k++) {
      const from = (i * outer + k) * inner;
      to.data.set(value.data.subarray(from, from + inner), (k * n + i) * inner);
    }
  }
  return to;
}

/** Goes through sequences with a body. */
export const SCAN: Record<string, Operator> = {
  Scan: {
    dynamic(call, inputs, planner) {
      const body = call.body("body");
      const { constants, others } = captured(call, inputs, planner);
      const scanned = call.number("num_scan_inputs");
      const count = call.node.inputs.length - scanned;
      if (!Number.isInteger(scanned) || scanned < 1 || count < 0)
        call.fail(`num_scan_inputs is ${scanned} of ${call.node.inputs.length} inputs`);
      checkBody(call, body, count + scanned, count);
      let states = present(call, inputs.slice(0, count));
      const sequences = present(call, inputs.slice(count, count + scanned));
      const axes = call
        .numbersOf(
          "scan_input_axes",
          sequences.map(() => 0),
        )
        .map((axis, i) => call.axis(axis, sequences[i]!.shape.length));
      const backwards = call.numbersOf(
        "scan_input_directions",
        sequences.map(() => 0),
      );
      const lists: Value[][] = body.outputs.slice(count).map(() => []);
      const T = sequences[0]!.shape[axes[0]!]!;
      for (const [i, { shape }] of sequences.entries()) {
        if (shape[axes[i]!] !== T) call.fail("its sequences have different lengths", "ERR_SHAPE");
      }
      for (let t = 0; t < T; t++) {
        const fed = new Map(others);
        const parts = sequences.map((value, i) => partOf(value, axes[i]!, backwards[i] ? T - 1 - t : t));
        for (const [i, { name }] of body.inputs.entries()) fed.set(name, [...states, ...parts][i]!);
        const results = planner.session.runBody!(body, fed, constants);
        states = results.slice(0, count);
        for (const [i, list] of lists.entries()) addRound(call, planner, list, results[count + i]!);
      }
      const reversed = call.numbersOf(
        "scan_output_directions",
        lists.map(() => 0),
      );
      const to = call.numbersOf(
        "scan_output_axes",
        lists.map(() => 0),
      );
      const results = lists.map((list, i) => {
        const { dtype, shape = [] } = body.outputs[count + i]!;
        const empty = emptyValue(
          dtype,
          shape.map((n) => (typeof n === "number" ? n : 0)),
        );
        const value = stacked(call, reversed[i] ? list.reverse() : list, empty);
        return moved(value, call.axis(to[i]!, value.shape.length));
      });
      return [...states, ...results];
    },
  },
};
