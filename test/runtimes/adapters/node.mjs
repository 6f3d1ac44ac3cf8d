import { inPackage } from "../install.mjs";
import { hasWideVectors } from "../wide-vectors.mjs";
import { processAdapter } from "./process.mjs";

const versions = [20, 24, 26].map((major) =>
  processAdapter({
    name: "Node",
    path: inPackage(`node-${major}/bin/node`),
    workers: "threads",
    endures: major === 24,
  }),
);

/** With the kernels for vectors of 256 bits. */
const wide = [24, 26].map((major) =>
  processAdapter({
    name: "Node with wide vectors",
    path: inPackage(`node-${major}/bin/node`),
    workers: "threads",
    extra: { wide: "on" },
  }),
);

export const node = [...versions, ...(hasWideVectors() ? wide : [])];
