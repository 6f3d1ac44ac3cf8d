import type { Graph, GraphNode, Value } from "../graph.ts";
import { capturedNames } from "../names.ts";
import { Sums } from "./affine.ts";
import { type Cell, cellOf } from "./cell.ts";
import { fusedNode } from "./fused-node.ts";
import { layerOf, weightsOf } from "./layer.ts";
import { enclose, named } from "./rewrite.ts";
import { Scope } from "./scope.ts";

const VIEWS = ["Identity", "Unsqueeze", "Squeeze", "Reshape"];

/** A loop: its states, and how it reads its sequence. */
interface Loop {
  readonly node: GraphNode;
  readonly body: Graph;
  readonly inner: Scope;
  readonly outer: Scope;
  /** Names of the states outside and inside, and of what becomes of them. */
  readonly states: readonly { readonly from: string; readonly name: string; readonly next: string }[];
  /** Names inside of what is stacked. */
  readonly stacks: readonly string[];
}

/** How a loop reads the sequence. */
interface Sequence {
  readonly x: string;
  readonly axis: number;
  readonly reverse: boolean;
  /** Values outside that limit the number of rounds. */
  readonly limits: readonly string[];
}

function stateOf(
  { node, body, inner }: Omit<Loop, "states" | "stacks">,
  skip: number,
  count: number,
): Loop["states"] {
  return Array.from({ length: count }, (_, i) => ({
    from: node.inputs[skip + i]!,
    name: body.inputs[skip + i]!.name,
    next: inner.root(body.outputs[(skip && 1) + i]!.name),
  }));
}

/** Whether a value counts the rounds: the number of the round, or a state that begins at 0 and grows by 1. */
function isCounter({ body, inner, outer, states }: Loop, given: string): boolean {
  const name = inner.root(given);
  if (name === body.inputs[0]!.name) return true;
  const state = states.find((other) => other.name === name);
  return state !== undefined && outer.numbers(state.from)?.join() === "0" && isNext(inner, state.next, name);
}

/** Whether a value is `name` + 1. */
const isNext = (scope: Scope, value: string, name: string) =>
  scope.pairs(value, "Add").some(([a, b]) => a === name && scope.numbers(b)?.join() === "1");

/** Returns the values outside that limit the rounds of a Loop, if its condition only counts them. */
function limitsOf(loop: Loop, given: string): string[] | undefined {
  const { inner, outer, body } = loop;
  const name = inner.root(given);
  if (name === body.inputs[1]!.name || inner.numbers(name)?.join() === "1") return [];
  const both = inner.maker(name, "And")?.inputs.map((input) => limitsOf(loop, input));
  if (both) return both.every((limits) => limits) ? both.flatMap((limits) => limits!) : undefined;
  const [count = "", limit = ""] = inner.maker(name, "Less")?.inputs ?? [];
  const outside = inner.root(limit);
  if (!count || !(inner.isOuter(outside) || outer.constant(outside))) return undefined;
  const counts = inner
    .pairs(count, "Add")
    .some(([a]) => isCounter(loop, a) && isNext(inner, inner.root(count), a));
  return counts ? [outside] : undefined;
}

function sequenceOfLoop(loop: Loop, cell: Cell): Sequence | undefined {
  const { inner, node, body } = loop;
  const gather = inner.maker(cell.x, "Gather");
  const x = gather && inner.root(gather.inputs[0]!);
  if (!x || !inner.isOuter(x) || !isCounter(loop, gather.inputs[1]!)) return undefined;
  const limits = limitsOf(loop, body.outputs[0]!.name);
  const [rounds = "", condition = ""] = node.inputs;
  const begins = !condition || loop.outer.numbers(condition)?.[0] === 1;
  const axis = (gather.attributes.axis as number | undefined) ?? 0;
  if (!limits || !(limits.length || rounds) || !begins || (axis !== 0 && axis !== 1)) return undefined;
  return { x, axis, reverse: false, limits: [...limits, ...(rounds ? [rounds] : [])] };
}

function sequenceOfScan({ node, body }: Loop, cell: Cell): Sequence | undefined {
  const { attributes, inputs } = node;
  const [axis] = (attributes.scan_input_axes as number[] | undefined) ?? [0];
  const [backwards] = (attributes.scan_input_directions as number[] | undefined) ?? [0];
  if (attributes.num_scan_inputs !== 1 || cell.x !== body.inputs.at(-1)!.name || (axis !== 0 && axis !== 1))
    return undefined;
  return { x: inputs.at(-1)!, axis, reverse: backwards === 1, limits: [] };
}

/** Whether a stacked output of a Scan is in the order of the steps, along the first axis. */
function isPlain({ attributes }: GraphNode, i: number, reverse: boolean): boolean {
  const axes = attributes.scan_output_axes as number[] | undefined;
  const directions = attributes.scan_output_directions as number[] | undefined;
  return (axes?.[i] ?? 0) === 0 && (directions?.[i] ?? 0) === Number(reverse);
}

/** An output of a loop. */
interface Result {
  readonly name: string;
  readonly kind: string;
  readonly inner: string;
  /** If rows are joined to it: what it is at first, and the weights and the bias that make a row of the hidden state. */
  readonly from?: string;
  readonly weights?: readonly Value[];
}

/** Reads a state that grows by a dense layer of the hidden state in each round. */
function grown(sums: Sums, { from, name, next }: Loop["states"][number], cell: Cell): Partial<Result> {
  const { scope } = sums;
  const joined = scope.maker(next, "Concat");
  const row = joined?.inputs[1] ?? "";
  const up = scope.maker(row, "Unsqueeze");
  const axis = scope.numbers(up?.inputs[1])?.[0] ?? -1;
  const sum = up && sums.sum(up.inputs[0]!);
  const matrix = sum?.terms.get(cell.hNext);
  const fits = joined?.inputs.length === 2 && scope.root(joined.inputs[0]!) === name;
  if (!fits || joined.attributes.axis !== axis || axis < 0 || sum?.terms.size !== 1 || !matrix?.data)
    return {};
  const weights: Value[] = [
    { dtype: "float32", shape: [matrix.rows, matrix.cols], data: matrix.data },
    { dtype: "float32", shape: [matrix.cols], data: sum.bias },
  ];
  return { kind: `+${axis}`, inner: row, from, weights };
}

/** Returns a Loop or a Scan as a recurrent node; undefined if it is something else. */
export function fuseLoop(outer: Scope, node: GraphNode): GraphNode | undefined {
  const body = node.attributes.body as Graph;
  const inner = new Scope(body, outer);
  const isLoop = node.op === "Loop";
  const skip = isLoop ? 2 : 0;
  const count = body.inputs.length - skip - (isLoop ? 0 : (node.attributes.num_scan_inputs as number));
  const states = stateOf({ node, body, inner, outer }, skip, count);
  const stacks = body.outputs.slice((isLoop ? 1 : 0) + count).map(({ name }) => name);
  const loop: Loop = { node, body, inner, outer, states, stacks };
  const sums = new Sums(inner);
  for (const state of states) {
    const cell = cellOf(sums, state.next, (names) => (names.includes(state.name) ? state.name : undefined));
    const memory = cell && states.find(({ name }) => name === cell.c);
    if (!cell || cell.h !== state.name || (cell.c !== undefined && memory?.next !== cell.cNext)) continue;
    const sequence = isLoop ? sequenceOfLoop(loop, cell) : sequenceOfScan(loop, cell);
    if (!sequence) continue;
    const read = node.outputs
      .map((name, i) => ({ name, i }))
      .filter(({ name }) => name && outer.isRead(name));
    const results = read.map(({ name, i }) => {
      if (i < count) {
        const kind = states[i] === state ? "h" : states[i] === memory ? "c" : "";
        return kind ? { name, kind, inner: states[i]!.next } : { name, ...grown(sums, states[i]!, cell) };
      }
      let from = stacks[i - count]!;
      for (let view = inner.maker(from, ...VIEWS); view; view = inner.maker(from, ...VIEWS))
        from = view.inputs[0]!;
      const plain = isLoop || isPlain(node, i - count, sequence.reverse);
      return { name, kind: plain && from === cell.hNext ? "y" : undefined, inner: stacks[i - count]! };
    });
    if (!results.every((result): result is Result => result.kind !== undefined)) continue;
    const slow = enclose(
      outer,
      [node],
      results.map(({ name }) => name),
    );
    const captured = capturedNames(node).filter((name) => !outer.constant(name));
    const constants = new Map(body.constants);
    for (const name of capturedNames(node)) {
      const value = outer.constant(name);
      if (value) constants.set(name, value);
    }
    const layer = layerOf(cell, weightsOf(cell), node.name, sequence.reverse);
    const dense = results.flatMap(({ weights = [] }, i) =>
      weights.map((value, k) => [`unrolled:dense ${i} ${k}`, value] as const),
    );
    const fused = {
      slow,
      layer: { ...layer, constants: new Map([...layer.constants, ...dense]) },
      step: { ...body, inputs: [...body.inputs, ...named(captured)], constants },
      feeds: [
        ...(isLoop ? ["", ""] : []),
        ...states.map(({ from }) => from),
        ...(isLoop ? [] : ["unrolled:x"]),
        ...captured,
      ],
      ...{ x: sequence.x, h: state.from, c: memory?.from ?? "", I: cell.I, H: cell.H, axis: sequence.axis },
      start: 0,
      steps: 0,
      limits: sequence.limits,
      kinds: results.map(({ kind }) => kind),
      inner: results.map((result) => result.inner),
      grown: results.map(({ from = "" }) => from),
      next: [cell.hNext, cell.cNext ?? ""],
    };
    return fusedNode(
      node.name,
      fused,
      results.map(({ name }) => name),
    );
  }
  return undefined;
}
