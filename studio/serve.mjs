// npm run studio [-- --build-only] [-- --port 8000] [-- --not-isolated]
// Builds the studio into studio/dist, serves it and prints its address.

import { parseArgs } from "node:util";
import { buildStudio } from "./build.mjs";
import { serveStudio } from "./site.mjs";

const { values } = parseArgs({
  options: {
    "build-only": { type: "boolean", default: false },
    port: { type: "string", default: "4173" },
    "not-isolated": { type: "boolean", default: false },
  },
});
await buildStudio();
if (values["build-only"]) {
  console.log("The studio is in studio/dist; any web server can serve that folder");
} else {
  const { url } = await serveStudio({ port: Number(values.port), isolated: !values["not-isolated"] });
  console.log(`The studio is at ${url} (stop it with Ctrl-C)`);
}
