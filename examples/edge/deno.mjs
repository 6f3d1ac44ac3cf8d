// Deno: deno run --allow-net --allow-read --allow-env=PORT deno.mjs

import { createRuntime } from "unrolled/run";
import { makeHandler } from "./handler.mjs";

const read = (name) => Deno.readFile(new URL(`models/${name}.safetensors`, import.meta.url));
const files = { writer: await read("writer"), mood: await read("mood") };

Deno.serve(
  {
    port: Number(Deno.env.get("PORT") ?? 8000),
    onListen: ({ port }) => console.log(`http://localhost:${port}/`),
  },
  makeHandler(await createRuntime(), files).fetch,
);
