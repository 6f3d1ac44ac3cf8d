import { checkInstance } from "../../checks.ts";
import type { Graph } from "../../graph/graph.ts";
import { addOperators } from "../../graph/known-operators.ts";
import { OPERATORS } from "../../graph/operators/index.ts";
import { ONNX_OPERATORS } from "../../graph/operators/onnx/index.ts";
import { fail } from "./fail.ts";
import { functionsOf, opsetOf } from "./functions.ts";
import { readGraph } from "./graph.ts";
import { MODEL, type ModelProto } from "./messages.ts";
import { Unique } from "./names.ts";
import { Wire } from "./protobuf.ts";

/** The beginning of the file that Git LFS puts in place of a large one. */
const POINTER = "version https://git-lfs";

/**
 * Reads a model in ONNX's format, of opset 7 to 28. Files from untrusted sources are safe: everything is checked before use, and the
 * result takes at most about 100 times the file's size.
 *
 * Nodes get the form of opset 21. The functions of the model are written out, and nodes that nothing reads are left out. Names of
 * values are unique in the whole result: those that two bodies share get a number behind them. Operators are not checked.
 *
 * @param bytes the file. Constants of float32 may be views of it, so it must not change
 * @throws ERR_FORMAT if the file is damaged, if a name is missing or is there twice, if nodes form a circle, if weights lie in another
 *   file, or if it has something that the form lacks, such as texts, sequences and types of elements that are not read; ERR_VALUE if
 *   `bytes` is no Uint8Array
 */
export function readOnnx(bytes: Uint8Array): Graph {
  addOperators(OPERATORS);
  addOperators(ONNX_OPERATORS);
  checkInstance("bytes", bytes, Uint8Array, "a Uint8Array");
  if (String.fromCharCode(...bytes.subarray(0, POINTER.length)) === POINTER) {
    fail("this is a pointer of Git LFS, not the model; fetch the model with git lfs pull");
  }
  const { graph, opsetImport = [], functions = [] } = new Wire(bytes).fields(MODEL) as ModelProto;
  if (!graph) return fail("the file has no graph");
  const file = { functions: functionsOf(functions), unique: new Unique(), constants: new Map(), nodes: 0 };
  return readGraph(graph, file, { opset: opsetOf(opsetImport), calls: 0 });
}
