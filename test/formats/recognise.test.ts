import { describe, expect, it } from "vitest";
import { readKeras } from "../../src/formats/keras/read-keras.ts";
import { recognise } from "../../src/formats/recognise.ts";
import { readTorch } from "../../src/formats/torch/read-torch.ts";
import { refusal, unpacked } from "./files.ts";
import hdf5 from "./hdf5/files.json" with { type: "json" };
import keras from "./keras/files.json" with { type: "json" };
import torch from "./torch/files.json" with { type: "json" };

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("a file of another framework", () => {
  it.each([
    ["a TFLite model", bytes("\x1c\0\0\0TFL3\x14\0"), "python -m tf2onnx.convert --tflite"],
    [
      "an index of TensorFlow 1",
      bytes("\0\0\x06\x08\x01\x57\xfb\x80\x8b\x24\x75\x47\xdb"),
      "tf2onnx.convert --checkpoint",
    ],
    ["a list of checkpoints", bytes('model_checkpoint_path: "model.ckpt"'), "a checkpoint of TensorFlow 1"],
    ["a SavedModel", bytes("\x08\x01\x12\xff\x01"), "tf2onnx.convert --saved-model"],
    ["ONNX", bytes("\x08\x08\x12\x07pytorch"), "use unrolled/onnx"],
    ["ONNX without a producer", bytes("\x08\x03:\x10\x0a\x02"), "use unrolled/onnx"],
    ["HDF5", unpacked(hdf5["shapes earliest"]), "use unrolled/keras"],
    [".keras", unpacked(keras.names.keras), "a .keras file: use unrolled/keras"],
    ["torch.save", unpacked(torch.gru.file), "use unrolled/torch"],
    ["torch.save before 1.6", unpacked(torch.files.legacy), "use unrolled/torch"],
    ["safetensors", bytes('\x10\0\0\0\0\0\0\0{"a":{}}'), "use unrolled/torch"],
    ["TensorFlow.js", bytes('{"modelTopology": {}}'), "use unrolled/tfjs"],
    ["Git LFS", bytes("version https://git-lfs.github.com/spec/v1\n"), "download the file itself"],
    ["a web page", bytes("\n<!DOCTYPE html>"), "a web page"],
  ])("is recognised: %s", (_, file, expected) => {
    expect(recognise(file)).toContain(expected);
  });

  it("is not recognised by chance", () => {
    for (const text of ["", "hello", "\0\0\0\0\0\0\0\0\0\0\0\0", "\x08", "PK", "{}"]) {
      expect(recognise(bytes(text)) ?? "").not.toContain("use unrolled/onnx");
    }
  });

  it("is named by the readers", () => {
    const onnx = bytes("\x08\x08\x12\x07pytorch");
    expect(refusal(() => readKeras(onnx))).toBe("Keras: this is an ONNX model: use unrolled/onnx");
    expect(refusal(() => readTorch(onnx))).toBe("PyTorch: this is an ONNX model: use unrolled/onnx");
    expect(refusal(() => readKeras(unpacked(torch.gru.file)))).toContain("use unrolled/torch");
    expect(refusal(() => readTorch(unpacked(keras.names.keras)))).toContain("use unrolled/keras");
    expect(refusal(() => readTorch(unpacked(keras.names.h5)))).toContain("use unrolled/keras");
    expect(refusal(() => readTorch(new Uint8Array(0)))).toBe("PyTorch: this is an empty file");
    expect(refusal(() => readKeras(bytes("hello")))).toContain("this is not a model of Keras");
    expect(refusal(() => readKeras("hello" as never))).toContain("Uint8Array");
  });
});
