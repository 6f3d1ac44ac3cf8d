// This file is longer than others because the class Runtime connects tensors, scopes and the tape.

import { checkFunction, checkList, checkNumbers, checkOptions } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import type { Kernels } from "./kernels.ts";
import { type Build, compileKernels, instantiate } from "./load.ts";
import { flattenNumbers, type NestedNumbers } from "./nested-numbers.ts";
import { type Plan, PlanRecorder } from "./plan.ts";
import { collect, synchronous } from "./results.ts";
import { RUNTIME_OPTIONS, type RuntimeOptions } from "./runtime-options.ts";
import { checkShape, sizeOf } from "./shapes.ts";
import { Tape } from "./tape.ts";
import { type DType, expectShape, runtimeOf, Tensor } from "./tensor.ts";
import { Workspace } from "./workspace.ts";

/**
 * Starts a runtime, which has its own kernels and memory. Several runtimes can exist at the same time. `Runtime.dispose` frees a
 * runtime.
 *
 * @throws ERR_VALUE if an option is invalid; ERR_WASM if the kernels cannot run here
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([1, 2, 3, 4], [2, 2]);
 * console.log(sum(x).item()); // 10
 * rt.dispose();
 * ```
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  checkOptions("createRuntime", options, RUNTIME_OPTIONS);
  const { variant, module = await compileKernels(variant) } = options;
  return createRuntimeSync({ ...options, module });
}

/**
 * Starts a runtime synchronously, from a module that is already compiled. For example, a page can post a module from
 * `compileKernels` to an AudioWorklet. The AudioWorklet then starts a runtime from the module.
 *
 * @throws ERR_VALUE if an option is invalid; ERR_WASM if `module` is not a build of this package
 */
export function createRuntimeSync(options: RuntimeOptions & { module: WebAssembly.Module }): Runtime {
  checkOptions("createRuntimeSync", options, RUNTIME_OPTIONS);
  const build = instantiate(options.module, options.variant);
  if (build.kernels.recurrent_backward) return new Runtime(build as Build, options.seed ?? 1);
  throw new UnrolledError(
    "ERR_WASM",
    "createRuntime: `module` is a build that only runs models; use createRuntime of unrolled/run, or strict.wasm or relaxed.wasm",
  );
}

/** An operation that has run and is to be recorded on the tape, with its backward pass. @internal */
export interface Operation {
  name: string;
  inputs: readonly (Tensor | undefined)[];
  outputs: readonly Tensor[];
  /** Computes the gradients of the inputs from the gradients of the outputs. Adds them to each input's array at `gradPtr()`. */
  backward: () => void;
  /** Blocks of memory that `backward` needs. They are freed when the operation is removed from the tape. */
  saved?: readonly number[];
}

/** Holds tensors, the scopes that they live in, and the tape of operations from which gradients are computed. */
export class Runtime extends Workspace<Kernels> {
  /** Whether parameters start with random values. False inside `skipInit`. @internal */
  drawing = true;
  #tape = new Tape();
  #recording = true;
  /** Tensors made in the innermost scope; null outside all scopes. */
  #scope: Set<Tensor> | null = null;

  /**
   * Makes a tensor with a copy of data. An Int32Array stays int32, for indices or tokens. Other data becomes float32.
   *
   * @param data a typed array, or numbers in nested arrays, such as `[[1, 2], [3, 4]]`
   * @param shape default: the nesting of the arrays, or [length] for a typed array. Must have as many elements as `data`
   * @throws ERR_SHAPE if two arrays of the same nesting level differ in length, or if `shape` does not fit `data`;
   *   ERR_VALUE if an element is not a number; ERR_DTYPE if `requiresGrad` is set for an int32 tensor;
   *   ERR_MEMORY if the memory cannot grow
   *
   * @example
   * ```js
   * const rt = await createRuntime();
   * const x = rt.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
   * const tokens = rt.tensor(Int32Array.of(7, 8, 9), [3]);
   * console.log(x.shape, x.dtype); // [ 2, 3 ] float32
   * console.log(tokens.shape, tokens.dtype); // [ 3 ] int32
   * ```
   */
  tensor(
    data: Float32Array | Int32Array | NestedNumbers,
    shape?: readonly number[],
    options: { requiresGrad?: boolean } = {},
  ): Tensor {
    checkOptions("tensor", options, "requiresGrad");
    const { flat, nesting } = ArrayBuffer.isView(data)
      ? { flat: data, nesting: [data.length] }
      : flattenNumbers(data);
    const dims = shape ?? nesting;
    checkShape("tensor", dims);
    if (flat.length !== sizeOf(dims)) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `tensor: data has ${counted(flat.length, "element", "elements")}, expected ${sizeOf(dims)} for shape [${dims}]`,
      );
    }
    const dtype = data instanceof Int32Array ? "int32" : "float32";
    if (dtype === "int32" && options.requiresGrad) {
      throw new UnrolledError("ERR_DTYPE", "tensor: int32 tensors have no gradient; pass float32 data");
    }
    checkNumbers("tensor: data", flat);
    const tensor = this.empty(dims, { dtype, ...options });
    tensor.data.set(flat);
    return tensor;
  }

  /**
   * Makes a tensor of the given shape, all 0.
   *
   * @throws ERR_SHAPE if `shape` is invalid; ERR_MEMORY if the memory cannot grow
   *
   * @example
   * ```js
   * const rt = await createRuntime();
   * const h0 = rt.zeros([1, 2, 3]);
   * console.log([...h0.data]); // [ 0, 0, 0, 0, 0, 0 ]
   * ```
   */
  zeros(shape: readonly number[], options: { requiresGrad?: boolean } = {}): Tensor {
    checkOptions("zeros", options, "requiresGrad");
    return this.#cleared(shape, options);
  }

  #cleared(shape: readonly number[], options: { dtype?: DType; requiresGrad?: boolean }): Tensor {
    checkShape("zeros", shape);
    const tensor = this.empty(shape, options);
    tensor.data.fill(0);
    return tensor;
  }

  /**
   * Runs the backward pass from several outputs at once, like `Tensor.backward`.
   *
   * @param seeds gradient of each output, in the output's shape; default 1 for an output of one element
   * @throws ERR_VALUE if `outputs` is not an array; ERR_SHAPE if a seed is missing or its shape is wrong; ERR_DTYPE if a seed is
   *   int32; ERR_STATE if an output has no graph, if an earlier pass freed a part of the graph, or if a tensor belongs to a
   *   different runtime; ERR_DISPOSED if a tensor was disposed. In all these cases, no gradient has changed.
   */
  backward(outputs: readonly Tensor[], seeds: readonly (Tensor | undefined)[] = []): void {
    if (!Array.isArray(outputs))
      throw new UnrolledError("ERR_VALUE", "backward: expected an array of tensors");
    outputs.forEach((output, i) => {
      this.#checkBackward(output, checkList("backward: seeds", seeds)[i]);
    });
    this.#tape.backward(outputs, () => {
      const gradients = this.frame(() => outputs.map((output) => output.gradPtr()));
      outputs.forEach((output, i) => {
        const gradient = gradients[i]!;
        const seed = seeds[i];
        if (seed) this.kernels.add_scaled(gradient, seed.ptr, 1, output.size);
        else this.floats(gradient, 1)[0]! += 1;
      });
    });
  }

  #checkBackward(output: Tensor, seed: Tensor | undefined): void {
    this.check("backward", output);
    if (!output.requiresGrad) {
      throw new UnrolledError(
        "ERR_STATE",
        "backward: the tensor has no graph: no input with requiresGrad, inside noGrad(), or freed by backward or scope()",
      );
    }
    if (seed) {
      this.checkFloats("backward", seed);
      expectShape("backward: the seed", seed, output.shape);
    } else if (output.size !== 1) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `backward: an output of shape [${output.shape}] needs a seed of that shape`,
      );
    }
  }

  /**
   * Runs `fn` and then frees every tensor that was made in `fn`, except the tensors in the result of `fn`. The result can be a
   * tensor, or arrays and plain objects of tensors. The graph is freed too, so tensors in the result become constants. Therefore,
   * call `backward` inside `fn`. Parameters of modules and the state of optimisers are not freed. They live until they are
   * disposed. Tensors made outside all scopes live until they or the runtime are disposed.
   *
   * @example
   * ```js
   * const rt = await createRuntime();
   * const x = rt.tensor([3, 4], [2]);
   * let squares;
   * const total = rt.scope(() => {
   *   squares = multiply(x, x);
   *   return sum(squares);
   * });
   * console.log(total.item(), total.disposed); // 25 false
   * console.log(squares.disposed); // true
   * ```
   */
  scope<T>(fn: () => T): T {
    const outer = this.#scope;
    const inner = new Set<Tensor>();
    const { mark } = this.#tape;
    const kept = new Set<unknown>();
    this.#scope = inner;
    try {
      const result = synchronous("scope", checkFunction("scope: fn", fn)());
      collect(result, kept);
      return result;
    } finally {
      this.#scope = outer;
      if (!this.disposed) {
        this.#tape.truncate(mark);
        for (const tensor of inner) {
          if (kept.has(tensor)) {
            outer?.add(tensor);
            continue;
          }
          if (tensor.grad && kept.has(tensor.grad)) {
            outer?.add(tensor.grad);
            tensor.releaseGrad();
          }
          tensor.dispose();
        }
      }
    }
  }

  /** Runs `fn` without recording operations. Its results have no gradient, and no data is stored for a backward pass. */
  noGrad<T>(fn: () => T): T {
    const before = this.#recording;
    this.#recording = false;
    try {
      return synchronous("noGrad", checkFunction("noGrad: fn", fn)());
    } finally {
      this.#recording = before;
    }
  }

  /** Frees all memory of this runtime. Its tensors and modules become unusable. */
  override dispose(): void {
    super.dispose();
    this.#tape = new Tape();
    this.#scope = null;
  }

  // ---- The methods below are for operations and modules.

  /** Like Workspace.frame. If `fn` throws, also removes from the tape the operations that `fn` recorded. @internal */
  override frame<T>(fn: () => T): T {
    return super.frame(() => {
      const { mark } = this.#tape;
      try {
        return fn();
      } catch (error) {
        this.#tape.truncate(mark);
        throw error;
      }
    });
  }

  /**
   * Runs `fn`, but records its calls of kernels instead of running them. The calls must not depend on values in memory. Returns
   * undefined if `fn` calls a kernel that plans cannot have.
   *
   * @internal
   */
  override plan(fn: () => void): Plan | undefined {
    const { kernels } = this;
    const recorder = new PlanRecorder();
    this.held = recorder.kernels;
    try {
      fn();
    } finally {
      this.held = kernels;
    }
    return recorder.store(this);
  }

  /** Makes a tensor with undefined contents. @internal */
  empty(shape: readonly number[], options: { dtype?: DType; requiresGrad?: boolean } = {}): Tensor {
    return this.adopt(this.allocate(sizeOf(shape)), shape, options);
  }

  /** Makes the result of an operation, with undefined contents. It requires a gradient if an input does. @internal */
  output(shape: readonly number[], inputs: readonly (Tensor | undefined)[]): Tensor {
    return this.adopt(this.allocate(sizeOf(shape)), shape, { requiresGrad: this.records(inputs) });
  }

  /** Makes a tensor whose elements lie in the given block. The block is freed with the tensor. @internal */
  adopt(
    block: number,
    shape: readonly number[],
    options: ConstructorParameters<typeof Tensor>[3] = {},
  ): Tensor {
    const tensor = new Tensor(this, block, shape, options);
    this.claim(block, tensor);
    this.#scope?.add(tensor);
    return tensor;
  }

  /** Makes a tensor, all 0, that scopes do not free. It lives until it is disposed. @internal */
  persistent(shape: readonly number[], options: { dtype?: DType; requiresGrad?: boolean } = {}): Tensor {
    checkOptions("persistent", options, "dtype requiresGrad");
    const scope = this.#scope;
    this.#scope = null;
    try {
      return this.#cleared(shape, options);
    } finally {
      this.#scope = scope;
    }
  }

  /** Makes a trainable tensor, all 0, and its gradient, all 0. Scopes free neither of them. @internal */
  parameter(shape: readonly number[]): Tensor {
    return this.frame(() => {
      const tensor = this.persistent(shape, { requiresGrad: true });
      tensor.gradPtr();
      return tensor;
    });
  }

  /**
   * Runs `fn`. Parameters that `fn` makes stay 0, because their values are loaded later. Like torch's `skip_init`.
   *
   * @internal
   */
  skipInit<T>(fn: () => T): T {
    const before = this.drawing;
    this.drawing = false;
    try {
      return fn();
    } finally {
      this.drawing = before;
    }
  }

  /** Whether operations are recorded: false inside `noGrad`. @internal */
  get recording(): boolean {
    return this.#recording;
  }

  /** Returns whether an operation on these tensors must be recorded. @internal */
  records(inputs: readonly (Tensor | undefined)[]): boolean {
    return this.#recording && inputs.some((input) => input?.requiresGrad);
  }

  /** Records an operation on the tape. @internal */
  record(operation: Operation): void {
    const { name, outputs, backward, saved = [] } = operation;
    const inputs = operation.inputs.filter((input) => input !== undefined);
    this.#tape.record({
      name,
      inputs,
      outputs,
      differentiable: inputs.filter((input) => input.requiresGrad),
      backward: () => this.frame(backward),
      free: () => {
        for (const block of saved) this.free(block);
      },
    });
  }

  /** Makes the gradient of a tensor, all 0. It is freed with the tensor. @internal */
  gradientOf(tensor: Tensor): Tensor {
    const gradient = new Tensor(this, this.allocate(tensor.size), tensor.shape);
    this.claim(gradient.ptr, gradient);
    gradient.data.fill(0);
    return gradient;
  }

  /** Frees the block of a tensor and removes the tensor from its scope. Called by `Tensor.dispose`. @internal */
  release(tensor: Tensor, block: number): void {
    this.#scope?.delete(tensor);
    this.free(block);
  }

  /**
   * Checks that an operation can use the tensors.
   *
   * @throws ERR_DTYPE if a value is not a Tensor, ERR_STATE if a tensor belongs to a different runtime, ERR_DISPOSED if a tensor
   *   or the runtime was disposed
   * @internal
   */
  check(operation: string, ...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      if (runtimeOf(operation, tensor) !== this) {
        throw new UnrolledError("ERR_STATE", `${operation}: a tensor belongs to another runtime`);
      }
      tensor.assertUsable();
    }
  }

  /** Checks that a tensor can be frozen or trained. @throws ERR_DTYPE if it is int32, ERR_STATE if it has a graph @internal */
  checkLeaf(operation: string, tensor: Tensor): void {
    this.checkFloats(operation, tensor);
    if (!this.#tape.made(tensor)) return;
    throw new UnrolledError(
      "ERR_STATE",
      `${operation}: the tensor is the result of an operation; set it for parameters`,
    );
  }

  /** Like `check`, but leaves out undefined values, and also throws ERR_DTYPE if a tensor is int32. @internal */
  checkFloats(operation: string, ...tensors: readonly (Tensor | undefined)[]): void {
    for (const tensor of tensors) if (tensor !== undefined) this.check(operation, tensor);
    for (const tensor of tensors) {
      if (tensor?.dtype !== "int32") continue;
      throw new UnrolledError(
        "ERR_DTYPE",
        `${operation}: a tensor of shape [${tensor.shape}] is int32, expected float32`,
      );
    }
  }
}
