import { UnrolledError } from "../errors.ts";
import type { Runtime } from "./runtime.ts";
import { sizeOf } from "./shapes.ts";

export type DType = "float32" | "int32";

/** A tensor outside a runtime: its shape and data. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** An array in the memory of a runtime, row-major. Made by `Runtime.tensor`, by modules and by operations. */
export class Tensor {
  readonly runtime: Runtime;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  /** Address of the first element in the runtime's memory. @internal */
  readonly ptr: number;
  /** Block that is freed with the tensor; `ptr` may lie inside it. */
  readonly #block: number;
  #requiresGrad: boolean;
  #grad: Tensor | null = null;
  #disposed = false;

  /** Wraps a block of the runtime's heap. The tensor then owns the block. For operations. */
  constructor(
    runtime: Runtime,
    block: number,
    shape: readonly number[],
    options: { dtype?: DType; requiresGrad?: boolean; ptr?: number } = {},
  ) {
    this.runtime = runtime;
    this.shape = Object.freeze([...shape]);
    this.dtype = options.dtype ?? "float32";
    this.size = sizeOf(shape);
    this.#requiresGrad = options.requiresGrad ?? false;
    this.ptr = options.ptr ?? block;
    this.#block = block;
  }

  /**
   * Whether gradients flow to this tensor. True for a leaf made with `requiresGrad`, and for the result of an operation if
   * gradients flow to one of its inputs. A result becomes a constant when its graph is freed: by a backward pass through the
   * result, or at the end of its scope.
   */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  /** A live view of the elements. Get it again after anything that may allocate: a view is detached when the memory grows. */
  get data(): Float32Array | Int32Array {
    this.assertUsable();
    return this.dtype === "int32"
      ? this.runtime.ints(this.ptr, this.size)
      : this.runtime.floats(this.ptr, this.size);
  }

  /** Returns a copy of the elements. */
  toArray(): Float32Array {
    return Float32Array.from(this.data);
  }

  /** Returns the only element of a tensor of size 1. */
  item(): number {
    if (this.size !== 1) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `Tensor.item: shape is [${this.shape}], expected a single element`,
      );
    }
    return this.data[0]!;
  }

  /** The gradient that `backward` has accumulated, in the tensor's shape. Null before the first `backward`. */
  get grad(): Tensor | null {
    return this.#grad?.disposed ? null : this.#grad;
  }

  /**
   * Adds the gradient of this tensor to `.grad` of every leaf that it was computed from, and frees the graph: intermediate
   * results become constant.
   *
   * @param seed gradient of the final quantity with respect to this tensor, in the tensor's shape; default 1 for a single element
   */
  backward(seed?: Tensor): void {
    this.runtime.backward([this], seed ? [seed] : []);
  }

  /** Frees the memory. Using the tensor afterwards throws ERR_DISPOSED. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#dropGrad();
    this.runtime.release(this, this.#block);
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Returns the address of the gradient. The first call makes the gradient, all 0. For operations. @internal */
  gradPtr(): number {
    const gradient = this.grad ?? this.runtime.gradientOf(this);
    this.#grad = gradient;
    return gradient.ptr;
  }

  /** Detaches the gradient, so that the gradient outlives the tensor. For scopes. @internal */
  releaseGrad(): void {
    this.#grad = null;
  }

  /** Makes the tensor a constant, because its operation can no longer be run backward. For the tape. @internal */
  cutGraph(): void {
    this.#requiresGrad = false;
    this.#dropGrad();
  }

  #dropGrad(): void {
    this.#grad?.dispose();
    this.#grad = null;
  }

  /** Checks the tensor. @throws ERR_DISPOSED if it or its runtime was disposed @internal */
  assertUsable(): void {
    if (this.#disposed || this.runtime.disposed) {
      throw new UnrolledError(
        "ERR_DISPOSED",
        `the tensor of shape [${this.shape}] was disposed; return it from scope() to keep it`,
      );
    }
  }
}

/**
 * Checks a tensor's shape, if there is a tensor; `what` is its name in the error message. @throws ERR_SHAPE if the shape differs
 */
export function expectShape(what: string, tensor: Tensor | undefined, shape: readonly number[]): void {
  if (!tensor || String(tensor.shape) === String(shape)) return;
  throw new UnrolledError("ERR_SHAPE", `${what} is [${tensor.shape}], expected [${shape}]`);
}
