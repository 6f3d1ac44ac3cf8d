import { type ErrorCode, UnrolledError } from "../errors.ts";
import { sizeOf } from "../runtime/shapes.ts";
import { show } from "../schema.ts";
import {
  ELEMENT_TYPES,
  type ElementType,
  type Graph,
  type GraphNode,
  isFloat,
  TYPE_CODES,
  type Value,
} from "./graph.ts";
import type { Shape } from "./shapes.ts";
import type { Slot } from "./slot.ts";

/** The type of a value whose numbers are not known yet. */
export interface Type {
  readonly dtype: ElementType;
  readonly shape: Shape;
}

/** Maximum numbers of a constant that a node makes from nothing: 16 MiB. */
const MAX_KNOWN = 4 << 20;

/** Signals that a node can only be planned once the numbers of a value are known. */
export class NumbersNeeded {
  readonly slot: Slot;

  constructor(slot: Slot) {
    this.slot = slot;
  }
}

/** A node with what is known of its inputs. */
export class Call {
  readonly node: GraphNode;
  /** Undefined for an optional input that is absent. */
  readonly inputs: readonly (Slot | undefined)[];

  constructor(node: GraphNode, inputs: readonly (Slot | undefined)[]) {
    this.node = node;
    this.inputs = inputs;
  }

  /** Refuses the node. @throws ERR_FORMAT, or another code */
  fail(problem: string, code: ErrorCode = "ERR_FORMAT"): never {
    const { name, op } = this.node;
    throw new UnrolledError(code, `${op} ${show(name)}: ${problem}`);
  }

  /** Refuses shapes that no model has. @throws ERR_MEMORY if a value of this shape would have more than 2^22 numbers, ERR_SHAPE if a length is negative */
  checkSize(shape: Shape): void {
    if (shape.some((n) => n < 0)) this.fail(`its result would be [${shape}]`, "ERR_SHAPE");
    if (sizeOf(shape) > MAX_KNOWN)
      this.fail(`a constant of [${shape}] is larger than models need`, "ERR_MEMORY");
  }

  /** Whether an optional input is given. */
  has(i: number): boolean {
    return this.inputs[i] !== undefined;
  }

  /** Returns an input. @throws ERR_FORMAT if it is absent */
  input(i: number): Slot {
    return this.inputs[i] ?? this.fail(`input ${i} is missing`);
  }

  /** Checks that all inputs have floats. Returns the type of the first. @throws ERR_DTYPE if one has integers, which kernels would read as floats */
  floatType(): Type {
    const other = this.inputs.find((slot) => slot && !isFloat(slot.dtype));
    if (other) this.fail(`an input is ${other.dtype}, expected floats`, "ERR_DTYPE");
    const { dtype, shape } = this.input(0);
    return { dtype, shape };
  }

  /** Checks the shape of an input, if it is there. @param what begins the message: "the bias is" @throws ERR_SHAPE if it is none of `allowed` */
  checkShape(i: number, what: string, ...allowed: Shape[]): void {
    const given = this.inputs[i]?.shape;
    if (given && !allowed.some((shape) => shape.join() === given.join()))
      this.fail(`${what} [${given}], expected [${allowed.join("] or [")}]`, "ERR_SHAPE");
  }

  /** Returns the numbers of an input. @throws NumbersNeeded if they are not known yet */
  numbers(i: number): Value {
    const slot = this.input(i);
    if (!slot.constant) throw new NumbersNeeded(slot);
    return slot.constant;
  }

  /** Returns the numbers of an input as a list. @throws NumbersNeeded if they are not known yet */
  list(i: number): number[] {
    return [...this.numbers(i).data];
  }

  /** Returns the numbers of an optional input as a list; undefined if it is absent. */
  optionalList(i: number): number[] | undefined {
    return this.has(i) ? this.list(i) : undefined;
  }

  #attribute<T>(name: string, fallback: T | undefined, is: (value: unknown) => boolean, what: string): T {
    const value = this.node.attributes[name];
    if (value === undefined) return fallback ?? this.fail(`attribute ${name} is missing`);
    if (is(value)) return value as T;
    return this.fail(`attribute ${name} is ${show(value)}, expected ${what}`);
  }

  /** Returns an attribute that is a number. */
  number(name: string, fallback?: number): number {
    return this.#attribute(name, fallback, (value) => typeof value === "number", "a number");
  }

  /** Returns an attribute that is 0 or 1. */
  flag(name: string, fallback = false): boolean {
    return this.number(name, Number(fallback)) !== 0;
  }

  text(name: string, fallback?: string): string {
    return this.#attribute(name, fallback, (value) => typeof value === "string", "a text");
  }

  numbersOf(name: string, fallback?: readonly number[]): readonly number[] {
    const is = (value: unknown) => Array.isArray(value) && value.every((n) => typeof n === "number");
    return this.#attribute(name, fallback, is, "a list of numbers");
  }

  textsOf(name: string, fallback?: readonly string[]): readonly string[] {
    const is = (value: unknown) => Array.isArray(value) && value.every((n) => typeof n === "string");
    return this.#attribute(name, fallback, is, "a list of texts");
  }

  /** Returns an attribute that is a type of elements, by ONNX's number or its name. */
  type(name: string, fallback?: ElementType): ElementType {
    const given = this.node.attributes[name] ?? fallback;
    const type = typeof given === "number" ? TYPE_CODES[given] : given;
    const found = ELEMENT_TYPES.find((known) => known === type);
    return found ?? this.fail(`attribute ${name} is type ${type}, expected ${ELEMENT_TYPES.join(", ")}`);
  }

  value(name: string): Value {
    const is = (value: unknown) => typeof value === "object" && value !== null && "data" in value;
    return this.#attribute<Value>(name, undefined, is, "a tensor");
  }

  body(name: string): Graph {
    const is = (value: unknown) => typeof value === "object" && value !== null && "nodes" in value;
    return this.#attribute<Graph>(name, undefined, is, "a graph");
  }

  /** Returns an axis counted from 0. @throws ERR_FORMAT if a tensor of `rank` axes does not have it */
  axis(axis: number, rank: number): number {
    const found = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(found) || found < 0 || found >= rank) {
      this.fail(`axis ${axis} of a tensor with ${rank} axes`);
    }
    return found;
  }

  /** Returns axes counted from 0, sorted. @throws ERR_FORMAT if there is no such axis or one twice */
  axes(axes: readonly number[], rank: number): number[] {
    const found = axes.map((axis) => this.axis(axis, rank)).sort((a, b) => a - b);
    if (new Set(found).size < found.length) this.fail(`axes [${axes}] has one twice`);
    return found;
  }
}
