// Node: node node.mjs

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { nodeListener } from "unrolled/handler/node";
import { createRuntime } from "unrolled/run";
import { makeHandler } from "./handler.mjs";

const read = (name) => readFile(new URL(`models/${name}.safetensors`, import.meta.url));
const files = { writer: await read("writer"), mood: await read("mood") };

const server = createServer(nodeListener(makeHandler(await createRuntime(), files)));
server.listen(Number(process.env.PORT ?? 8000), () =>
  console.log(`http://localhost:${server.address().port}/`),
);
