/**
 * Reads and writes models of Keras.
 *
 * @module unrolled/keras
 */
import { checkOptions } from "../../checks.ts";
import { type GraphInput, GraphModel, type GraphOptions } from "../../graph/index.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { type KerasOptions, readKeras } from "./read-keras.ts";

export type {
  ElementType,
  GraphOutput,
  GraphStream,
  Numbers,
  StreamOptions,
  Value,
  ValueInfo,
} from "../../graph/index.ts";
export { exportKeras, type KerasExport, type KerasExportOptions } from "./export.ts";
export { type KerasOptions, readKerasWeights } from "./read-keras.ts";
export type { GraphInput, GraphModel, GraphOptions };

/**
 * Reads a model of Keras 1, 2 or 3 and makes a model that runs it: `.keras`, `.h5`, or weights alone beside their architecture. Files from
 * untrusted sources are safe: everything is checked, and nothing of them is run.
 *
 * Inputs and outputs are named as in the file and have its shapes, [batch, steps, features] for a recurrent layer. Masks are kept, and a
 * layer that is stateful keeps its state from call to call until `reset`.
 *
 * @param rt a runtime of `unrolled` or of `unrolled/run`
 * @param bytes the contents of the file
 * @param options the architecture, if the file has weights alone; lengths of axes and inputs that it leaves open
 * @throws ERR_FORMAT if the file is damaged, if it has no architecture and none is given, or if a layer is not supported; ERR_VALUE if an
 *   option is invalid
 */
export function loadKeras(
  rt: Workspace,
  bytes: Uint8Array,
  options: KerasOptions & GraphOptions = {},
): GraphModel {
  const { config, ...graph } = checkOptions("loadKeras", options, "config dims constants");
  return new GraphModel(rt, readKeras(bytes, config === undefined ? {} : { config }), graph);
}
