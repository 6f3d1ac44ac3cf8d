import { formatError } from "./byte-reader.ts";

const textAt = (bytes: Uint8Array, begin: number, end?: number) =>
  String.fromCharCode(...bytes.subarray(begin, end));

const viaOnnx = (what: string, flags: string) =>
  `${what}: convert it to ONNX (python -m tf2onnx.convert ${flags} --output model.onnx) for unrolled/onnx, or save the Keras model as .keras`;

/**
 * Says what a file is if it looks like a model of a known framework.
 *
 * @returns what it is and what to do with it; undefined if it is not known
 */
export function recognise(bytes: Uint8Array): string | undefined {
  const start = textAt(bytes, 0, 2048);
  const [first, second = 0, third = 0] = bytes;
  const use = (what: string, entry: string) => `${what}: use unrolled/${entry}`;
  if (start.slice(4, 8) === "TFL3") return viaOnnx("a model of TensorFlow Lite", "--tflite model.tflite");
  // The index of a checkpoint ends like the tables of LevelDB.
  if (start.startsWith("model_checkpoint") || textAt(bytes, -8) === "\x57\xfb\x80\x8b\x24\x75\x47\xdb") {
    return viaOnnx("a checkpoint of TensorFlow 1", "--checkpoint model.ckpt.meta --inputs x:0 --outputs y:0");
  }
  // Both are messages of protobuf, whose first field is a version: 1 of a SavedModel, more of ONNX.
  if (first === 8 && second === 1 && third === 0x12) {
    return viaOnnx("a SavedModel of TensorFlow", "--saved-model FOLDER");
  }
  if (first === 8 && second > 1 && second < 32 && third % 8 === 2) return use("an ONNX model", "onnx");
  if (start.startsWith("PK")) {
    const names = textAt(bytes, -(2 ** 15));
    if (names.includes("data.pkl")) return use("a file of torch.save", "torch");
    return names.includes("config.json") ? use("a .keras file", "keras") : "a zip archive";
  }
  if (start.startsWith("HDF", 1)) return use("an HDF5 file", "keras");
  if (first === 0x80 && second > 1 && second < 6) return use("a pickle", "torch");
  if (start[8] === "{" && !bytes[7]) return use("a safetensors file", "torch");
  if (start.includes('"modelTopology"')) return use("a model.json of TensorFlow.js", "tfjs");
  if (start.includes("git-lfs")) return "a pointer of Git LFS: download the file itself";
  return /^\s*<[!?a-z]/i.test(start) ? "a web page: look at its address" : undefined;
}

/** Refuses a file that is not of the expected format. @param expected what it should have been @throws ERR_FORMAT, always */
export function refuseFormat(format: string, bytes: Uint8Array, expected: string): never {
  const found = bytes.length ? recognise(bytes) : "an empty file";
  return formatError(format, `this is ${found ?? `not ${expected}`}`);
}
