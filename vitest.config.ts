import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Node 20 can run relaxed SIMD but hides it behind this flag; later versions have it on and may not know the flag. */
const nodeMajor = Number(process.versions.node.split(".")[0]);
const relaxed = nodeMajor < 21 ? ["--experimental-wasm-relaxed-simd"] : [];

/** Runs the tests on the kernels for vectors of 256 bits: see scripts/test-wide.mjs. */
const wide = process.env.UNROLLED_WIDE === "1";

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    /** The library's sources call the kernels by their long names; build.mjs makes them short in dist/index.js and dist/wasm. */
    alias: [
      {
        find: /^#wasm\/(?=graph\.|run-)/,
        replacement: fileURLToPath(new URL("dist/named/", import.meta.url)),
      },
      {
        find: /^#wasm\//,
        replacement: fileURLToPath(new URL(`dist/named/${wide ? "wide-" : ""}`, import.meta.url)),
      },
    ],
    setupFiles: ["test/property-seed.ts"],
    pool: "forks",
    /** Some tests run the command line several times; a busy machine needs its time for it. */
    testTimeout: 120_000,
    execArgv: wide ? ["--experimental-wasm-revectorize"] : relaxed,
    /** Half of them would leave one core of two idle. */
    maxWorkers: "100%",
  },
});
