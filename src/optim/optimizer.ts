import { checkObject, checkValue, checkWhole, completeOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { copyState, loadState, type StateDict } from "../runtime/state.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { numberWhere } from "../schema.ts";
import { type GroupOptions, namedTensors, type Parameters } from "./parameters.ts";

/** The state of an optimiser between steps. It does not include the options and the learning rate. The caller stores them. */
export interface OptimizerState {
  /** Number of calls of `step` so far. */
  readonly steps: number;
  /**
   * Tensors by name. `<parameter>.<moment>`, such as `weight.exp_avg`, has the shape of the parameter. `<parameter>.step` is the
   * number of updates of the parameter.
   */
  readonly tensors: StateDict;
}

/**
 * Base class of the optimisers. An optimiser stores moments for each parameter until `dispose`. Moments are running averages or
 * sums, and have the shape of the parameter. A step updates only parameters that have a gradient. A module's parameters always
 * have a gradient. Other tensors have a gradient only after a backward pass. Parameters that are frozen (`requiresGrad = false`)
 * stay as they are and have no moments.
 */
export abstract class Optimizer<Quantity extends string = string> {
  /** The runtime of the parameters. */
  readonly runtime: Runtime;
  #lr = 0;
  readonly #parameters: readonly (readonly [string, Tensor, GroupOptions])[];
  /** The moments of each parameter. A frozen one gets them when it is trained again. */
  readonly #states: (Record<Quantity | "step", Tensor> | undefined)[];
  readonly #makeState: (tensor: Tensor) => Record<Quantity | "step", Tensor>;
  /** Learning rate at first, of which the rates of groups are parts. */
  readonly #firstRate: number;
  #steps = 0;
  #disposed = false;

  /**
   * @param parameters parameters of a module, or an array with the parameters of several modules, or groups
   * @param quantities names of each parameter's moments
   * @param initial initial value of every element of the moments; default 0
   * @throws ERR_VALUE if there is no parameter or an option of a group is invalid; ERR_STATE if a parameter requires no gradient and
   *   is not frozen
   */
  constructor(parameters: Parameters, lr: number, quantities: readonly Quantity[], initial = 0) {
    this.#parameters = namedTensors("optimiser", parameters);
    const first = this.#parameters[0]?.[1];
    if (!first) throw new UnrolledError("ERR_VALUE", "an optimiser needs at least one parameter");
    this.runtime = first.runtime;
    for (const [name, tensor, group] of this.#parameters) {
      this.runtime.check(`optimiser: ${name}`, tensor);
      if (!tensor.requiresGrad && !tensor.frozen) {
        throw new UnrolledError("ERR_STATE", `optimiser: ${name} does not require a gradient`);
      }
      if (group.lr !== undefined && atLeast(`lr of ${name}`, group.lr, 0) && lr === 0) {
        throw new UnrolledError("ERR_VALUE", "optimiser: lr is 0, expected more if a group has its own");
      }
      if (group.weightDecay !== undefined) atLeast(`weightDecay of ${name}`, group.weightDecay, 0);
    }
    this.lr = lr;
    this.#firstRate = lr;
    this.#makeState = ({ shape }) => {
      const state: Record<string, Tensor> = {};
      for (const quantity of quantities) {
        state[quantity] = this.runtime.persistent(shape);
        state[quantity].data.fill(initial);
      }
      state.step = this.runtime.persistent([], { dtype: "int32" });
      return state as Record<Quantity | "step", Tensor>;
    };
    this.#states = this.runtime.frame(() =>
      this.#parameters.map(([, tensor]) => (tensor.requiresGrad ? this.#makeState(tensor) : undefined)),
    );
  }

  /** Number of calls of `step` so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Learning rate. Change it between steps to follow a schedule. */
  get lr(): number {
    return this.#lr;
  }

  /** Sets the learning rate. @throws ERR_VALUE if it is negative or not finite; it has not changed then */
  set lr(lr: number) {
    this.#lr = atLeast("lr", lr, 0);
  }

  /** Updates parameters that have a gradient. @throws ERR_DISPOSED if the optimiser or a parameter was disposed */
  step(): void {
    this.#assertUsable();
    this.#steps++;
    this.#completeStates();
    const { lr } = this;
    this.#parameters.forEach(([, tensor, group], i) => {
      if (!tensor.grad) return;
      const state = this.#states[i]!;
      const rate = group.lr === undefined ? lr : group.lr * (lr / this.#firstRate || 0);
      this.update(tensor, tensor.grad.ptr, state, ++state.step.data[0]!, rate, group.weightDecay);
    });
  }

  /** Sets all gradients to 0. */
  zeroGrad(): void {
    for (const [, tensor] of this.#parameters) tensor.grad?.data.fill(0);
  }

  /** Copies the state, to continue later. @param into an earlier result, whose tensors are overwritten and reused */
  stateDict(into?: OptimizerState): OptimizerState {
    this.#assertUsable();
    return { steps: this.#steps, tensors: copyState(this.#tensors(), into?.tensors) };
  }

  /**
   * Restores a state.
   *
   * @throws ERR_FORMAT if the state does not fit this optimiser and its parameters. In that case, the optimiser is unchanged.
   */
  loadStateDict(state: OptimizerState): void {
    this.#assertUsable();
    this.#completeStates();
    const { steps, tensors } = checkObject("optimiser: state", state);
    checkWhole("optimiser: steps", steps, 0, "ERR_FORMAT");
    loadState("optimiser", this.#tensors(), tensors, "ERR_FORMAT");
    this.#steps = steps;
  }

  /** Frees the moments, but not the parameters. Using the optimiser afterwards throws ERR_DISPOSED. */
  dispose(): void {
    this.#disposed = true;
    for (const tensor of Object.values(this.#tensors())) tensor.dispose();
  }

  /** Returns all moments and step counts, with the names that `OptimizerState.tensors` has. */
  #tensors(): Record<string, Tensor> {
    const named = this.#parameters.flatMap(([name], i) =>
      Object.entries<Tensor>(this.#states[i] ?? {}).map(
        ([quantity, tensor]) => [`${name}.${quantity}`, tensor] as const,
      ),
    );
    return Object.fromEntries(named);
  }

  /** Makes the moments of parameters that are no longer frozen. */
  #completeStates(): void {
    this.#parameters.forEach(([, tensor], i) => {
      if (tensor.requiresGrad) this.#states[i] ??= this.runtime.frame(() => this.#makeState(tensor));
    });
  }

  #assertUsable(): void {
    if (this.#disposed) throw new UnrolledError("ERR_DISPOSED", "the optimiser was disposed; make another");
    for (const [, tensor] of this.#parameters) tensor.assertUsable();
  }

  /**
   * Updates one parameter.
   *
   * @param gradient address of the parameter's gradient
   * @param step number of this update, counted from 1
   * @param lr learning rate of the parameter
   * @param weightDecay weight decay of the parameter's group; undefined if the group has none of its own
   */
  protected abstract update(
    parameter: Tensor,
    gradient: number,
    state: Record<Quantity, Tensor>,
    step: number,
    lr: number,
    weightDecay: number | undefined,
  ): void;
}

/**
 * Fills in the defaults of an optimiser's options and checks the numbers.
 *
 * @param decays names of the options that must be below 1
 * @throws ERR_VALUE if a name is unknown, a number is below 0, or a number in `decays` is not below 1
 */
export function completeNumbers<T extends object>(
  what: string,
  options: Partial<T>,
  defaults: T,
  decays: readonly (keyof T)[] = [],
): T {
  const all = completeOptions(what, options, defaults);
  for (const name of Object.keys(defaults) as (keyof T & string)[]) {
    const value = all[name] as number;
    if (typeof defaults[name] === "number") atLeast(name, value, 0, decays.includes(name) ? 1 : undefined);
  }
  return all;
}

/** Returns the value. @throws ERR_VALUE unless it is at least `least` and below `limit` */
export function atLeast(
  name: string,
  value: number,
  least: number,
  limit = Number.POSITIVE_INFINITY,
): number {
  const bound = limit === Number.POSITIVE_INFINITY ? "" : ` and below ${limit}`;
  const inRange = numberWhere(`at least ${least}${bound}`, (x) => x >= least && x < limit);
  return checkValue(`optimiser: ${name}`, value, inRange);
}
