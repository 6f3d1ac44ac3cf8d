import { inPackage } from "../install.mjs";
import { processAdapter } from "./process.mjs";

export const node = [20, 24, 26].map((major) =>
  processAdapter({
    name: "Node",
    path: inPackage(`node-${major}/bin/node`),
    workers: "threads",
    endures: major === 24,
  }),
);
