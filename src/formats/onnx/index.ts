/**
 * Reads and writes ONNX files.
 *
 * @module unrolled/onnx
 */

import { fuse } from "../../graph/fuse/index.ts";
import { type GraphInput, GraphModel, type GraphOptions } from "../../graph/index.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { readOnnx } from "./read.ts";

export type {
  ElementType,
  GraphOutput,
  GraphStream,
  Numbers,
  StreamOptions,
  ValueInfo,
} from "../../graph/index.ts";
export { exportOnnx, type OnnxExportOptions } from "./export.ts";
export type { OnnxPart } from "./export-parts.ts";
export type { GraphInput, GraphModel, GraphOptions };

/**
 * Reads an ONNX file and makes a model that runs it. Files from untrusted sources are safe: everything is checked, and memory is limited by
 * the size of the file and the inputs. The file of the example has one node: `total` = `sum` + `x`. In its stream, each `total` is the next
 * `sum`.
 *
 * @param rt a runtime of `unrolled` or of `unrolled/run`
 * @param bytes the contents of the file
 * @param options lengths of axes and inputs that the file leaves open
 * @throws ERR_FORMAT if the file is damaged or has operators that are not known here, with all of them; ERR_VALUE if an option is invalid
 *
 * @example
 * ```js
 * import { loadOnnx } from "unrolled/onnx";
 * const addition =
 *   "CAg6VQoUCgNzdW0KAXgSBXRvdGFsIgNBZGQSAWdaEAoBeBILCgkIARIFCgMSAW5aEgoDc3VtEgsKCQgBEgUKAxIBbmIUCgV0b3RhbBILCgkIARIFCgMSAW5CBAoAEBE=";
 * const bytes = Uint8Array.from(atob(addition), (letter) => letter.charCodeAt(0));
 *
 * const model = loadOnnx(await createRuntime(), bytes);
 * const { total } = model.run({ x: [1, 2], sum: [10, 20] });
 * console.log(total.data, total.shape); // Float32Array(2) [ 11, 22 ] [ 2 ]
 *
 * const stream = model.stream({ state: { total: "sum" } });
 * for (const x of [1, 2, 3]) console.log(stream.step({ x: [x] }).total[0]);
 * // 1
 * // 3
 * // 6
 * ```
 */
export function loadOnnx(rt: Workspace, bytes: Uint8Array, options?: GraphOptions): GraphModel {
  return new GraphModel(rt, fuse(readOnnx(bytes)), options);
}
