import { checkObject, checkThat } from "../checks.ts";
import { counted, type ErrorCode, shortened, UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";
import type { StoredTensor, Tensor, TensorData } from "./tensor.ts";

/** Copies of tensors by name, like torch's state_dict. They do not belong to a runtime. */
export type StateDict = Record<string, TensorData>;

/** Returns copies of the tensors, by name. @param into an earlier result, to be overwritten and returned; default a new object */
export function copyState(tensors: Readonly<Record<string, Tensor>>, into: StateDict = {}): StateDict {
  checkObject("stateDict", into, "the state is");
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const kept = into[name];
    if (kept) {
      const right = kept.data?.constructor === data.constructor && kept.data.length === data.length;
      checkThat(`stateDict: ${name}`, kept, right, "an earlier result");
      kept.data.set(data);
    } else into[name] = { shape: [...shape], data: data.slice() };
  }
  return into;
}

/**
 * Copies a state into the tensors of the same names.
 *
 * @param shapeCode code of the error if a shape differs
 * @throws ERR_FORMAT if a name is missing or unknown. If `loadState` throws, no tensor has changed.
 */
export function loadState(
  operation: string,
  tensors: Readonly<Record<string, Tensor>>,
  state: Readonly<Record<string, StoredTensor>>,
  shapeCode: ErrorCode,
): void {
  const unknown = Object.keys(checkObject(operation, state)).find((name) => !Object.hasOwn(tensors, name));
  for (const name of [...Object.keys(tensors), ...(unknown === undefined ? [] : [unknown])]) {
    const own = <T>(record: Readonly<Record<string, T>>) =>
      Object.hasOwn(record, name) ? record[name] : undefined;
    const [tensor, given] = [own(tensors), own(state)];
    tensor?.assertUsable();
    const size = given?.data?.length;
    if (tensor && size === tensor.size && show(given!.shape) === show(tensor.shape)) continue;
    const problem = tensor
      ? `${size === undefined ? "missing" : `${show(given!.shape)} with ${counted(size, "element", "elements")}`}, expected [${tensor.shape}]`
      : "unknown here";
    const code = tensor && size !== undefined ? shapeCode : "ERR_FORMAT";
    throw new UnrolledError(code, `${operation}: ${shortened(name)} is ${problem}`);
  }
  for (const [name, tensor] of Object.entries(tensors)) tensor.data.set(state[name]!.data);
}
