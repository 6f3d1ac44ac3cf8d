// Names that no user of the package sees. The build makes them short: build.mjs.

import { readKernels } from "./read-kernels.mjs";

/** Members of tensors, runtimes and streams that are marked @internal. Nothing else in src/ has a property with such a name. */
export const internalMembers = [
  ...[
    "adopt",
    "allocate",
    "assertUsable",
    "checkFeatures",
    "checkFloats",
    "claim",
    "continueFrom",
    "cutGraph",
    "differentiable",
    "doubles",
  ],
  ...[
    "drawing",
    "floats",
    "frame",
    "gradPtr",
    "gradientOf",
    "inputNorm",
    "ints",
    "kernels",
    "lastGradientsFinite",
  ],
  ...[
    "outputPtr",
    "persistent",
    "ptr",
    "record",
    "records",
    "releaseGrad",
    "scaleAndShift",
    "scratch",
    "skipInit",
    "truncate",
  ],
];

/** Members of the classes behind `GraphModel`, and of those that translate layers. Only the bundles of graphs and their readers have them. */
export const graphMembers = [
  ...["checkShape", "checkSize", "evaluate", "graphKernels", "infer", "lower", "numbersOf", "optionalList"],
  ...["packedLayer", "session", "storeFloats", "storeInts", "temporary", "textsOf"],
  ...["className", "combine", "integers", "isModern", "knownAddress", "offsetSize", "refuse", "unsqueeze"],
];

/** Returns the names of the kernels, except single words: `dropout` is a field of specs, and `adam` is an optimiser. */
export function kernelNames() {
  const kernels = readKernels().files.flatMap((file) => file.kernels);
  return kernels.map(({ name }) => name).filter((name) => name.includes("_"));
}
