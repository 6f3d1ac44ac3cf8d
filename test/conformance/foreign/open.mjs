// Opens the files of each format with the package's reader for it.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadKeras, readKerasWeights } from "unrolled/keras";
import { loadOnnx } from "unrolled/onnx";
import { loadTfjs } from "unrolled/tfjs";
import { loadTorch } from "unrolled/torch";
import { textgenConfig } from "./textgen.mjs";

const read = (file) => new Uint8Array(readFileSync(file));

/** Reads model.json and the files that it names. Those that are not there, or not beside it, are empty. */
function readTfjs(file) {
  const model = read(file);
  const { weightsManifest = [] } = JSON.parse(new TextDecoder().decode(model));
  const paths = weightsManifest.flatMap(({ paths }) => paths);
  const weights = paths.map((path) => {
    const shard = join(dirname(file), path);
    return !path.includes("..") && existsSync(shard) ? read(shard) : new Uint8Array();
  });
  return { model, weights };
}

/** For each format a function that opens a file. Those that no reader knows are opened by one that says what they are. */
const OPEN = {
  onnx: (rt, file) => loadOnnx(rt, read(file)),
  keras: (rt, file, { config }) => loadKeras(rt, read(file), config === undefined ? {} : { config }),
  "keras-weights": (rt, file, { config }) => {
    const bytes = read(file);
    return loadKeras(rt, bytes, { config: config ?? textgenConfig(readKerasWeights(bytes)) });
  },
  "tfjs-layers": (rt, file) => loadTfjs(rt, readTfjs(file)),
  "torch-state-dict": (rt, file, { spec }) => loadTorch(rt, read(file), { spec }),
  tflite: (rt, file) => loadKeras(rt, read(file)),
  "tf1-checkpoint": (rt, file) => loadKeras(rt, read(file)),
};

/** Formats that are refused, with a sentence that names a way. */
const REFUSED = ["tflite", "tf1-checkpoint"];

export const isKnown = (format) => Object.hasOwn(OPEN, format);
export const isRefused = (format) => REFUSED.includes(format);

/** Whether a format's inputs and outputs are x0, x1, ... and y0, y1, ..., or have names of the case's own, in the model's order. */
export const isByPlace = (format) => /^(?:keras|tfjs)/.test(format);

/** Opens a model. @param entry the case, whose format, config and spec count */
export const open = (rt, file, entry) => OPEN[entry.format](rt, file, entry);

/** Formats of files by the ends of their names. */
const ENDINGS = [
  [/\.onnx$/, "onnx"],
  [/\.(?:keras|h5|hdf5)$/, "keras"],
  [/\.json$/, "tfjs-layers"],
  [/\.(?:pt|pth|bin|tar)$/, "torch-state-dict"],
  [/\.tflite$/, "tflite"],
];

/** Returns the format of a file whose case does not say it. */
export const formatOf = (file) => ENDINGS.find(([ending]) => ending.test(file))?.[1];
