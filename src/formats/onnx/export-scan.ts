import { type CellWeights, products } from "../../autograd/cell-weights.ts";
import type { Cell } from "../../autograd/cells.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { activationsOf, addActivation, inputWeights } from "./export-cells.ts";
import { addTurned } from "./export-head.ts";
import { addInside, addZeros, sizeOf } from "./export-shapes.ts";
import type { AddLayer, States } from "./exported.ts";
import type { GraphBuilder } from "./graph-builder.ts";

/** Epsilon of the normalisation of gates. */
const EPSILON = 1e-5;

/** What a step reads besides its states. */
interface Step {
  readonly spec: NetworkSpec;
  readonly cell: Cell;
  readonly weights: CellWeights;
  /** Index of the direction. */
  readonly direction: number;
  /** The products of the weights and the input, [batch, gates * hidden]. */
  readonly x: string;
  /** The weights of the state as the products need them, [hidden, blocks * hidden], outside. */
  readonly hidden: readonly string[];
}

/** Adds a step of a cell, formula by formula. Returns the states after it. */
function addStep(graph: GraphBuilder, step: Step, { h, c = "" }: States): States {
  const { spec, cell, weights, direction, x } = step;
  const { forgetGate, gateClip, resetGate } = spec;
  const { input, hidden, names, norms, peepholes, previous, resetBefore } = cell;
  const H = spec.hidden;
  const own = activationsOf(spec);
  const count = own.length / (spec.bidirectional ? 2 : 1);
  const op = (name: string, ...inputs: readonly string[]) => graph.add(name, inputs);

  const limits = gateClip ? [-gateClip, gateClip].map((limit) => graph.number("limit", limit)) : [];
  const activate = (place: number, value: string) =>
    addActivation(graph, own[direction * count + place]!, gateClip ? op("Clip", value, ...limits) : value);

  const blocks = (name: string, value: string, count: number) => {
    if (count === 1) return [value];
    const sizes = graph.integers("sizes", ...Array<number>(count).fill(H));
    return graph.node("Split", [value, sizes], Array<string>(count).fill(name), { axis: -1 });
  };
  const fromInput = blocks("from_x", x, cell.gates);
  const fromState = blocks("from_h", op("MatMul", h, step.hidden[0]!), products(cell)[0]!);
  const { b } = inputWeights(weights, cell, H);
  const numbers = (name: string, at: (unit: number) => number) =>
    graph.numbers(
      name,
      Float32Array.from({ length: H }, (_, unit) => at(unit)),
    );
  /** Adds the sum of the products and biases of a gate. @param product that of the state if it is not of h itself */
  const sumOf = (column: number, product?: string) => {
    const [i, k] = [input.indexOf(column), hidden.indexOf(column)];
    const sum = [fromInput[i], product ?? fromState[k]]
      .filter((value) => value !== undefined)
      .reduce((one, other) => op("Add", one, other));
    const bias = numbers("bias", (unit) => {
      const of = (block: number, data: ArrayLike<number> | undefined) =>
        block < 0 ? 0 : (data?.[block * H + unit] ?? 0);
      return of(i, b) + of(k, weights.biasHh?.data);
    });
    if (column >= norms) return op("Add", sum, bias);
    const gain = numbers("gain", (unit) => weights.norm!.data[column * H + unit]!);
    return graph.add("LayerNormalization", [sum, gain, bias], { epsilon: EPSILON });
  };

  if (spec.cell === "rnn") return { h: activate(0, sumOf(0)) };
  if (spec.cell === "gru") {
    const n = names.indexOf("n");
    const reset = resetGate && activate(0, sumOf(names.indexOf("r")));
    const update = activate(0, sumOf(names.indexOf("z")));
    const candidate = () => {
      if (!reset) return sumOf(n);
      if (resetBefore) return sumOf(n, op("MatMul", op("Mul", reset, h), step.hidden[1]!));
      return op("Add", sumOf(n), op("Mul", reset, sumOf(names.length)));
    };
    const next = activate(1, candidate());
    return { h: op("Add", next, op("Mul", update, op("Sub", h, next))) };
  }
  const seeing = [...names].filter((name) => name !== "g");
  const gate = (name: string, state: string) => {
    const sum = sumOf(names.indexOf(name));
    if (!peepholes) return activate(0, sum);
    const first = seeing.indexOf(name) * H;
    const peephole = numbers("peephole", (unit) => weights.peephole!.data[first + unit]!);
    return activate(0, op("Add", sum, op("Mul", state, peephole)));
  };
  const i = gate("i", c);
  const g = activate(1, sumOf(names.indexOf("g")));
  const kept = () => {
    if (forgetGate === "own") return op("Mul", gate("f", c), c);
    return forgetGate === "none" ? c : op("Sub", c, op("Mul", i, c));
  };
  const next = op("Add", kept(), op("Mul", i, g));
  const o = gate("o", previous ? c : next);
  return { h: op("Mul", o, activate(2, next)), c: next };
}

/** Adds a recurrent layer whose cell ONNX does not have, as a Scan over its formulas. */
export const addScan: AddLayer = (graph, name, x, rnn, layer, spec, start, lengths) => {
  const D = rnn.directions;
  const H = spec.hidden;
  const inside =
    lengths &&
    graph.add("Unsqueeze", [
      addInside(graph, x, graph.add("Cast", [lengths], { to: 7 })).inside,
      graph.integers("axes", -1),
    ]);
  const directions = rnn.cells.map((cell, d) => {
    const weights = rnn.layers[layer * D + d]!;
    const suffix = `l${layer}${d ? "_reverse" : ""}`;
    const turned = (kind: string, data: Float32Array, width: number) =>
      addTurned(graph, graph.numbers(`${name}.${kind}_${suffix}`, data, [data.length / width, width]));
    const { w } = inputWeights(weights, cell, H);
    const product = graph.add("MatMul", [x, turned("weight_ih", w, weights.weightIh.shape[1]!)]);
    const R = weights.weightHh.data as Float32Array;
    const whole = products(cell)[0]! * H * H;
    const hidden = [R.subarray(0, whole), R.subarray(whole)].map((part) => turned("weight_hh", part, H));

    const body = graph.body();
    const state = ["batch", H];
    const first = (whole: string) =>
      whole
        ? graph.add("Gather", [whole, graph.integer("direction", d)])
        : addZeros(graph, [sizeOf(graph, x, 1), H]);
    const before: States = {
      h: body.input("h_before", "float32", state),
      ...(cell.memory && { c: body.input("c_before", "float32", state) }),
    };
    const step = { spec, cell, weights, direction: d, hidden };
    const after = addStep(
      body,
      { ...step, x: body.input("x_step", "float32", ["batch", cell.gates * H]) },
      before,
    );
    const counts = inside && body.input("inside", "bool", ["batch", 1]);
    const kept = (value: string, other: string) =>
      counts ? body.add("Where", [counts, value, other]) : value;
    body.output("h_after", kept(after.h, before.h), state);
    if (after.c) body.output("c_after", kept(after.c, before.c!), state);
    body.output("y_step", counts ? kept(after.h, body.number("nothing", 0)) : after.h, state);

    const starts = [first(start.h), ...(cell.memory ? [first(start.c ?? "")] : [])];
    const sequences = [product, ...(inside ? [inside] : [])];
    const made = [
      `${name}_h_${suffix}`,
      ...(cell.memory ? [`${name}_c_${suffix}`] : []),
      `${name}_${suffix}`,
    ];
    const backwards = {
      scan_input_directions: sequences.map(() => 1),
      scan_output_directions: [1],
    };
    const attributes = { body: body.build(), num_scan_inputs: sequences.length, ...(d && backwards) };
    return graph.node("Scan", [...starts, ...sequences], made, attributes);
  });
  const joined = (place: number, axis: number) => {
    const parts = directions.map((made) =>
      graph.add("Unsqueeze", [made.at(place)!, graph.integers("axes", axis)]),
    );
    return D > 1 ? graph.add("Concat", parts, { axis }) : parts[0]!;
  };
  const memory = rnn.cells[0]!.memory;
  return { output: joined(-1, 1), states: { h: joined(0, 0), ...(memory && { c: joined(1, 0) }) } };
};
