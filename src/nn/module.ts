import { checkFunction, checkInstance } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { Runtime } from "../runtime/runtime.ts";
import { copyState, loadState, type StateDict } from "../runtime/state.ts";
import type { DType, StoredTensor, Tensor } from "../runtime/tensor.ts";

export type { StateDict };

type Named = Record<string, Tensor>;

/** The key of the name of an array's type, which is the same in other frames and in test sandboxes. Plain lists have none. */
const TYPE: typeof Symbol.toStringTag = Symbol.toStringTag;

/** A part of a network, like torch.nn.Module. It can have parameters, buffers and child modules, under PyTorch's names. */
export abstract class Module {
  /** The runtime in which the tensors of the module live. */
  readonly runtime: Runtime;
  #training = true;
  readonly #parameters = new Map<string, Tensor>();
  readonly #buffers = new Map<string, Tensor>();
  readonly #children = new Map<string, Module>();

  /**
   * Makes a module without parameters. The constructor of a subclass then registers the parameters of the subclass.
   *
   * @throws ERR_VALUE if `runtime` is not a Runtime
   */
  constructor(runtime: Runtime) {
    this.runtime = checkInstance("runtime", runtime, Runtime, "a Runtime; see createRuntime");
  }

  /** Number of learnable parameters. */
  get parameterCount(): number {
    return Object.values(this.parameters()).reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Makes a parameter with values uniform in [-bound, bound]. The values are 0 if bound is 0.
   *
   * @param name name of the parameter, as PyTorch has it
   */
  protected register(name: string, shape: readonly number[], bound: number): Tensor {
    const tensor = this.runtime.parameter(shape);
    fillUniform(tensor, bound);
    this.#parameters.set(name, tensor);
    return tensor;
  }

  /**
   * Makes a tensor of zeros that is saved with the parameters but not trained.
   *
   * @param name name of the buffer, as PyTorch has it
   */
  protected registerBuffer(name: string, shape: readonly number[], dtype: DType = "float32"): Tensor {
    const tensor = this.runtime.persistent(shape, { dtype });
    this.#buffers.set(name, tensor);
    return tensor;
  }

  /** Adds a child module. Its parameters are listed under `name.` followed by their own names. */
  protected child<T extends Module>(name: string, module: T): T {
    this.#children.set(name, module);
    return module;
  }

  /** The child modules, by name. @internal */
  get children(): ReadonlyMap<string, Module> {
    return this.#children;
  }

  /**
   * Whether the module is in training mode; initially true. In training, dropout is active, and batch normalisation uses the
   * statistics of the batch.
   */
  get training(): boolean {
    return this.#training;
  }

  /** Switches between training (default) and inference, for this module and its children. */
  train(training = true): this {
    this.#training = training;
    for (const child of this.#children.values()) child.train(training);
    return this;
  }

  /** Runs `use` in inference mode, then restores the previous mode. */
  inference<T>(use: () => T): T {
    const { training } = this;
    checkFunction("inference: use", use);
    this.train(false);
    try {
      return use();
    } finally {
      this.train(training);
    }
  }

  /** Returns every parameter by name, in a fixed order. Each has a gradient, initially 0. */
  parameters(): Record<string, Tensor> {
    return this.#collect((module) => module.#parameters);
  }

  /** Returns every parameter and buffer by name. */
  #state(): Named {
    return this.#collect((module) => [...module.#parameters, ...module.#buffers]);
  }

  #collect(own: (module: Module) => Iterable<[string, Tensor]>): Named {
    const all = Object.fromEntries(own(this));
    for (const [prefix, child] of this.#children) {
      for (const [name, tensor] of Object.entries(child.#collect(own))) all[`${prefix}.${name}`] = tensor;
    }
    return all;
  }

  /**
   * Copies all parameters and buffers (such as the running statistics of batch normalisation).
   *
   * @param into an earlier result to overwrite; default: a new object
   */
  stateDict(into?: StateDict): StateDict {
    return copyState(this.#state(), into);
  }

  /**
   * Sets the values of all parameters and buffers.
   *
   * @throws ERR_FORMAT if a name is missing or unknown, ERR_SHAPE if a shape differs, ERR_VALUE if data are
   *   no typed array of the tensor's type or not finite; after an error, nothing has changed
   *
   * @example
   * ```js
   * const rt = await createRuntime();
   * const layer = new nn.Linear(rt, { inFeatures: 2, outFeatures: 1 });
   * layer.loadStateDict({
   *   weight: { shape: [1, 2], data: Float32Array.of(2, 3) },
   *   bias: { shape: [1], data: Float32Array.of(1) },
   * });
   * console.log(layer.forward(rt.tensor([10, 100], [1, 2])).item()); // 321
   * ```
   */
  loadStateDict(state: Readonly<Record<string, StoredTensor>>): void {
    for (const [name, tensor] of Object.entries(this.#state())) {
      const { data } = state?.[name] ?? {};
      if (data && (data[TYPE] !== tensor.data[TYPE] || !data.every(Number.isFinite))) {
        throw new UnrolledError(
          "ERR_VALUE",
          `loadStateDict: ${name}: expected finite numbers, ${tensor.data[TYPE]}`,
        );
      }
    }
    this.restore(state);
  }

  /** Like `loadStateDict`, but takes any numbers. For a trainer that goes back to its state before. @internal */
  restore(state: Readonly<Record<string, StoredTensor>>): void {
    loadState("loadStateDict", this.#state(), state, "ERR_SHAPE");
  }

  /** Frees all parameters and buffers. */
  dispose(): void {
    for (const tensor of Object.values(this.#state())) tensor.dispose();
  }
}

/** Fills a new parameter with random numbers, uniform in [-bound, bound]. Does nothing within `Runtime.skipInit`. */
export function fillUniform(tensor: Tensor, bound: number): void {
  const { runtime } = tensor;
  if (bound === 0 || !runtime.drawing) return;
  const block = runtime.random.take(Math.ceil(tensor.size / 4));
  runtime.kernels.fill_uniform(tensor.ptr, -bound, bound, tensor.size, runtime.random.seed, block);
}
