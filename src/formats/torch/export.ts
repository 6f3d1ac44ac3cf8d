import { writeSafetensors } from "../../io/safetensors.ts";
import { storedSpec, type TaskModel } from "../../network/model.ts";
import type { Linear } from "../../nn/linear.ts";
import type { StoredTensor } from "../../runtime/tensor.ts";
import { checkWritten } from "../network-fields.ts";

/** The activations of torch.nn's cells, which it cannot change. */
const STANDARD = { rnn: undefined, gru: "sigmoid tanh", lstm: "sigmoid tanh tanh" };

/**
 * Writes a language model, classifier, tagger or forecaster as a safetensors file with the names of torch.nn's modules, for a module
 * with the parts `embedding`, `rnn` and `head`:
 *
 * - `embedding.weight` of torch.nn.Embedding, [symbols, size]; none if symbols are one-hot vectors or the model reads vectors
 * - `rnn.weight_ih_l0`, ...: torch.nn.LSTM, GRU or RNN
 * - `head.weight` and `head.bias`: torch.nn.Linear. With hidden layers, `head.0.weight`, `head.2.weight`, ...: torch.nn.Sequential of
 *   Linear layers with activations between them
 *
 * The metadata have `spec` and the tables, such as `vocabulary`, as JSON. A tied output layer is written too. Vectors are scaled
 * before the module, as `scaling` in the metadata says.
 *
 * @throws ERR_VALUE if torch.nn cannot say it: another task, `activations`, `peepholes`, `gateNorm`, `gateClip`, `norm`, `connections`
 *   other than plain, `resetAfter` or `resetGate` false, a forget gate that is not its own, `characters`, an adaptive softmax, `zeroStart`
 */
export function exportTorch(given: TaskModel): Uint8Array<ArrayBuffer> {
  const { model, refuse } = checkWritten(
    "exportTorch",
    "torch.nn",
    given,
    ["language-model", "classifier", "tagger", "forecaster"],
    ["activations", "tied"],
  );
  const { spec, head, embedding, rnn } = model;
  if (spec.activations && spec.activations.join(" ") !== STANDARD[spec.cell]) {
    refuse("activations", "which torch.nn does not have");
  }
  const layers: readonly Linear[] = [...head.hidden, head];
  const names = layers.length > 1 ? layers.map((_, i) => `head.${2 * i}`) : ["head"];
  const tensors: Record<string, StoredTensor> = {
    ...prefixed("embedding", embedding?.stateDict()),
    ...prefixed("rnn", rnn.stateDict()),
  };
  for (const [i, { weight, bias }] of layers.entries()) {
    tensors[`${names[i]}.weight`] = weight;
    if (bias) tensors[`${names[i]}.bias`] = bias;
  }
  const tables = Object.entries(given.tables).map(([name, table]) => [name, JSON.stringify(table)]);
  return writeSafetensors(tensors, {
    format: "pt",
    spec: JSON.stringify({ ...spec, ...storedSpec(given) }),
    ...Object.fromEntries(tables),
  });
}

const prefixed = (prefix: string, state: Readonly<Record<string, StoredTensor>> = {}) =>
  Object.fromEntries(Object.entries(state).map(([name, tensor]) => [`${prefix}.${name}`, tensor]));
