import { inPackage } from "../install.mjs";
import { processAdapter } from "./process.mjs";

export const deno = processAdapter({
  name: "Deno",
  path: inPackage("deno/deno"),
  flags: ["run", "--quiet", "--allow-all"],
  workers: "web",
});
