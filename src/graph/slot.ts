import { sizeOf } from "../runtime/shapes.ts";
import type { ElementType, Value } from "./graph.ts";
import type { Shape } from "./shapes.ts";

/** A block of the runtime's memory. Views share it. */
export interface Block {
  /** Address. */
  readonly start: number;
  /** Number of 4-byte words. */
  readonly words: number;
  /** How many values are in it that are still read. */
  users: number;
}

/** A value of a plan: its type, and its numbers or its place in memory. */
export class Slot {
  readonly dtype: ElementType;
  readonly shape: Shape;
  readonly size: number;
  /** The numbers, if they are known when planning. */
  constant: Value | undefined;
  /** The memory; undefined until a kernel needs a constant there. */
  block: Block | undefined;
  /** Where the value begins in its block, in words. */
  offset = 0;
  /** How many nodes are going to read it. */
  readers = 0;

  constructor(dtype: ElementType, shape: Shape, constant?: Value) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = sizeOf(shape);
    this.constant = constant;
  }

  /** Address of the first number. */
  get start(): number {
    return this.block!.start + this.offset * 4;
  }
}
