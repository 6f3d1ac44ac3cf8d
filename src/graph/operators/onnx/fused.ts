import type { Call } from "../../call.ts";
import type { Graph, GraphNode, ValueInfo } from "../../graph.ts";
import type { Lowering } from "../../lowering.ts";
import type { Operator } from "../../operator.ts";
import { Slot } from "../../slot.ts";
import { typesIn } from "./types-in.ts";

/** Makes descriptions of values whose types are not known. */
const named = (names: Iterable<string>): ValueInfo[] =>
  Array.from(names, (name) => ({ name, dtype: "float32", shape: undefined }));

const scalar = new Slot("int64", []);
const same = (a: Slot, b: Slot | undefined) => a.shape.join() === b?.shape.join();

/** What a fused node has. */
export interface Fused {
  /** The nodes that it replaces, which are planned if the shapes do not fit. */
  readonly slow: Graph;
  /** The recurrent node. */
  readonly layer: Graph;
  /** The nodes of a step, or of all. Their shapes tell whether the layer fits. */
  readonly step: Graph;
  /** For each input of `step`: the value that it is; "" for a number, "unrolled:x" for a step of the sequence. */
  readonly feeds: readonly string[];
  /** Names of the sequence and the states. */
  readonly x: string;
  readonly h: string;
  readonly c: string;
  readonly I: number;
  readonly H: number;
  /** Axis of time in x; -1 if x is one step. */
  readonly axis: number;
  /** The first step in x. */
  readonly start: number;
  /** The number of steps; 0 if `step` is the body of a loop over all. */
  readonly steps: number;
  /** Values that limit the number of rounds. */
  readonly limits: readonly string[];
  /** For each output: "h", "c", "y" or the number of a step behind `start`, and its name in `step`. */
  readonly kinds: readonly string[];
  readonly inner: readonly string[];
  /** For each output: what rows are joined to, or "". Its kind is the axis, its name in `step` that of a row. */
  readonly grown?: readonly string[];
  /** Names of the new states in `step`. */
  readonly next: readonly string[];
}

/** Returns the layer and its inputs, if the shapes fit. */
function fitted(call: Call, planner: Lowering): { body: Graph; slots: Slot[] } | undefined {
  const fused = call.node.attributes as unknown as Fused;
  const { slow, layer, I, H, axis, start, steps } = fused;
  const slots = new Map<string, Slot>();
  for (const [name, value] of slow.constants) slots.set(name, planner.session.keep(value));
  for (const [i, { name }] of slow.inputs.entries()) slots.set(name, call.input(i));
  const [x, h, c] = [slots.get(fused.x), slots.get(fused.h), slots.get(fused.c)];
  if (!x || !h || (fused.c && !c)) return undefined;
  if ([x, h, c].some((slot) => slot && slot.dtype !== "float32")) return undefined;
  const length = axis < 0 ? 1 : (x.shape[axis] ?? 0);
  const T = steps || length;
  const N = h.size / H;
  const batchFirst = axis === 1;
  if (x.shape.at(-1) !== I || x.size !== length * N * I || (batchFirst && x.shape.length !== 3))
    return undefined;
  if (T < 1 || N < 1 || start + T > length || axis === x.shape.length - 1) return undefined;
  if ([h, c].some((slot) => slot && (slot.shape.at(-1) !== H || slot.size !== N * H))) return undefined;
  const limits = fused.limits.map((name) => slots.get(name)?.constant?.data[0]);
  if (!steps && limits.some((n) => n === undefined)) return undefined;
  if (limits.length && Math.min(...(limits as number[])) !== T) return undefined;

  const shape = x.shape.filter((_, i) => i !== axis);
  const part = new Slot(x.dtype, shape);
  const feeds = fused.step.inputs.map(({ name }, i) => {
    const from = fused.feeds[i]!;
    return [name, from === "unrolled:x" ? part : from ? slots.get(from)! : scalar] as const;
  });
  const types = typesIn(fused.step, new Map(feeds));
  if (!types) return undefined;

  const shapes = fused.kinds.map((kind, i) => {
    const own = types.get(fused.inner[i]!)!;
    const at = fused.grown?.[i] ? Number(kind) : -1;
    const width = at < 0 ? H : layer.constants.get(`unrolled:dense ${i} 1`)!.data.length;
    const isRow = kind === "y" || own.shape.filter((_, k) => k !== at).at(-1) === width;
    if (own.size !== N * width || !isRow || (at >= 0 && own.shape[at] !== 1)) return undefined;
    return kind === "y" ? [T, ...own.shape] : own.shape;
  });
  const [hNext, cNext] = fused.next.map((name) => types.get(name));
  const stays = steps || (same(h, hNext) && (!c || same(c, cNext)));
  if (!stays || shapes.includes(undefined)) return undefined;

  const nodes: GraphNode[] = [];
  const [{ name, outputs: made }] = layer.nodes as [GraphNode];
  const ints = (shape: number[], ...numbers: number[]) => {
    const name = `unrolled:numbers ${slots.size}`;
    slots.set(name, new Slot("int64", shape, { dtype: "int64", shape, data: Int32Array.from(numbers) }));
    return name;
  };
  const add = (op: string, inputs: string[], to: string, attributes: GraphNode["attributes"] = {}) => {
    nodes.push({ op, name, inputs, outputs: [to], attributes });
    return to;
  };
  const reshape = (from: string, shape: readonly number[], to: string) =>
    add("Reshape", [from, ints([shape.length], ...shape)], to);
  let sequence = fused.x;
  if (T < length) {
    const range = [ints([1], start), ints([1], start + T), ints([1], axis)];
    sequence = add("Slice", [sequence, ...range], "unrolled:part");
  }
  if (batchFirst && T > 1) sequence = add("Transpose", [sequence], "unrolled:turned", { perm: [1, 0, 2] });
  reshape(sequence, [T, N, I], "unrolled:x");
  reshape(fused.h, [1, N, H], "unrolled:h");
  if (c) reshape(fused.c, [1, N, H], "unrolled:c");
  nodes.push(layer.nodes[0]!);
  for (const [i, kind] of fused.kinds.entries()) {
    if (fused.grown?.[i]) {
      const [at, rest] = [Number(kind), shapes[i]!.filter((_, k) => k !== Number(kind))];
      const rows = reshape(made[0]!, [T * N, H], `unrolled:rows ${i}`);
      const dense = [rows, `unrolled:dense ${i} 0`, `unrolled:dense ${i} 1`];
      const product = add("Gemm", dense, `unrolled:product ${i}`);
      const all = reshape(product, [T, ...rest], `unrolled:steps ${i}`);
      const perm = rest.map((_, k) => k + 1);
      perm.splice(at, 0, 0);
      const turned = add("Transpose", [all], `unrolled:turned ${i}`, { perm });
      add("Concat", [fused.grown[i], turned], `unrolled:result ${i}`, { axis: at });
      continue;
    }
    const whole = { y: made[0]!, h: made[1]!, c: made[2]! }[kind];
    const from = whole ?? add("Gather", [made[0]!, ints([], Number(kind))], `unrolled:step ${kind}`);
    reshape(from, shapes[i]!, `unrolled:result ${i}`);
  }
  const results = named(fused.kinds.map((_, i) => `unrolled:result ${i}`));
  return {
    body: { inputs: named(slots.keys()), outputs: results, constants: layer.constants, nodes },
    slots: [...slots.values()],
  };
}

/** A recurrent node in place of others. */
export const FUSED: Record<string, Operator> = {
  "unrolled.Recurrent": {
    expand(call, planner) {
      const fast = fitted(call, planner);
      if (fast) planner.inline(call, fast.body, fast.slots);
      else planner.inline(call, call.body("slow"), call.inputs as Slot[]);
    },
  },
};
