import { UnrolledError } from "../errors.ts";
import { Tensor } from "../runtime/tensor.ts";

/** Tensors by name, as `Module.parameters()` returns them, or an array with one such record for each module. */
export type Parameters = Readonly<Record<string, Tensor>> | readonly Readonly<Record<string, Tensor>>[];

/**
 * Returns [name, tensor] pairs. If `parameters` is an array, each name starts with the index of its record, like `0.weight`.
 *
 * @throws ERR_VALUE if a value is not a tensor, or if a tensor is given twice
 */
export function namedTensors(operation: string, parameters: Parameters): [string, Tensor][] {
  const list = Array.isArray(parameters)
    ? parameters.flatMap((record, i) => Object.entries(record ?? {}).map(([name, t]) => [`${i}.${name}`, t]))
    : Object.entries(parameters ?? {});
  const seen = new Set<unknown>();
  for (const [name, tensor] of list) {
    if (tensor instanceof Tensor && !seen.has(tensor)) seen.add(tensor);
    else {
      const problem = seen.has(tensor) ? "given twice" : "not a tensor; pass module.parameters()";
      throw new UnrolledError("ERR_VALUE", `${operation}: ${name} is ${problem}`);
    }
  }
  return list as [string, Tensor][];
}
