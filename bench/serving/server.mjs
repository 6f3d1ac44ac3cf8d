// A process of Node, Deno or Bun that serves the models of a folder and prints its address. Arguments: folder, `unrolled` or `onnx`,
// maximum batch.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { createHandler } from "../../dist/handler.js";
import { listen } from "../../test/runtimes/listen.mjs";

const [folder, engine, batch] = process.argv.slice(2);

async function ownModels() {
  const [{ openModels }, library] = await Promise.all([import("./open.mjs"), import("../../dist/index.js")]);
  const read = async (name) => new Uint8Array(await readFile(join(folder, `${name}.safetensors`)));
  return openModels(library, { mood: await read("mood"), writer: await read("writer") });
}

const models = engine === "onnx" ? await (await import("./onnx.mjs")).openPeer(folder) : await ownModels();
const handler = createHandler(models, { batch: Number(batch) });
await handler.ready;
const loadListener = async () => (await import("../../dist/handler-node.js")).nodeListener;
console.log(await listen(handler, loadListener));
