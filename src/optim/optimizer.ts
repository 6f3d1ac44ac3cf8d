import { checkObject, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { copyState, loadState, type StateDict } from "../runtime/state.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { namedTensors, type Parameters } from "./parameters.ts";

/** What an optimiser has to remember between steps; its options and learning rate are the caller's. */
export interface OptimizerState {
  /** Updates made so far. */
  readonly steps: number;
  /** `<parameter>.<quantity>` -> values, of the parameter's shape; `<parameter>.step`: its own number of updates. */
  readonly tensors: StateDict;
}

/**
 * Base of the optimisers. Each parameter has quantities of its shape (moments) that live as long as the optimiser. It
 * takes part in a step where it has a gradient: a module's parameters always do, other leaves after a backward pass.
 */
export abstract class Optimizer<Quantity extends string = string> {
  readonly runtime: Runtime;
  /** Learning rate; change it between steps to follow a schedule. */
  lr: number;
  readonly #parameters: readonly (readonly [string, Tensor])[];
  readonly #states: readonly Record<Quantity | "step", Tensor>[];
  #steps = 0;
  #disposed = false;

  /** `parameters`: of one module, or an array of them for several. */
  constructor(parameters: Parameters, lr: number, quantities: readonly Quantity[], initial = 0) {
    this.#parameters = namedTensors("optimiser", parameters);
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
    const makeState = ([, { shape }]: readonly [string, Tensor]) => {
      const state: Record<string, Tensor> = {};
      for (const quantity of quantities) {
        state[quantity] = this.runtime.persistent(shape);
        state[quantity].data.fill(initial);
      }
      state.step = this.runtime.persistent([], { dtype: "int32" });
      return state as Record<Quantity | "step", Tensor>;
    };
    this.#states = this.runtime.frame(() => this.#parameters.map(makeState));
  }

  /** Updates made so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Updates every parameter that has a gradient. @throws ERR_VALUE for a learning rate that is none, ERR_DISPOSED */
  step(): void {
    this.#assertUsable();
    atLeast("lr", this.lr, 0);
    this.#steps++;
    this.#parameters.forEach(([, tensor], i) => {
      if (!tensor.grad) return;
      const state = this.#states[i]!;
      this.update(tensor, tensor.grad.ptr, state, ++state.step.data[0]!);
    });
  }

  /** Sets all gradients to 0. */
  zeroGrad(): void {
    for (const [, tensor] of this.#parameters) tensor.grad?.data.fill(0);
  }

  /** Copies of everything needed to go on later; `into` an earlier result, whose tensors are overwritten. */
  stateDict(into?: OptimizerState): OptimizerState {
    this.#assertUsable();
    return { steps: this.#steps, tensors: copyState(this.#tensors(), into?.tensors) };
  }

  /** @throws ERR_FORMAT where the state does not fit this optimiser and its parameters; nothing is changed then */
  loadStateDict(state: OptimizerState): void {
    this.#assertUsable();
    const { steps, tensors } = checkObject("optimiser: state", state);
    checkWhole("optimiser: steps", steps, 0, "ERR_FORMAT");
    loadState("optimiser", this.#tensors(), tensors, "ERR_FORMAT");
    this.#steps = steps;
  }

  /** Frees the moments; the parameters stay. Using the optimiser afterwards throws ERR_DISPOSED. */
  dispose(): void {
    this.#disposed = true;
    for (const tensor of Object.values(this.#tensors())) tensor.dispose();
  }

  /** The moments by parameter and quantity. */
  #tensors(): Record<string, Tensor> {
    const named = this.#parameters.flatMap(([name], i) =>
      Object.entries<Tensor>(this.#states[i]!).map(
        ([quantity, tensor]) => [`${name}.${quantity}`, tensor] as const,
      ),
    );
    return Object.fromEntries(named);
  }

  #assertUsable(): void {
    if (this.#disposed) throw new UnrolledError("ERR_DISPOSED", "the optimiser was disposed; make another");
    for (const [, tensor] of this.#parameters) tensor.assertUsable();
  }

  /** Update number `step` (from 1 on) of one parameter, from its gradient. */
  protected abstract update(
    parameter: Tensor,
    gradient: number,
    state: Record<Quantity, Tensor>,
    step: number,
  ): void;
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
