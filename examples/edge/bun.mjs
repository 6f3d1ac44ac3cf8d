// Bun: bun bun.mjs

import { createRuntime } from "unrolled/run";
import { makeHandler } from "./handler.mjs";

const read = (name) => Bun.file(new URL(`models/${name}.safetensors`, import.meta.url)).bytes();
const files = { writer: await read("writer"), mood: await read("mood") };

const { port } = Bun.serve({
  port: Number(process.env.PORT ?? 8000),
  fetch: makeHandler(await createRuntime(), files).fetch,
});
console.log(`http://localhost:${port}/`);
