import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { adviseDashes } from "./dashed-texts.ts";
import { checkNotData, repeated } from "./data-files.ts";
import { checkNew, checkWritable } from "./files.ts";
import type { InspectFlags } from "./flags.ts";
import { givenTo } from "./given.ts";
import { inspectFlow } from "./inspect-flow.ts";
import { inspectGates } from "./inspect-gates.ts";
import { whole } from "./numbers.ts";
import { addClipOptions } from "./recipe-flags.ts";
import { addFormatOptions } from "./tasks/options.ts";

/** Options with which `inspect` shows gates although there is a file. */
const GATES = ["row", "gate", "layer"] as const;

/** Options that only the gradient flow has. */
const FLOW = ["steps", "batch", "clip", "clipBy"] as const;

export function addInspect(program: Command): void {
  const command = adviseDashes(program.command("inspect"))
    .summary("show how the gradient flows back through time, or the gates for a text")
    .description(
      "With --data, shows why a network can or cannot learn long-range dependencies: measures for each layer how strongly the loss " +
        "at the end of a sequence depends on earlier hidden states, by distance (the norm of dL/dh), and compares several models in " +
        "one chart. With texts, or with --row, shows what the gates of one model do at each symbol.",
    )
    .argument("<models...>", "model files; without --data, a model file and the texts to read")
    .option(
      "--data <file>",
      "text or examples, in the same format as for training: a file, a folder of files, or - for standard input; may be given several times",
      repeated,
    )
    .option("--row <n>", "show the gates for this row of --data, counted from 1 as predict does", whole(1))
    .option(
      "--gate <name>",
      "gate to draw: i, f, g, o and c of an LSTM; r, z and n of a GRU; h of any cell (default: f, i or z, else h)",
    )
    .option("--layer <n>", "layer whose gate is drawn, counted from 0 (default: 0)", whole(0))
    .option(
      "--steps <n>",
      "characters, words or rows per window of a text or series: how far to look back; other tasks, and models of lines, read whole sequences",
      whole(1),
      100,
    )
    .option("--batch <n>", "number of windows, lines or examples", whole(1), 50);
  addFormatOptions(addClipOptions(command))
    .option("--svg <file>", "write the chart as an SVG file")
    .option("--force", "replace the file of --svg if it exists")
    .option("--json", "print one JSON object per model or text, with all numbers")
    .action(inspect);
}

async function inspect(files: string[], flags: InspectFlags, command: Command): Promise<void> {
  const { data, svg, force } = flags;
  const [model = "", ...texts] = files;
  const given = givenTo(command);
  const asked = GATES.some((name) => name in given);
  if (data && asked && texts.length) {
    throw new UnrolledError("ERR_VALUE", "inspect: give either texts or a row of --data, after one model");
  }
  if (!data && (!texts.length || flags.row !== undefined)) {
    const problem = flags.row === undefined ? "nothing to read" : "--row is a row of a file";
    throw new UnrolledError(
      "ERR_VALUE",
      `inspect: ${problem}; give texts to see the gates, or --data for the gradient flow, with --row for the gates of a row`,
    );
  }
  const gates = asked || !data;
  const unused = gates ? command.options.find((one) => isFlow(one.attributeName(), given)) : undefined;
  if (unused) {
    throw new UnrolledError(
      "ERR_VALUE",
      `${unused.long} is for the gradient flow; leave it out to see gates`,
    );
  }
  if (svg) {
    await checkNotData("--svg", svg, data, gates ? [model] : files);
    await checkWritable(svg);
    if (!force) checkNew("--svg", svg);
  }
  if (data && !gates) await inspectFlow(files, { ...flags, data }, given);
  else await inspectGates(model, texts, flags, given);
}

const isFlow = (name: string, given: object): boolean =>
  (FLOW as readonly string[]).includes(name) && name in given;
