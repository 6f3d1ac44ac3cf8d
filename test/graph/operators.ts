// Makes all operators known, as readers do. Tests that build graphs by hand import this file.

import { addOperators } from "../../src/graph/known-operators.ts";
import { OPERATORS } from "../../src/graph/operators/index.ts";
import { ONNX_OPERATORS } from "../../src/graph/operators/onnx/index.ts";

addOperators(OPERATORS);
addOperators(ONNX_OPERATORS);
