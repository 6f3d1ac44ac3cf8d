import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor, TensorData } from "../runtime/tensor.ts";

/** Named tensors apart from any runtime, as torch's state_dict. */
export type StateDict = Record<string, TensorData>;

/** Something with parameters, its own and those of the modules it is made of, under PyTorch's names. */
export abstract class Module {
  readonly runtime: Runtime;
  #training = true;
  readonly #parameters = new Map<string, Tensor>();
  readonly #children = new Map<string, Module>();

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Makes a parameter with values uniform in [-bound, bound); 0 where bound is 0. */
  protected register(name: string, shape: readonly number[], bound: number): Tensor {
    const tensor = this.runtime.parameter(shape);
    fillUniform(tensor, bound);
    this.#parameters.set(name, tensor);
    return tensor;
  }

  /** Makes a module part of this one: its parameters appear as `name.` and their own name. */
  protected child<T extends Module>(name: string, module: T): T {
    this.#children.set(name, module);
    return module;
  }

  /** Whether dropout is active; true at first. */
  get training(): boolean {
    return this.#training;
  }

  /** Switches between training (default) and inference, in this module and its parts. */
  train(training = true): this {
    this.#training = training;
    for (const child of this.#children.values()) child.train(training);
    return this;
  }

  /** Every parameter by name, in a fixed order. */
  parameters(): Record<string, Tensor> {
    const all: Record<string, Tensor> = Object.fromEntries(this.#parameters);
    for (const [prefix, child] of this.#children) {
      for (const [name, tensor] of Object.entries(child.parameters())) all[`${prefix}.${name}`] = tensor;
    }
    return all;
  }

  /** Copies of all parameters. */
  stateDict(): StateDict {
    return Object.fromEntries(
      Object.entries(this.parameters()).map(([name, { shape, data }]) => [
        name,
        { shape: [...shape], data: data.slice() },
      ]),
    );
  }

  /**
   * Takes the values of all parameters.
   *
   * @throws ERR_FORMAT where a name is missing or unknown, ERR_SHAPE where a shape differs; nothing is changed then
   */
  loadStateDict(state: Readonly<StateDict>): void {
    const parameters = this.parameters();
    const problems = [
      ...Object.keys(parameters)
        .filter((name) => !Object.hasOwn(state, name))
        .map((name) => `${name} is missing`),
      ...Object.keys(state)
        .filter((name) => !Object.hasOwn(parameters, name))
        .map((name) => `${name} is unknown here`),
    ];
    if (problems.length) throw new UnrolledError("ERR_FORMAT", `loadStateDict: ${problems.join(", ")}`);
    for (const [name, tensor] of Object.entries(parameters)) {
      const { shape, data } = state[name]!;
      if (String(shape) !== String(tensor.shape) || data.length !== tensor.size) {
        throw new UnrolledError(
          "ERR_SHAPE",
          `loadStateDict: ${name} is [${shape}] with ${data.length} elements, expected [${tensor.shape}]`,
        );
      }
    }
    for (const [name, tensor] of Object.entries(parameters)) tensor.data.set(state[name]!.data);
  }

  /** Frees all parameters. */
  dispose(): void {
    for (const tensor of Object.values(this.parameters())) tensor.dispose();
  }
}

/** Fills a tensor with numbers uniform in [-bound, bound) from its runtime's stream. */
export function fillUniform(tensor: Tensor, bound: number): void {
  if (bound === 0) return;
  const { runtime } = tensor;
  const block = runtime.random.take(Math.ceil(tensor.size / 4));
  runtime.kernels.fill_uniform(tensor.ptr, -bound, bound, tensor.size, runtime.random.seed, block);
}

/** @throws ERR_VALUE unless a whole number of at least `least` */
export function checkSize(name: string, value: number, least = 1): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new UnrolledError("ERR_VALUE", `${name} is ${value}, expected a whole number from ${least} on`);
  }
  return value;
}
