import { UnrolledError } from "../errors.ts";
import type { Runtime } from "./runtime.ts";
import { sizeOf } from "./shapes.ts";
import { showElements } from "./show-elements.ts";

/** Name of the method that `console.log` of Node, Deno and Bun calls. */
const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** The type of the elements of a tensor: `float32` for numbers, `int32` for indices and tokens. */
export type DType = "float32" | "int32";

/** The shape and data of a tensor, outside the memory of a runtime. */
export interface TensorData {
  /** Length of each axis. The shape of a single number is []. */
  readonly shape: readonly number[];
  /** The elements in row-major order. */
  readonly data: Float32Array | Int32Array;
}

/** A tensor as a file has it: {@link TensorData}, or small integers, such as weights in 8 bits. */
export interface StoredTensor {
  /** Length of each axis. The shape of a single number is []. */
  readonly shape: readonly number[];
  /** The elements in row-major order. */
  readonly data: Float32Array | Int32Array | Int8Array;
}

/**
 * An array in the memory of a runtime, in row-major order. `Runtime.tensor`, modules and operations make tensors.
 *
 * Every operation checks its tensors. It throws ERR_DTYPE if a tensor has the wrong type of elements. It throws ERR_STATE if a
 * tensor belongs to a different runtime, and ERR_DISPOSED if a tensor was disposed.
 */
export class Tensor {
  /** The runtime in whose memory the elements are. */
  readonly runtime: Runtime;
  /** Length of each axis. The shape of a single number is []. */
  readonly shape: readonly number[];
  /** The type of the elements. */
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  /** Address of the first element in the runtime's memory. @internal */
  readonly ptr: number;
  /** Address of the block of memory that is freed with the tensor. `ptr` may lie inside the block. */
  readonly #block: number;
  #requiresGrad: boolean;
  #grad: Tensor | null = null;
  #disposed = false;

  /** Makes a tensor whose elements lie in a block of the runtime's memory. `dispose` frees it. Users call `Runtime.tensor`. */
  constructor(
    runtime: Runtime,
    block: number,
    shape: readonly number[],
    options: {
      dtype?: DType;
      requiresGrad?: boolean;
      /** Address of the first element, if that is not the start of the block. @internal */
      ptr?: number;
    } = {},
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
   * Whether `backward` computes a gradient for this tensor. True for a tensor made with `requiresGrad`. Also true for the result
   * of an operation if one of the inputs requires a gradient. For a result, the value becomes false when a backward pass
   * runs through the result, or when the scope that contains the result ends.
   *
   * Set it to false to freeze a parameter: its gradient is freed, and optimisers leave it as it is. Set it to true to train it again.
   *
   * @throws ERR_DTYPE if an int32 tensor is to get a gradient, ERR_STATE if the tensor is the result of an operation with a graph
   *
   * @example
   * ```js
   * const rt = await createRuntime();
   * const layer = new nn.Linear(rt, { inFeatures: 2, outFeatures: 1 });
   * layer.weight.requiresGrad = false;
   * sum(layer.forward(rt.tensor([1, 2], [1, 2]))).backward();
   * console.log(layer.weight.grad, layer.bias.grad.item()); // null 1
   * ```
   */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  set requiresGrad(requires: boolean) {
    if (requires === this.#requiresGrad) return;
    this.runtime.checkLeaf("requiresGrad", this);
    this.#requiresGrad = requires;
    this.frozen = !requires;
    if (!requires) this.#dropGrad();
  }

  /** Whether `requiresGrad` was set to false. @internal */
  frozen = false;

  /**
   * A view of the elements in memory. Any allocation may grow the memory, which detaches old views. Then get the view again.
   *
   * @throws ERR_DISPOSED if the tensor or its runtime was disposed
   */
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

  /** Returns the only element of a tensor of size 1. @throws ERR_SHAPE if the size is not 1 */
  item(): number {
    if (this.size !== 1) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `Tensor.item: shape is [${this.shape}], expected a single element`,
      );
    }
    return this.data[0]!;
  }

  /** The gradient, in the tensor's shape. Each call of `backward` adds to it. Null if the tensor has no gradient yet. */
  get grad(): Tensor | null {
    return this.#grad?.disposed ? null : this.#grad;
  }

  /**
   * Runs the backward pass from this tensor. For every leaf that the tensor was computed from, adds the gradient to `.grad` of
   * the leaf. Then frees the graph, so intermediate results become constants.
   *
   * @param seed gradient of the loss with respect to this tensor, in the tensor's shape; default 1 for a tensor of one element
   *
   * @example
   * ```js
   * const rt = await createRuntime();
   * const x = rt.tensor([1, 2, 3], [3], { requiresGrad: true });
   * const loss = sum(multiply(x, x));
   * loss.backward();
   * console.log(loss.item(), [...x.grad.data]); // 14 [ 2, 4, 6 ]
   * ```
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

  /** Whether the tensor was disposed, so that it can no longer be used. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /**
   * Describes the tensor, such as `Tensor [2, 2] float32 [[1, 2], [3, 4]]`. Rounds fractions to 4 significant digits. Shows at
   * most 6 elements of each axis.
   */
  toString(): string {
    const gradient = this.#requiresGrad ? " requiresGrad" : "";
    const rest =
      this.#disposed || this.runtime.disposed
        ? "disposed"
        : `${this.dtype}${gradient} ${showElements(this.data, this.shape)}`;
    return `Tensor [${this.shape}] ${rest}`.replaceAll(",", ", ");
  }

  /** @internal */
  [INSPECT](): string {
    return this.toString();
  }

  /** Returns the address of the gradient. If there is no gradient yet, makes one, all 0. For operations. @internal */
  gradPtr(): number {
    const gradient = this.grad ?? this.runtime.gradientOf(this);
    this.#grad = gradient;
    return gradient.ptr;
  }

  /** Separates the gradient from the tensor. Then `dispose` does not free the gradient. For scopes. @internal */
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

  /** Checks that the tensor can be used. @throws ERR_DISPOSED if the tensor or its runtime was disposed @internal */
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
 * Returns the runtime of tensors that an operation needs.
 *
 * @throws ERR_DTYPE if a value is not a Tensor
 */
export function runtimeOf(operation: string, ...tensors: readonly Tensor[]): Runtime {
  for (const tensor of tensors) {
    if (tensor instanceof Tensor) continue;
    throw new UnrolledError("ERR_DTYPE", `${operation}: expected a Tensor, got ${typeof tensor}`);
  }
  return tensors[0]!.runtime;
}

/**
 * Returns the runtime of float32 tensors that an operation needs. Checks `others` too, which may be undefined.
 *
 * @throws ERR_DTYPE if a value is not a Tensor or is int32, and what `check` of a runtime throws
 */
export function runtimeOfFloats(
  operation: string,
  needed: readonly Tensor[],
  ...others: readonly (Tensor | undefined)[]
): Runtime {
  const rt = runtimeOf(operation, ...needed);
  rt.checkFloats(operation, ...needed, ...others);
  return rt;
}

/**
 * Checks the shape of a tensor. If `tensor` is undefined, does nothing.
 *
 * @param what name of the tensor in the error message
 * @throws ERR_SHAPE if the shape differs from `shape`
 */
export function expectShape(what: string, tensor: Tensor | undefined, shape: readonly number[]): void {
  if (!tensor || String(tensor.shape) === String(shape)) return;
  throw new UnrolledError("ERR_SHAPE", `${what} is [${tensor.shape}], expected [${shape}]`);
}
