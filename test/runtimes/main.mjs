// A process of Node, Deno or Bun that runs one task and prints its result as JSON.

import process from "node:process";
import { cycles } from "./cycles.mjs";
import { tasks } from "./scenario.mjs";

const [task, text] = process.argv.slice(2);
const { wide, ...options } = JSON.parse(text);
if (wide) {
  const { wideKernels } = await import("unrolled/wide");
  options.module = (await wideKernels({ variant: options.variant, wide })).module;
}
console.log(JSON.stringify(await { ...tasks, cycles }[task](options)));
process.exit(); // in the middle of what is still running
