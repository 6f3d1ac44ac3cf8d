/**
 * Reads layers models of TensorFlow.js.
 *
 * @module unrolled/tfjs
 */
import { type GraphInput, GraphModel, type GraphOptions } from "../../graph/index.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { readTfjs, type TfjsFiles } from "./read-tfjs.ts";

export type {
  ElementType,
  GraphOutput,
  GraphStream,
  Numbers,
  StreamOptions,
  ValueInfo,
} from "../../graph/index.ts";
export type { TfjsFiles } from "./read-tfjs.ts";
export type { GraphInput, GraphModel, GraphOptions };

/**
 * Reads a layers model of TensorFlow.js and makes a model that runs it. Files from untrusted sources are safe: everything is checked.
 * The example has a dense layer of one unit, as `model.save()` writes it.
 *
 * @param rt a runtime of `unrolled` or of `unrolled/run`
 * @param files model.json, and the files of weights that it names
 * @param options lengths of axes and inputs that the file leaves open
 * @throws ERR_FORMAT if it is a graph model; if layers are not known, with all of them; if weights do not fit; ERR_VALUE if an option is
 *   invalid
 *
 * @example
 * ```js
 * import { loadTfjs } from "unrolled/tfjs";
 * const config = { name: "dense", units: 1, batch_input_shape: [null, 2] };
 * const modelTopology = { class_name: "Sequential", config: { layers: [{ class_name: "Dense", config }] } };
 * const kernel = { name: "dense/kernel", shape: [2, 1], dtype: "float32" };
 * const bias = { name: "dense/bias", shape: [1], dtype: "float32" };
 * const weightsManifest = [{ paths: ["weights.bin"], weights: [kernel, bias] }];
 * const weights = new Uint8Array(Float32Array.of(1, 10, 0.5).buffer);
 *
 * const model = loadTfjs(await createRuntime(), { model: { modelTopology, weightsManifest }, weights: [weights] });
 * const [{ name }] = model.inputs;
 * console.log(model.run({ [name]: [3, 2] }).dense.data); // Float32Array(1) [ 23.5 ]
 * ```
 */
export function loadTfjs(rt: Workspace, files: TfjsFiles, options?: GraphOptions): GraphModel {
  return new GraphModel(rt, readTfjs(files), options);
}
