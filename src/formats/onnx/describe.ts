import { domainOf } from "./functions.ts";
import { MODEL, type ModelProto } from "./messages.ts";
import { Wire } from "./protobuf.ts";

/** What an ONNX file says about itself. */
export interface OnnxDescription {
  /** The version of the file format; 0 if the file does not say it. */
  readonly irVersion: number;
  /** The version of each domain's operators. ONNX's own domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** The program that wrote the file, and its version. */
  readonly producer: string;
}

/** Reads what an ONNX file says about itself. @throws ERR_FORMAT if the file is damaged */
export function describeOnnx(bytes: Uint8Array): OnnxDescription {
  const model = new Wire(bytes).fields(MODEL) as ModelProto;
  const { irVersion = 0, producer = "", producerVersion = "", opsetImport = [] } = model;
  const opsets = opsetImport.map((opset) => [domainOf(opset) || "ai.onnx", opset.version ?? 0]);
  return {
    irVersion,
    opsets: Object.fromEntries(opsets),
    producer: `${producer} ${producerVersion}`.trim(),
  };
}
