import { inPackage } from "../install.mjs";
import { processAdapter } from "./process.mjs";

export const bun = processAdapter("Bun", inPackage("bun/bin/bun"), ["run"]);
