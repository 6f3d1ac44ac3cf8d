import { inPackage } from "../install.mjs";
import { processAdapter } from "./process.mjs";

export const bun = processAdapter({
  name: "Bun",
  path: inPackage("bun/bin/bun"),
  flags: ["run"],
  workers: "web",
});
