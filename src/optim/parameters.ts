import { UnrolledError } from "../errors.ts";
import { Tensor } from "../runtime/tensor.ts";

/** Tensors by name, as `Module.parameters()` gives them; of several modules as an array of these. */
export type Parameters = Readonly<Record<string, Tensor>> | readonly Readonly<Record<string, Tensor>>[];

/**
 * Names and tensors; in an array a name begins with its record's index: `0.weight`, `1.weight`.
 *
 * @throws ERR_VALUE for what is not a tensor, or given twice
 */
export function namedTensors(operation: string, parameters: Parameters): [string, Tensor][] {
  const list = Array.isArray(parameters)
    ? parameters.flatMap((record, i) => Object.entries(record ?? {}).map(([name, t]) => [`${i}.${name}`, t]))
    : Object.entries(parameters ?? {});
  const seen = new Set<unknown>();
  for (const [name, tensor] of list) {
    if (tensor instanceof Tensor && !seen.has(tensor)) seen.add(tensor);
    else {
      const problem = seen.has(tensor) ? "given twice" : "no tensor; give module.parameters()";
      throw new UnrolledError("ERR_VALUE", `${operation}: ${name} is ${problem}`);
    }
  }
  return list as [string, Tensor][];
}
