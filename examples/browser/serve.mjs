// npm run example:browser [-- --port 8000] [--not-isolated]
// Builds the page, serves it and prints its address.

import { parseArgs } from "node:util";
import { buildPage } from "./build.mjs";
import { servePage } from "./site.mjs";

const { values } = parseArgs({
  options: { port: { type: "string", default: "4173" }, "not-isolated": { type: "boolean", default: false } },
});
await buildPage();
const { url } = await servePage({ port: Number(values.port), isolated: !values["not-isolated"] });
console.log(`The page is at ${url} (stop it with Ctrl-C)`);
