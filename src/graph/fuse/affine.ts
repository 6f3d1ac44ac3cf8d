import type { GraphNode, Value } from "../graph.ts";
import type { Scope } from "./scope.ts";

/** A constant [rows, cols]. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** Undefined if it is the identity. */
  readonly data: Float32Array | undefined;
}

/** The sum of products of rows with matrices, and of a bias. */
export interface Affine {
  readonly cols: number;
  /** By the value that is multiplied. */
  readonly terms: ReadonlyMap<string, Matrix>;
  readonly bias: Float32Array;
}

/** An activation of ONNX's recurrent nodes. */
export interface Activation {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}

/** An activation of a sum. */
export interface Gate {
  readonly activation: Activation;
  readonly sum: Affine;
}

/** Activations with the defaults of their operators. */
const ACTIVATIONS: Readonly<Record<string, readonly number[]>> = {
  Sigmoid: [],
  Tanh: [],
  Relu: [],
  Softsign: [],
  Softplus: [],
  Elu: [1],
  LeakyRelu: [0.01],
  ThresholdedRelu: [1],
  HardSigmoid: [0.2, 0.5],
};

export const isActivation = (op: string): boolean => Object.hasOwn(ACTIVATIONS, op);

export const sameActivation = (a: Activation, b: Activation): boolean =>
  a.name === b.name && a.alpha === b.alpha && a.beta === b.beta;

/** Maximum number of nodes from a gate to the values that it reads. */
const MAX_DEPTH = 16;

/** What was made of constants, so that steps with the same weights share it. */
const made = new WeakMap<Float32Array, Map<string, Matrix>>();

function once(data: Float32Array, form: string, make: () => Matrix): Matrix {
  const forms = made.get(data) ?? new Map<string, Matrix>();
  made.set(data, forms);
  const matrix = forms.get(form) ?? make();
  forms.set(form, matrix);
  return matrix;
}

/** Returns columns of a matrix. */
function columns({ rows, cols, data }: Matrix, from: number, to: number): Matrix {
  const width = to - from;
  const part = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) part.set(data!.subarray(i * cols + from, i * cols + to), i * width);
  return { rows, cols: width, data: part };
}

/** Returns rows of a matrix. */
export const rowsOf = ({ cols, data }: Matrix, from: number, to: number): Matrix => ({
  rows: to - from,
  cols,
  data: data?.subarray(from * cols, to * cols),
});

function add(a: Affine, b: Affine): Affine | undefined {
  if (a.cols !== b.cols) {
    const [one, other] = a.cols === 1 ? [a, b] : [b, a];
    if (one.cols !== 1 || one.terms.size) return undefined;
    return { ...other, bias: other.bias.map((x) => x + one.bias[0]!) };
  }
  const terms = new Map(a.terms);
  for (const [name, matrix] of b.terms) {
    if (terms.has(name)) return undefined;
    terms.set(name, matrix);
  }
  return { cols: a.cols, terms, bias: a.bias.map((x, i) => x + b.bias[i]!) };
}

/** Finds the sums that gates are made of. */
export class Sums {
  readonly scope: Scope;
  readonly #found = new Map<string, Affine | undefined>();

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** Returns a value as a sum of products with constants; undefined if it is something else. */
  sum(given: string, depth = 0): Affine | undefined {
    const name = this.scope.root(given);
    if (depth > MAX_DEPTH) return undefined;
    if (!this.#found.has(name)) this.#found.set(name, this.#find(name, depth));
    return this.#found.get(name);
  }

  #find(name: string, depth: number): Affine | undefined {
    const { scope } = this;
    const constant = scope.constant(name);
    if (constant) return row(constant);
    const node = scope.maker(name);
    const [a = "", b = "", c = ""] = node?.inputs ?? [];
    if (node?.op === "MatMul" || node?.op === "Gemm") {
      const weights = scope.constant(b);
      const { alpha = 1, beta = 1, transA = 0, transB = 0 } = node.attributes;
      if (weights?.dtype !== "float32" || weights.shape.length !== 2 || transA !== 0) return undefined;
      const matrix = once(weights.data as Float32Array, `${weights.shape} ${transB} ${alpha}`, () =>
        matrixOf(weights, transB === 1, alpha as number),
      );
      const product: Affine = {
        cols: matrix.cols,
        terms: new Map([[scope.root(a), matrix]]),
        bias: new Float32Array(matrix.cols),
      };
      if (!c) return product;
      const bias = scope.constant(c) && this.sum(c, depth + 1);
      return bias && add(product, { ...bias, bias: bias.bias.map((x) => x * (beta as number)) });
    }
    if (node?.op === "Add") {
      const [one, other] = [this.sum(a, depth + 1), this.sum(b, depth + 1)];
      if (one && other) return add(one, other);
      const known = one ?? other;
      if (!known?.terms.size) return undefined;
      const { cols } = known;
      const identity = { rows: cols, cols, data: undefined };
      const rest = {
        cols,
        terms: new Map([[scope.root(one ? b : a), identity]]),
        bias: new Float32Array(cols),
      };
      return add(known, rest);
    }
    return node && this.#part(name, node, (whole) => this.sum(whole, depth + 1));
  }

  #part(name: string, node: GraphNode, find: (whole: string) => Affine | undefined): Affine | undefined {
    if (node.op !== "Split" && node.op !== "Slice") return undefined;
    const whole = find(node.inputs[0]!);
    if (!whole || [...whole.terms.values()].some(({ data }) => !data)) return undefined;
    const range = this.#range(name, node, whole.cols);
    if (!range) return undefined;
    const [from, to] = range;
    if (to - from === whole.cols) return undefined;
    const terms = new Map(
      [...whole.terms].map(([key, matrix]) => [
        key,
        once(matrix.data!, `${from}-${to} of ${matrix.cols}`, () => columns(matrix, from, to)),
      ]),
    );
    return { cols: to - from, terms, bias: whole.bias.slice(from, to) };
  }

  /**
   * Returns which columns of `cols` a node takes, if its axis is the last. Along another one its result would have `cols` columns, which
   * the plan refuses since the states have fewer. So a cut that takes all columns is none.
   */
  #range(name: string, { op, inputs, outputs, attributes }: GraphNode, cols: number) {
    const { scope } = this;
    if (op === "Split") {
      const count = (attributes.num_outputs as number | undefined) ?? outputs.length;
      const sizes = inputs[1] ? scope.numbers(inputs[1]) : new Array<number>(count).fill(cols / count);
      const i = outputs.indexOf(name);
      if (
        !sizes ||
        sizes.reduce((a, b) => a + b, 0) !== cols ||
        !sizes.every((n) => Number.isInteger(n) && n > 0)
      )
        return undefined;
      const from = sizes.slice(0, i).reduce((a, b) => a + b, 0);
      return [from, from + sizes[i]!] as const;
    }
    const [starts, ends, axes, steps = [1]] = inputs.slice(1).map((input) => scope.numbers(input));
    if (starts?.length !== 1 || ends?.length !== 1 || axes?.length !== 1 || steps[0] !== 1) return undefined;
    const place = (n: number) => Math.max(0, Math.min(cols, n < 0 ? n + cols : n));
    const [from, to] = [place(starts[0]!), place(ends[0]!)];
    return to > from ? ([from, to] as const) : undefined;
  }

  /** Returns a value as the activation of a sum; undefined if it is something else. */
  gate(given: string, depth = 0): Gate | undefined {
    const name = this.scope.root(given);
    const node = this.scope.maker(name);
    if (!node || depth > MAX_DEPTH) return undefined;
    const activation = activationOf(node);
    if (activation) {
      const sum = this.sum(node.inputs[0]!);
      return sum && { activation, sum };
    }
    let whole: Gate | undefined;
    const sum = this.#part(name, node, (from) => {
      whole = this.gate(from, depth + 1);
      return whole?.sum;
    });
    return sum && { activation: whole!.activation, sum };
  }
}

/** Returns the activation that a node is. */
export function activationOf({ op, attributes }: GraphNode): Activation | undefined {
  if (!isActivation(op)) return undefined;
  const [alpha, beta] = ACTIVATIONS[op]!;
  return {
    name: op,
    ...(alpha !== undefined && { alpha: (attributes.alpha as number | undefined) ?? alpha }),
    ...(beta !== undefined && { beta: (attributes.beta as number | undefined) ?? beta }),
  };
}

/** Returns a constant whose rows are all the same as a bias. */
function row({ dtype, shape, data }: Value): Affine | undefined {
  const cols = shape.at(-1) ?? 1;
  if (dtype !== "float32" || !data.length || data.some((x, i) => x !== data[i % cols])) return undefined;
  return { cols, terms: new Map(), bias: data.slice(0, cols) as Float32Array };
}

function matrixOf({ shape: [n = 0, m = 0], data }: Value, transposed: boolean, alpha: number): Matrix {
  const [rows, cols] = transposed ? [m, n] : [n, m];
  if (!transposed && alpha === 1) return { rows, cols, data: data as Float32Array };
  const to = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < cols; k++) to[i * cols + k] = alpha * data[transposed ? k * rows + i : i * cols + k]!;
  return { rows, cols, data: to };
}
