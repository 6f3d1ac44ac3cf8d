import { UnrolledError } from "../../errors.ts";
import {
  type Attribute,
  type ElementType,
  type Graph,
  type GraphNode,
  isFloat,
  type StateLink,
  TYPE_CODES,
  type Value,
  type ValueInfo,
} from "../../graph/graph.ts";

/** The lengths of axes; NaN if one is free, so that all that is computed from it is free too. */
export type Dims = readonly number[];

/** A value of the graph while it is built. */
export interface Tensor {
  readonly name: string;
  readonly shape: Dims;
  readonly dtype: ElementType;
  /** Which steps count, [B, T], bool: Keras' implicit mask. */
  readonly mask?: Tensor | undefined;
}

/** The length of an axis of a result: a number, or that of a tensor's axis. */
export type Length = number | { readonly of: Tensor; readonly axis: number };

type Attributes = Readonly<Record<string, Attribute>>;

/** The largest int32, which means "to the end" in slices. */
const END = 0x7fffffff;

/** Maximum numbers of a layer's state: 16 MiB. */
const MAX_STATE = 4 << 20;

/** What a graph and the bodies inside it share. */
interface Shared {
  readonly names: Set<string>;
  readonly constants: Map<string, Value>;
  /** The names of constants by what they are. */
  readonly known: Map<string, Tensor>;
  /** Transposed values: what was transposed, and how. */
  readonly transposed: Map<string, { readonly of: Tensor; readonly axes: readonly number[] }>;
  /** The path of the layer that is being translated, and its class. */
  layer: string;
  className: string;
}

const axisOf = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** Returns the number of a length; NaN if it is free. */
const knownOf = (length: Length): number =>
  typeof length === "number" ? length : length.of.shape[axisOf(length.axis, length.of.shape.length)]!;

const product = (shape: Dims): number => shape.reduce((a, b) => a * b, 1);

const isFree = Number.isNaN;

const nullIfFree = (n: number) => (isFree(n) ? null : n);

/** Describes a value at the border of a graph. */
const infoOf = ({ name, dtype, shape }: Tensor): ValueInfo => ({ name, dtype, shape: shape.map(nullIfFree) });

/** Returns a tensor without or with another mask. */
export const withMask = (x: Tensor, mask: Tensor | undefined): Tensor => ({ ...x, mask });

/** Builds a graph node by node, and follows the shapes. */
export class Builder {
  readonly inputs: ValueInfo[] = [];
  readonly outputs: ValueInfo[] = [];
  readonly states: StateLink[] = [];
  readonly nodes: GraphNode[] = [];
  readonly #shared: Shared;

  /** @param outer the builder of the graph around it, if this one builds a body */
  constructor(outer?: Builder) {
    this.#shared = outer
      ? outer.#shared
      : {
          ...{ names: new Set<string>([""]), constants: new Map(), known: new Map(), transposed: new Map() },
          ...{ layer: "", className: "" },
        };
  }

  /** Names the layer whose nodes follow, for their names and for errors. */
  enter(path: readonly string[], className: string): void {
    this.#shared.layer = path.join("/");
    this.#shared.className = className;
  }

  fail(problem: string): never {
    const { layer, className } = this.#shared;
    const text = problem.replaceAll("NaN", "?");
    throw new UnrolledError("ERR_FORMAT", `layer ${JSON.stringify(layer)} (${className}): ${text}`);
  }

  /** Returns a name that no other value has, and takes it. */
  unique(wanted: string): string {
    const { names } = this.#shared;
    let name = wanted;
    for (let i = 1; names.has(name); i++) name = `${wanted}_${i}`;
    names.add(name);
    return name;
  }

  /** Makes an input of the graph. A free batch is called so. */
  input(name: string, lengths: readonly (number | null)[], dtype: ElementType): Tensor {
    const input = { name: this.unique(name), shape: lengths.map((n) => n ?? Number.NaN), dtype };
    const [batch, ...others] = lengths;
    this.inputs.push({ ...input, shape: [batch ?? "batch", ...others] });
    return input;
  }

  /** Gives a value a name of its own, and makes it an output of the graph. */
  output(name: string, x: Tensor): void {
    const info = infoOf({ ...x, name: this.unique(name) });
    this.nodes.push({
      ...{ op: "Identity", name: info.name, inputs: [x.name], outputs: [info.name], attributes: {} },
    });
    this.outputs.push(info);
  }

  /** Makes a value that the next call reads as `input`. Both are 0 at first. */
  keep(input: Tensor, output: Tensor): void {
    const size = product(input.shape);
    if (isFree(size)) this.fail("it is stateful: the model must have a fixed batch size");
    if (size > MAX_STATE) this.fail(`its state [${input.shape}] is too large`);
    const initial = { dtype: input.dtype, shape: input.shape, data: new Float32Array(size) };
    this.states.push({ input: input.name, output: output.name, initial });
  }

  /** Adds a node with several outputs. */
  addAll(
    op: string,
    inputs: readonly (Tensor | undefined)[],
    shapes: readonly Dims[],
    attributes: Attributes = {},
    dtype: ElementType = inputs[0]!.dtype,
  ): Tensor[] {
    const { layer, names } = this.#shared;
    const outputs = shapes.map((shape) => ({
      name: this.unique(`${layer}/${op}${names.size}`),
      shape,
      dtype,
    }));
    this.nodes.push({
      op,
      name: layer,
      inputs: inputs.map((input) => input?.name ?? ""),
      outputs: outputs.map(({ name }) => name),
      attributes,
    });
    return outputs;
  }

  add(
    op: string,
    inputs: readonly (Tensor | undefined)[],
    shape: Dims = inputs[0]!.shape,
    attributes?: Attributes,
    dtype?: ElementType,
  ): Tensor {
    return this.addAll(op, inputs, [shape], attributes, dtype)[0]!;
  }

  /** Returns a constant, which is made at the first time. @param what names it */
  constant(what: string, make: () => Value): Tensor {
    const { known, constants } = this.#shared;
    let found = known.get(what);
    if (!found) {
      const value = make();
      found = { name: this.unique(what), shape: value.shape, dtype: value.dtype };
      known.set(what, found);
      constants.set(found.name, value);
    }
    return found;
  }

  /** Returns a constant that belongs to the layer, such as a weight. @param what its name in the layer */
  weight(what: string, make: () => Value): Tensor {
    return this.constant(`${this.#shared.layer}/${what}`, make);
  }

  scalar(value: number, dtype: ElementType = "float32"): Tensor {
    const data = isFloat(dtype) ? Float32Array.of(value) : Int32Array.of(value);
    return this.constant(`(${value}, ${dtype})`, () => ({ dtype, shape: [], data }));
  }

  integers(list: readonly number[]): Tensor {
    return this.constant(`[${list}]`, () => ({
      dtype: "int64",
      shape: [list.length],
      data: Int32Array.from(list),
    }));
  }

  /** Adds a node of elementwise arithmetic. */
  combine(op: string, x: Tensor, other: Tensor | number, dtype?: ElementType): Tensor {
    const y = typeof other === "number" ? this.scalar(other, x.dtype) : other;
    return this.add(op, [x, y], this.broadcast(x.shape, y.shape), {}, dtype);
  }

  broadcast(a: Dims, b: Dims): Dims {
    const rank = Math.max(a.length, b.length);
    const at = (shape: Dims, i: number) => (i < rank - shape.length ? 1 : shape[i - rank + shape.length]!);
    return Array.from({ length: rank }, (_, i) => {
      const [m, n] = [at(a, i), at(b, i)];
      if (m === n || n === 1) return m;
      if (m !== 1 && !isFree(m) && !isFree(n)) this.fail(`shapes [${a}] and [${b}] do not fit together`);
      return m === 1 || isFree(m) ? n : m;
    });
  }

  cast(x: Tensor, dtype: ElementType): Tensor {
    if (x.dtype === dtype) return x;
    return this.add("Cast", [x], x.shape, { to: TYPE_CODES.indexOf(dtype) }, dtype);
  }

  /** Returns x where the condition is true, else the other. */
  where(condition: Tensor, x: Tensor, other: Tensor | number): Tensor {
    const y = typeof other === "number" ? this.scalar(other, x.dtype) : other;
    const shape = this.broadcast(condition.shape, this.broadcast(x.shape, y.shape));
    return this.add("Where", [condition, x, y], shape, {}, x.dtype);
  }

  not(x: Tensor): Tensor {
    return this.add("Not", [x]);
  }

  /** Multiplies by a matrix: [..., m, k] by [..., k, n]. */
  multiply(x: Tensor, y: Tensor): Tensor {
    const shape = [...this.broadcast(x.shape.slice(0, -2), y.shape.slice(0, -2)), x.shape.at(-2)!];
    return this.add("MatMul", [x, y], [...shape, y.shape.at(-1)!]);
  }

  /** Transposes. Two that follow one another become one or none. */
  transpose(x: Tensor, axes: readonly number[]): Tensor {
    const before = this.#shared.transposed.get(x.name);
    if (before)
      return this.transpose(
        before.of,
        axes.map((axis) => before.axes[axis]!),
      );
    if (axes.every((axis, i) => axis === i)) return x;
    const made = this.add(
      "Transpose",
      [x],
      axes.map((axis) => x.shape[axis]!),
      { perm: axes },
    );
    this.#shared.transposed.set(made.name, { of: x, axes });
    return made;
  }

  /** Swaps the batch and the time. */
  swap(x: Tensor): Tensor {
    return this.transpose(
      x,
      [1, 0, ...x.shape.keys()].filter((axis, i) => i < 2 || axis > 1),
    );
  }

  /** Returns a shape as a value: a constant if all lengths are known. */
  lengths(lengths: readonly Length[]): Tensor {
    const known = lengths.map(knownOf);
    if (!known.some(isFree)) return this.integers(known);
    const parts = lengths.map((length) => {
      const n = knownOf(length);
      if (typeof length === "number" || !isFree(n)) return this.integers([n]);
      const axis = axisOf(length.axis, length.of.shape.length);
      return this.add("Shape", [length.of], [1], { start: axis, end: axis + 1 }, "int64");
    });
    return this.add("Concat", parts, [parts.length], { axis: 0 });
  }

  /** Gives a tensor other axes. A length of -1 follows from the others. */
  reshape(x: Tensor, lengths: readonly Length[]): Tensor {
    const shape = lengths.map(knownOf);
    const rest = shape.indexOf(-1);
    // free axes that stay do not count
    const kept = lengths.map(
      (length) => typeof length !== "number" && length.of.name === x.name && length.axis,
    );
    const before = product(x.shape.filter((n, i) => !isFree(n) || !kept.includes(i)));
    const after = product(shape.filter((n, i) => i !== rest && (!isFree(n) || kept[i] === false)));
    if (rest >= 0) shape[rest] = before / (after || 1);
    if (shape.some((n) => n % 1 > 0) || (rest < 0 && Math.abs(before - after) > 0)) {
      this.fail(`[${x.shape}] cannot become [${shape}]`);
    }
    // 0 copies the length of the same axis, and -1 stands for one length
    let free = 0;
    const simple = shape.map((n, i) => {
      if (!isFree(n)) return n;
      if (kept[i] === i) return 0;
      free++;
      return -1;
    });
    const target = free < 2 ? this.integers(simple) : this.lengths(lengths);
    return this.add("Reshape", [x, target], shape);
  }

  /** Returns the lengths of axes from `start` on. */
  axes(x: Tensor, start = 0, end = x.shape.length): Length[] {
    return x.shape.slice(start, end).map((_, i) => ({ of: x, axis: start + i }));
  }

  /** Adds axes of length 1. @param axes in the result, counted from 0 */
  unsqueeze(x: Tensor, ...axes: number[]): Tensor {
    const shape = [...x.shape];
    for (const axis of axes) shape.splice(axis, 0, 1);
    return this.add("Unsqueeze", [x, this.integers(axes)], shape);
  }

  squeeze(x: Tensor, axis: number): Tensor {
    const at = axisOf(axis, x.shape.length);
    return this.add(
      "Squeeze",
      [x, this.integers([at])],
      x.shape.filter((_, i) => i !== at),
    );
  }

  concat(parts: readonly Tensor[], axis: number): Tensor {
    const first = parts[0]!;
    const at = axisOf(axis, first.shape.length);
    if (parts.length === 1) return first;
    const total = parts.reduce((sum, { shape }) => sum + shape[at]!, 0);
    for (const { shape } of parts) {
      if (shape.length !== first.shape.length)
        this.fail(`[${first.shape}] and [${shape}] differ in their axes`);
    }
    return this.add(
      "Concat",
      parts,
      first.shape.map((dim, i) => (i === at ? total : dim)),
      { axis: at },
    );
  }

  /** Cuts an axis, as Python's start:end:step does; null is from the beginning, or to the end. */
  slice(x: Tensor, axis: number, start: number | null, end: number | null, step = 1): Tensor {
    const at = axisOf(axis, x.shape.length);
    const length = x.shape[at]!;
    const from = start ?? (step > 0 ? 0 : END);
    const to = end ?? (step > 0 ? END : -END - 1);
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    const clamp = (n: number) => Math.min(Math.max(n < 0 ? n + length : n, low), high);
    const count = Math.max(0, Math.ceil((clamp(to) - clamp(from)) / step));
    const bounds = [[from], [to], [at], [step]].map((list) => this.integers(list));
    return this.add(
      "Slice",
      [x, ...bounds],
      x.shape.map((dim, i) => (i === at ? count : dim)),
    );
  }

  /** Reverses the order of an axis. */
  flip(x: Tensor, axis: number): Tensor {
    return this.slice(x, axis, null, null, -1);
  }

  /** Takes one entry of an axis, which goes. */
  pick(x: Tensor, axis: number, index: number): Tensor {
    const shape = x.shape.filter((_, i) => i !== axisOf(axis, x.shape.length));
    return this.add("Gather", [x, this.scalar(index, "int64")], shape, {
      axis: axisOf(axis, x.shape.length),
    });
  }

  /** Cuts an axis into equal parts. */
  split(x: Tensor, axis: number, parts: number): Tensor[] {
    const at = axisOf(axis, x.shape.length);
    const length = x.shape[at]! / parts;
    return Array.from({ length: parts }, (_, i) => this.slice(x, at, i * length, (i + 1) * length));
  }

  reduce(op: string, x: Tensor, axes: readonly number[], keepdims = false): Tensor {
    const at = axes.map((axis) => axisOf(axis, x.shape.length));
    const shape = x.shape.flatMap((dim, i) => (!at.includes(i) ? [dim] : keepdims ? [1] : []));
    return this.add(op, [x, this.integers(at)], shape, { keepdims: Number(keepdims) });
  }

  /** Whether any of an axis' entries is true, or all. */
  any(x: Tensor, axes: readonly number[], keepdims = false, op = "ReduceMax"): Tensor {
    return this.cast(this.reduce(op, this.cast(x, "float32"), axes, keepdims), "bool");
  }

  /** Makes a tensor of one number. */
  fill(value: number, lengths: readonly Length[], dtype: ElementType = "float32"): Tensor {
    const shape = lengths.map(knownOf);
    return this.add("Expand", [this.scalar(value, dtype), this.lengths(lengths)], shape);
  }

  /** Repeats each entry of an axis. */
  repeat(x: Tensor, axis: number, times: number): Tensor {
    if (times === 1) return x;
    const wide = this.unsqueeze(x, axis + 1);
    const counts = wide.shape.map((_, i) => (i === axis + 1 ? times : 1));
    const tiled = this.add(
      "Tile",
      [wide, this.integers(counts)],
      wide.shape.map((dim, i) => (i === axis + 1 ? times : dim)),
    );
    const merged = isFree(x.shape[axis]!) ? -1 : x.shape[axis]! * times;
    return this.reshape(tiled, [...this.axes(tiled, 0, axis), merged, ...this.axes(tiled, axis + 2)]);
  }

  /** Returns the graph, without nodes whose outputs nobody reads. */
  finish(): Graph {
    const used = new Set([
      ...this.outputs.map(({ name }) => name),
      ...this.states.map(({ output }) => output),
    ]);
    const nodes: GraphNode[] = [];
    const use = ({ inputs, attributes }: GraphNode) => {
      for (const name of inputs) used.add(name);
      for (const value of Object.values(attributes)) {
        if (typeof value !== "object" || !("nodes" in value)) continue;
        value.nodes.forEach(use);
        for (const { name } of value.outputs) used.add(name);
      }
    };
    for (const node of this.nodes.reverse()) {
      const outputs = node.outputs.map((name) => (used.has(name) ? name : ""));
      if (!outputs.some(Boolean)) continue;
      while (!outputs.at(-1)) outputs.pop();
      nodes.push({ ...node, outputs });
      use(node);
    }
    nodes.reverse();
    const constants = new Map([...this.#shared.constants].filter(([name]) => used.has(name)));
    const { inputs, outputs, states } = this;
    return { inputs, outputs, constants, nodes, ...(states.length && { states }) };
  }

  /** Returns the nodes as a body. Its constants are those of the graph around it. */
  body(inputs: readonly Tensor[], outputs: readonly Tensor[]): Graph {
    return {
      inputs: inputs.map(infoOf),
      outputs: outputs.map(infoOf),
      constants: new Map(),
      nodes: this.nodes,
    };
  }

  /** Makes a value that comes from outside: an input of a body, or a state. */
  parameter(shape: Dims, dtype: ElementType): Tensor {
    return { name: this.unique(`${this.#shared.layer}/given`), shape, dtype };
  }
}
