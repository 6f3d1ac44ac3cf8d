export { cases } from "./onnx.mjs";
