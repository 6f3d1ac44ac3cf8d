// Writes the models of exported-models.ts into a folder, for make-outputs.py: node test/formats/onnx/write-exports.mjs FOLDER

import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [folder] = process.argv.slice(2);
await mkdir(folder, { recursive: true });

/** The library's sources call the kernels by their long names, as in vitest.config.ts. */
const kernels = {
  name: "kernels",
  setup({ onResolve }) {
    onResolve({ filter: /^#wasm\// }, ({ path }) => ({
      path: path.replace("#wasm", here("../../../dist/named")),
      external: true,
    }));
  },
};
const bundle = `${folder}/cases.mjs`;
const entry = here("exported-models.ts");
const library = here("../../../src/index.ts");
await build({
  stdin: {
    contents: `export { exportedCases } from ${JSON.stringify(entry)}; export { createRuntime } from ${JSON.stringify(library)};`,
    resolveDir: here("."),
  },
  ...{
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: bundle,
    plugins: [kernels],
    logLevel: "warning",
  },
});
const { exportedCases, createRuntime } = await import(pathToFileURL(bundle));

const list = [];
for (const [i, { name, bytes, inputs }] of exportedCases(
  await createRuntime({ variant: "strict" }),
).entries()) {
  await writeFile(`${folder}/${i}.onnx`, bytes);
  list.push({ name, inputs, hash: createHash("sha256").update(bytes).digest("hex").slice(0, 16) });
}
await writeFile(`${folder}/cases.json`, JSON.stringify(list));
