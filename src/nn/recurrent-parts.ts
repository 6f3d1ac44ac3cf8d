import { checkInstance } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { Module } from "./module.ts";
import { Recurrent } from "./recurrent.ts";

/**
 * Finds the recurrent parts of a module, by their names within it, such as `rnn` or `encoder.rnn`. A recurrent module is its own
 * part, named "".
 *
 * @param name name of the calling function, for errors
 * @throws ERR_VALUE if `module` is not a module, or has no recurrent part
 */
export function recurrentParts(name: string, module: Module): Map<string, Recurrent> {
  checkInstance(`${name}: module`, module, Module, "an RNN, GRU or LSTM, or a module or model that has one");
  const found = new Map<string, Recurrent>();
  const visit = (part: Module, path: string): void => {
    if (part instanceof Recurrent) found.set(path, part);
    for (const [own, child] of part.children) visit(child, path ? `${path}.${own}` : own);
  };
  visit(module, "");
  if (found.size) return found;
  throw new UnrolledError(
    "ERR_VALUE",
    `${name}: the module has no RNN, GRU or LSTM, expected one at least; give the model that has it`,
  );
}
