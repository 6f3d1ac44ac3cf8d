// Stands in for npm in the shell snippets of the docs: fails if a script does not exist, and runs nothing.
import { readFileSync } from "node:fs";

const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [command, name] = process.argv.slice(2);
const script = command === "run" ? name : command;
if (command !== "install" && !scripts[script]) throw new Error(`package.json has no script ${script}`);
