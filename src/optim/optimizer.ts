import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor, TensorData } from "../runtime/tensor.ts";

/** Everything that an optimiser has to remember between steps. */
export interface OptimizerState {
  /** Updates made so far. */
  readonly steps: number;
  /** `<parameter>.<quantity>` -> values, of the parameter's shape. */
  readonly tensors: Record<string, TensorData>;
}

/** Base of the optimisers. Each parameter has quantities of its shape (moments) that live as long as the optimiser. */
export abstract class Optimizer<Quantity extends string = string> {
  readonly runtime: Runtime;
  /** Learning rate; change it between steps to follow a schedule. */
  lr: number;
  readonly #parameters: readonly (readonly [string, Tensor])[];
  readonly #quantities: readonly Quantity[];
  readonly #state = new Map<Tensor, Record<Quantity, Tensor>>();
  #steps = 0;

  constructor(
    parameters: Readonly<Record<string, Tensor>>,
    lr: number,
    quantities: readonly Quantity[],
    initial = 0,
  ) {
    this.#parameters = Object.entries(parameters);
    const first = this.#parameters[0]?.[1];
    if (!first) throw new UnrolledError("ERR_VALUE", "an optimiser needs at least one parameter");
    this.runtime = first.runtime;
    for (const [name, tensor] of this.#parameters) {
      this.runtime.check(`optimiser: ${name}`, tensor);
      if (!tensor.requiresGrad) {
        throw new UnrolledError("ERR_STATE", `optimiser: ${name} does not require a gradient`);
      }
    }
    this.lr = atLeast("lr", lr, 0);
    this.#quantities = quantities;
    for (const [, tensor] of this.#parameters) {
      const made = quantities.map((quantity) => {
        const value = this.runtime.persistent(tensor.shape);
        value.data.fill(initial);
        return [quantity, value] as const;
      });
      this.#state.set(tensor, Object.fromEntries(made) as Record<Quantity, Tensor>);
    }
  }

  /** Updates made so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Updates every parameter that has a gradient. */
  step(): void {
    for (const [, tensor] of this.#parameters) tensor.assertUsable();
    this.#steps++;
    for (const [, tensor] of this.#parameters) {
      if (tensor.grad) this.update(tensor, tensor.grad.ptr, this.#state.get(tensor)!);
    }
  }

  /** Sets all gradients to 0. */
  zeroGrad(): void {
    for (const [, tensor] of this.#parameters) tensor.grad?.data.fill(0);
  }

  /** Copies of everything needed to go on later. */
  stateDict(): OptimizerState {
    const tensors: Record<string, TensorData> = {};
    for (const [name, tensor] of this.#parameters) {
      for (const quantity of this.#quantities) {
        const { shape, data } = this.#state.get(tensor)![quantity];
        tensors[`${name}.${quantity}`] = { shape, data: data.slice() };
      }
    }
    return { steps: this.#steps, tensors };
  }

  /** @throws ERR_FORMAT where the state does not fit this optimiser and its parameters; nothing is changed then */
  loadStateDict({ steps, tensors }: OptimizerState): void {
    if (!Number.isSafeInteger(steps) || steps < 0) {
      throw new UnrolledError(
        "ERR_FORMAT",
        `optimiser: steps is ${steps}, expected a whole number from 0 on`,
      );
    }
    const loads: [Tensor, TensorData][] = [];
    for (const [name, tensor] of this.#parameters) {
      for (const quantity of this.#quantities) {
        const given = tensors[`${name}.${quantity}`];
        if (!given || String(given.shape) !== String(tensor.shape) || given.data.length !== tensor.size) {
          throw new UnrolledError(
            "ERR_FORMAT",
            `optimiser: ${name}.${quantity} is ${given ? `[${given.shape}] with ${given.data.length} elements` : "missing"}, expected [${tensor.shape}]`,
          );
        }
        loads.push([this.#state.get(tensor)![quantity], given]);
      }
    }
    for (const [tensor, { data }] of loads) tensor.data.set(data);
    this.#steps = steps;
  }

  /** Frees the moments; the parameters stay. */
  dispose(): void {
    for (const state of this.#state.values()) {
      for (const quantity of this.#quantities) state[quantity].dispose();
    }
  }

  /** One update of one parameter from its gradient. */
  protected abstract update(parameter: Tensor, gradient: number, state: Record<Quantity, Tensor>): void;
}

/** @throws ERR_VALUE unless a number from `least` (to below `limit`) */
export function atLeast(
  name: string,
  value: number,
  least: number,
  limit = Number.POSITIVE_INFINITY,
): number {
  if (!(value >= least && value < limit)) {
    const bound = limit === Number.POSITIVE_INFINITY ? "" : ` and below ${limit}`;
    throw new UnrolledError(
      "ERR_VALUE",
      `optimiser: ${name} is ${value}, expected at least ${least}${bound}`,
    );
  }
  return value;
}
