import { UnrolledError } from "../errors.ts";
import { Tensor } from "../runtime/tensor.ts";

/** Tensors by name, as `Module.parameters()` returns them. For several modules, it is an array of such records. */
export type Parameters = Readonly<Record<string, Tensor>> | readonly Readonly<Record<string, Tensor>>[];

/**
 * Lists names and tensors. If `parameters` is an array, a name begins with the index of its record: `0.weight`, `1.weight`.
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
