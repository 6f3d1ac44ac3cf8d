import { inPackage } from "../install.mjs";
import { processAdapter } from "./process.mjs";

export const deno = processAdapter("Deno", inPackage("deno/deno"), ["run", "--quiet", "--allow-read"]);
