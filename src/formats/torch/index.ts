/**
 * Reads and writes weights of PyTorch.
 *
 * @module unrolled/torch
 */
import { checkOptions } from "../../checks.ts";
import { type GraphInput, GraphModel, type GraphOptions } from "../../graph/index.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { readTorch, type TorchOptions } from "./read-torch.ts";
import type { TorchSpec } from "./spec.ts";
import { torchGraph } from "./torch-graph.ts";

export type {
  ElementType,
  GraphOutput,
  GraphStream,
  Numbers,
  StreamOptions,
  Value,
  ValueInfo,
} from "../../graph/index.ts";
export { readTorch, type TorchOptions } from "./read-torch.ts";
export type { TorchSpec } from "./spec.ts";
export type { GraphInput, GraphModel, GraphOptions };

/** Options of {@link loadTorch}. */
export interface TorchLoadOptions extends TorchOptions, GraphOptions {
  /** What the weights do not say about their model. */
  readonly spec: TorchSpec;
}

export { exportTorch } from "./export.ts";

/**
 * Reads a state_dict of PyTorch, or safetensors with its names, and makes a model that runs it: an embedding, recurrent layers and a linear
 * layer. Pickles are read by a list of allowed names, and nothing of them is run.
 *
 * The example writes the weights of a GRU under the names that torch.nn.GRU(2, 3) has.
 *
 * The input is `ids`, int64 [batch, time], or, without an embedding, `x` [batch, time, features]. The output is `y` [batch, time, out].
 *
 * @param rt a runtime of `unrolled` or of `unrolled/run`
 * @param bytes the contents of the file
 * @param options the spec, and what the file leaves open
 * @throws ERR_FORMAT if the file is damaged, holds a whole module or calls other functions, or if weights are missing or have other shapes;
 *   ERR_VALUE if the spec or an option is invalid
 *
 * @example
 * ```js
 * import { loadTorch } from "unrolled/torch";
 * const rt = await createRuntime();
 * const gru = new nn.GRU(rt, { inputSize: 2, hiddenSize: 3 });
 * const bytes = serializeSafetensors(gru.stateDict(), {});
 *
 * const model = loadTorch(rt, bytes, { spec: { cell: "GRU", hidden: 3 } });
 * const { y } = model.run({ x: { data: [1, 2, 3, 4], shape: [1, 2, 2] } });
 * console.log(y.shape); // [ 1, 2, 3 ]
 * ```
 */
export function loadTorch(rt: Workspace, bytes: Uint8Array, options: TorchLoadOptions): GraphModel {
  const { spec, key, ...graph } = checkOptions("loadTorch", options, "spec key dims constants");
  return new GraphModel(rt, torchGraph(readTorch(bytes, key === undefined ? {} : { key }), spec), graph);
}
