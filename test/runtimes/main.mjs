// A process of Node, Deno or Bun that runs one task and prints its result as JSON.

import process from "node:process";
import { cycles } from "./cycles.mjs";
import { tasks } from "./scenario.mjs";

const [task, options] = process.argv.slice(2);
console.log(JSON.stringify(await { ...tasks, cycles }[task](JSON.parse(options))));
process.exit(); // in the middle of what is still running
