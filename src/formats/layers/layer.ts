import type { Value } from "../../graph/graph.ts";
import { show } from "../../schema.ts";
import type { Builder, Tensor } from "./builder.ts";

export type Config = Readonly<Record<string, unknown>>;

/** A layer as a file describes it. */
export interface LayerConfig {
  readonly className: string;
  readonly config: Record<string, unknown>;
}

/** Where a file's weights come from. */
export interface LayerWeights {
  /**
   * Returns the weights of a layer in Keras' order (kernel, recurrent kernel, bias, ...). A layer of cells (`RNN`) has the weights of
   * all its cells, one after the other; `MultiHeadAttention` those of query, key, value and output.
   *
   * @param path the names of the models and wrappers around it, outermost first, then the layer's own name. The two layers of a
   *   `Bidirectional` are called forward_NAME and backward_NAME
   */
  of(path: readonly string[], layer: LayerConfig): readonly Value[];
}

/** The framework and its version, which decide what `hard_sigmoid` and a missing `reset_after` mean. */
export interface Version {
  readonly framework: "keras" | "tfjs";
  readonly major: number;
}

/** An argument of a layer's or operator's call. */
export type Argument =
  | Tensor
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Argument[]
  | { readonly [key: string]: Argument };

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isTensor = (value: unknown): value is Tensor =>
  isObject(value) && "dtype" in value && "shape" in value;

/** Returns the tensors in an argument, in Keras' order: keys of objects are sorted. */
export function tensorsIn(argument: Argument): Tensor[] {
  if (isTensor(argument)) return [argument];
  if (Array.isArray(argument)) return argument.flatMap(tensorsIn);
  if (!isObject(argument)) return [];
  return Object.keys(argument)
    .sort()
    .flatMap((key) => tensorsIn((argument as Record<string, Argument>)[key]));
}

/** A call of a layer: its options, inputs and weights. */
export class Layer {
  readonly b: Builder;
  readonly className: string;
  readonly config: Config;
  readonly path: readonly string[];
  readonly inputs: readonly Tensor[];
  /** What the call has besides tensors in its arguments. */
  readonly args: readonly Argument[];
  readonly named: Readonly<Record<string, Argument>>;
  readonly version: Version;
  readonly #weights: LayerWeights;

  constructor(
    b: Builder,
    { className, config }: LayerConfig,
    path: readonly string[],
    args: readonly Argument[],
    named: Readonly<Record<string, Argument>>,
    version: Version,
    weights: LayerWeights,
  ) {
    this.b = b;
    this.className = className;
    this.config = config;
    this.path = path;
    this.args = args;
    this.named = named;
    this.version = version;
    this.#weights = weights;
    this.inputs = args.flatMap(tensorsIn);
  }

  /** Makes the call of a layer inside this one. */
  inner(layer: LayerConfig, name: string, args: readonly Argument[], named = {}): Layer {
    const path = [...this.path, name];
    this.b.enter(path, layer.className);
    return new Layer(this.b, layer, path, args, named, this.version, this.#weights);
  }

  /** Ends what `inner` began. */
  back(): void {
    this.b.enter(this.path, this.className);
  }

  get x(): Tensor {
    return this.inputs[0] ?? this.b.fail("it has no input");
  }

  /** Whether it is of Keras 3, whose rules differ. */
  get isModern(): boolean {
    return this.version.framework === "keras" && this.version.major >= 3;
  }

  /** The mask that counts: the call's own, else that of the input. */
  get mask(): Tensor | undefined {
    const { mask } = this.named;
    return isTensor(mask) ? mask : this.inputs[0]?.mask;
  }

  /** Refuses an option. */
  refuse(key: string, expected: string): never {
    return this.b.fail(`${key} is ${show(this.config[key])}, expected ${expected}`);
  }

  number(key: string, fallback?: number): number {
    const value = this.config[key] ?? fallback;
    return typeof value === "number" && Number.isFinite(value) ? value : this.refuse(key, "a number");
  }

  /** Returns a whole number above 0. */
  count(key: string, fallback?: number): number {
    const value = this.number(key, fallback);
    return Number.isSafeInteger(value) && value > 0 ? value : this.refuse(key, "a whole number above 0");
  }

  flag(key: string, fallback = false): boolean {
    const value = this.config[key] ?? fallback;
    return typeof value === "boolean" ? value : Boolean(value);
  }

  choice<T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const value = (this.config[key] ?? fallback) as T;
    return choices.includes(value) ? value : this.refuse(key, choices.join(" or "));
  }

  /** Returns a list of whole numbers. A single number is the entry of all `n`. */
  counts(key: string, n: number, fallback?: number): number[] {
    const given = this.config[key] ?? fallback;
    const list = Array.isArray(given) ? given : Array.from({ length: n }, () => given);
    const right = list.length === n && list.every((entry) => Number.isSafeInteger(entry) && entry > 0);
    return right ? list : this.refuse(key, `${n} whole numbers above 0`);
  }

  /** Returns axes counted from 0. */
  axes(key: string, fallback: number): number[] {
    const given = this.config[key] ?? fallback;
    return (Array.isArray(given) ? given : [given]).map((axis) => this.axis(axis));
  }

  axis(axis: unknown, rank = this.x.shape.length): number {
    const at = Number.isInteger(axis) && (axis as number) < 0 ? (axis as number) + rank : axis;
    if (Number.isInteger(at) && (at as number) >= 0 && (at as number) < rank) return at as number;
    return this.b.fail(`axis ${show(axis)} of a tensor with ${rank} axes`);
  }

  /** Returns the length of the last axis, or of another. @throws ERR_FORMAT if it is free */
  width(axis = -1): number {
    const n = this.x.shape.at(axis)!;
    return n >= 0 ? n : this.b.fail(`axis ${axis} of [${this.x.shape}] must be known`);
  }

  rank(...ranks: number[]): number {
    const rank = this.x.shape.length;
    return ranks.includes(rank)
      ? rank
      : this.b.fail(`its input has ${rank} axes, expected ${ranks.join(" or ")}`);
  }

  /** Returns the weights. @throws ERR_FORMAT if they are not of these shapes; NaN fits any length */
  weights(...shapes: readonly (readonly number[] | false)[]): Value[] {
    const expected = shapes.filter((shape) => shape !== false);
    const found = this.allWeights();
    if (found.length !== expected.length) {
      this.b.fail(`${found.length} weights, expected ${expected.length}`);
    }
    for (const [i, { shape }] of found.entries()) checkShape(this, i, shape, expected[i]!);
    return found;
  }

  /** Returns the weights, however many. */
  allWeights(): Value[] {
    const found = this.#weights.of(this.path, { className: this.className, config: { ...this.config } });
    if (!found.every(({ data }) => data instanceof Float32Array)) this.b.fail("a weight is not of floats");
    return [...found];
  }
}

/** Checks the shape of a weight. */
export function checkShape(
  layer: Layer,
  index: number,
  shape: readonly number[],
  expected: readonly number[],
): void {
  if (shape.length === expected.length && expected.every((n, i) => Number.isNaN(n) || n === shape[i])) return;
  layer.b.fail(`weight ${index + 1} is [${shape}], expected [${expected}]`);
}
