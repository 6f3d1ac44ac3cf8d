import { readFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import { UnrolledError } from "../errors.ts";
import { reason } from "../storage/files.node.ts";
import { addConvert } from "./convert.ts";
import { addInspect } from "./inspect.ts";
import { addWide } from "./kernels.ts";
import { refuseOpposites } from "./opposites.ts";
import { addPredict } from "./predict.ts";
import { addQuantize } from "./quantize.ts";
import { addScore } from "./score.ts";
import { addSearch } from "./search.ts";
import { addSuggest } from "./suggest.ts";
import { addTrain } from "./train.ts";
import { addEval, addInfo, addSample } from "./use.ts";

const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));

const program = new Command("unrolled")
  .description("Recurrent networks that train and run in JavaScript")
  .version(version)
  .showHelpAfterError("(add --help for the options)")
  .exitOverride(); // help and version may not be written yet when they are printed

addTrain(program);
addSearch(program);
addEval(program);
addPredict(program);
addSample(program);
addScore(program);
addSuggest(program);
addQuantize(program);
addConvert(program);
addInfo(program);
addInspect(program);
for (const command of program.commands) {
  addWide(command);
  refuseOpposites(command);
}

// The reader of standard output, such as head or less, may close the pipe, or its disk may be full. A training run then saves and
// stops, as after Ctrl-C. Other commands end.
let closed = false;
let full = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (closed) return;
  closed = true;
  full = error.code !== "EPIPE";
  if (full) console.error(`unrolled: cannot write standard output: ${reason(error)}`);
  if (!process.emit("SIGINT", "SIGINT")) process.exit(full ? 1 : 0);
});
process.stderr.on("error", () => {}); // notes and the live bar are lost, the run is not

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof UnrolledError) {
    console.error(`unrolled: ${error.message}`);
    process.exitCode ??= 1;
  } else throw error;
}
if (full) process.exitCode = 1; // not that of Ctrl-C
