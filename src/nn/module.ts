import type { Runtime } from "../runtime/runtime.ts";
import { copyState, loadState, type StateDict } from "../runtime/state.ts";
import type { DType, Tensor } from "../runtime/tensor.ts";

export type { StateDict };

type Named = Record<string, Tensor>;

/** Something with parameters, its own and those of the modules it is made of, under PyTorch's names. */
export abstract class Module {
  readonly runtime: Runtime;
  #training = true;
  readonly #parameters = new Map<string, Tensor>();
  readonly #buffers = new Map<string, Tensor>();
  readonly #children = new Map<string, Module>();

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Numbers that are learnt. */
  get parameterCount(): number {
    return Object.values(this.parameters()).reduce((sum, { size }) => sum + size, 0);
  }

  /** Makes a parameter with values uniform in [-bound, bound]; 0 where bound is 0. */
  protected register(name: string, shape: readonly number[], bound: number): Tensor {
    const tensor = this.runtime.parameter(shape);
    fillUniform(tensor, bound);
    this.#parameters.set(name, tensor);
    return tensor;
  }

  /** Makes a tensor, all 0, that is saved with the parameters but not trained. */
  protected registerBuffer(name: string, shape: readonly number[], dtype: DType = "float32"): Tensor {
    const tensor = this.runtime.persistent(shape, { dtype });
    this.#buffers.set(name, tensor);
    return tensor;
  }

  /** Makes a module part of this one: its parameters appear as `name.` and their own name. */
  protected child<T extends Module>(name: string, module: T): T {
    this.#children.set(name, module);
    return module;
  }

  /** Whether dropout is active and batch normalisation takes the statistics of the batch; true at first. */
  get training(): boolean {
    return this.#training;
  }

  /** Switches between training (default) and inference, in this module and its parts. */
  train(training = true): this {
    this.#training = training;
    for (const child of this.#children.values()) child.train(training);
    return this;
  }

  /** Runs `use` in inference mode, and goes back to the mode that was before. */
  inference<T>(use: () => T): T {
    const { training } = this;
    this.train(false);
    try {
      return use();
    } finally {
      this.train(training);
    }
  }

  /** Every parameter by name, in a fixed order. Its gradient is there, and 0, from the beginning. */
  parameters(): Record<string, Tensor> {
    return this.#collect((module) => module.#parameters);
  }

  /** Parameters and buffers. */
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
   * Copies of all parameters and buffers (such as the running statistics of batch normalisation); `into` an earlier result,
   * which is overwritten.
   */
  stateDict(into?: StateDict): StateDict {
    return copyState(this.#state(), into);
  }

  /**
   * Takes the values of all parameters and buffers.
   *
   * @throws ERR_FORMAT where a name is missing or unknown, ERR_SHAPE where a shape differs; nothing is changed then
   */
  loadStateDict(state: Readonly<StateDict>): void {
    loadState("loadStateDict", this.#state(), state, "ERR_SHAPE");
  }

  /** Frees all parameters and buffers. */
  dispose(): void {
    for (const tensor of Object.values(this.#state())) tensor.dispose();
  }
}

/** Fills a new parameter with numbers uniform in [-bound, bound] from its runtime's stream; see `Runtime.skipInit`. */
export function fillUniform(tensor: Tensor, bound: number): void {
  const { runtime } = tensor;
  if (bound === 0 || !runtime.drawing) return;
  const block = runtime.random.take(Math.ceil(tensor.size / 4));
  runtime.kernels.fill_uniform(tensor.ptr, -bound, bound, tensor.size, runtime.random.seed, block);
}
