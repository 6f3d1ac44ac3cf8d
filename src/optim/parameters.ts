import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { Tensor } from "../runtime/tensor.ts";

/** Parameters that an optimiser updates with options of their own, like a parameter group of torch.optim. */
export interface ParameterGroup {
  /** Tensors by name, such as parameters of a module. */
  parameters: Readonly<Record<string, Tensor>>;
  /** Learning rate. If `optimizer.lr` changes, it changes by the same factor. Default: that of the optimiser. */
  lr?: number;
  /** Weight decay; default: that of the optimiser. */
  weightDecay?: number;
}

/**
 * Tensors by name, as `Module.parameters()` returns them, or an array with one such record for each module. An optimiser also
 * takes {@link ParameterGroup}s in the array.
 */
export type Parameters =
  | Readonly<Record<string, Tensor>>
  | readonly (Readonly<Record<string, Tensor>> | ParameterGroup)[];

/** The options of a group. */
export type GroupOptions = Omit<ParameterGroup, "parameters">;

/**
 * Returns name, tensor and group of each parameter. If `parameters` is an array, each name starts with the index of its record,
 * like `0.weight`.
 *
 * @throws ERR_VALUE if a value is not a tensor, if a tensor is given twice, or if a group has an unknown option
 */
export function namedTensors(
  operation: string,
  parameters: Parameters,
): (readonly [string, Tensor, GroupOptions])[] {
  const list = Array.isArray(parameters)
    ? parameters.flatMap((record, i) => {
        const { parameters: own, ...group } = isGroup(record)
          ? checkOptions(`${operation}: group ${i}`, record, "parameters lr weightDecay")
          : { parameters: record };
        return Object.entries(own ?? {}).map(([name, t]) => [`${i}.${name}`, t, group] as const);
      })
    : Object.entries(parameters ?? {}).map(([name, t]) => [name, t, {}] as const);
  const seen = new Set<unknown>();
  for (const [name, tensor] of list) {
    if (tensor instanceof Tensor && !seen.has(tensor)) seen.add(tensor);
    else {
      const problem = seen.has(tensor) ? "given twice" : "not a tensor; pass module.parameters()";
      throw new UnrolledError("ERR_VALUE", `${operation}: ${name} is ${problem}`);
    }
  }
  return list;
}

const isGroup = (record: unknown): record is ParameterGroup => {
  const { parameters } = (record ?? {}) as Partial<ParameterGroup>;
  return parameters !== undefined && !((parameters as unknown) instanceof Tensor);
};
