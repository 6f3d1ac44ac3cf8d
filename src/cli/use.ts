import type { Command } from "commander";
import { Vocabulary } from "../data/vocabulary.ts";
import { storedSpec, type TaskModel } from "../network/model.ts";
import { numberWhere } from "../schema.ts";
import { repeated } from "./data-files.ts";
import { readBytes } from "./files.ts";
import { addFixOptions, type FixFlags, refuseFixed } from "./fix-flags.ts";
import type { EvalFlags, SampleFlags } from "./flags.ts";
import { foreignFormat } from "./foreign-file.ts";
import { givenTo } from "./given.ts";
import { infoForeign } from "./info-foreign.ts";
import { from, parser, whole } from "./numbers.ts";
import { withModel, withModelBytes } from "./open-model.ts";
import { thousands } from "./progress.ts";
import { symbolsLine } from "./symbols-line.ts";
import { ALL, taskOf, WRITERS } from "./tasks/index.ts";
import { addTaskOptions, checkModelOptions, checkTaskOptions } from "./tasks/options.ts";
import { noteSegmenter } from "./text-notes.ts";

// The commands `eval`, `sample` and `info`.

export function addEval(program: Command): void {
  const measures = Object.values(ALL).flatMap(({ measures }) => measures ?? []);
  const command = program
    .command("eval")
    .summary("measure how good a model is")
    .description([...new Set(measures), "The last line is a JSON object."].join(" "))
    .argument("<model>", "model file")
    .requiredOption(
      "--data <file>",
      "UTF-8 text, examples or series, in the same format as for training: a file, a folder of files, or - for standard input; may be given several times",
      repeated,
    )
    .option("--json", "print only the JSON object");
  addTaskOptions(command, "eval").action(async (file: string, flags: EvalFlags, command: Command) => {
    await withModel(file, async (model) => {
      checkModelOptions(givenTo(command), model);
      console.log(JSON.stringify(await taskOf(model.spec).evaluate(model, flags)));
    });
  });
}

export function addSample(program: Command): void {
  const command = program
    .command("sample")
    .summary("write text with a model")
    .description(
      "Writes text with a language model, character by character or word by word (a model of lines stops at the end of a line or " +
        "sentence), or a sequence with a generator, from a condition. The same seed gives the same text.",
    )
    .argument("<model>", "model file");
  addTaskOptions(command, "sample")
    .option("--prompt <text>", "text to continue", "")
    .option(
      "--length <n>",
      "maximum number of characters or words to write; a model of lines of characters then writes as many lines as fit (default: 500)",
      whole(0),
    )
    .option(
      "--temperature <t>",
      "below 1: more cautious; above 1: more varied; 0: always the likeliest symbol",
      from(0),
      1,
    )
    .option("--top-k <k>", "draw from the k likeliest symbols; 0: from all", whole(0), 0)
    .option(
      "--top-p <p>",
      "draw from the likeliest symbols that together reach this probability",
      parser(numberWhere("a number above 0, up to 1", (p) => p > 0 && p <= 1)),
      1,
    )
    .option("--seed <n>", "seed of the random draws", whole(0), 1)
    .option("--json", "print one JSON object with prompt and text")
    .action(async (file: string, flags: SampleFlags & { condition?: string }, command: Command) => {
      const sample = async (model: TaskModel) => {
        checkTaskOptions(givenTo(command), model.spec.task);
        noteSegmenter(model, flags.json);
        const symbols = taskOf(model.spec).write!(model, flags);
        const { condition, prompt, json } = flags;
        if (json) {
          console.log(JSON.stringify({ condition, prompt, text: [...symbols].join("") }));
          return;
        }
        await write(prompt);
        for (const symbol of symbols) await write(symbol);
        await write("\n");
      };
      await withModel(file, sample, WRITERS);
    });
}

/**
 * Writes text to standard output and waits until it is written. If the reader is slow, the model waits too. During the wait, Node
 * can report that the reader has closed the pipe.
 */
function write(text: string): Promise<unknown> {
  return new Promise((resolve) => process.stdout.write(text, resolve));
}

export function addInfo(program: Command): void {
  const command = program
    .command("info")
    .summary("show the contents of a model file")
    .description(
      "Shows the contents of a model file: the fields of its spec that differ from a plain network, its symbols, its parameters and their sizes. " +
        "Of a model of ONNX, Keras, TensorFlow.js or PyTorch, it shows inputs, outputs, states, operators, and everything that is missing here.",
    )
    .argument("<model>", "model file; of TensorFlow.js its model.json");
  addFixOptions(command)
    .option("--json", "print one JSON object")
    .action(async (file: string, flags: FixFlags & { json?: boolean }) => {
      const content = await readBytes(file);
      const format = await foreignFormat(file, content);
      if (format) return infoForeign(file, content, format, flags);
      refuseFixed(file, flags);
      await withModelBytes(file, content, (model) => {
        const { spec, tables, dtype = "f32", parameterCount: parameters } = model;
        const all = Object.entries(model.parameters());
        const shapes = Object.fromEntries(all.map(([name, { shape }]) => [name, shape]));
        // A quantised matrix [O, I] has a byte a number and O scales.
        const bytes = all.reduce(
          (sum, [, { shape, size }]) =>
            sum + (dtype === "int8" && shape.length === 2 ? size + 4 * shape[0]! : 4 * size),
          0,
        );
        if (flags.json) {
          const { vocabulary, ...others } = tables;
          const symbols = vocabulary instanceof Vocabulary && {
            vocabulary: {
              size: vocabulary.size,
              unknown: vocabulary.unknownId,
              symbols: vocabulary.symbols,
            },
          };
          console.log(JSON.stringify({ spec, dtype, parameters, bytes, ...symbols, ...others, shapes }));
          return;
        }
        const line = (name: string, value: unknown) => console.log(`${name.padEnd(18)} ${value}`);
        for (const [field, value] of Object.entries(storedSpec(model))) {
          line(field, typeof value === "object" ? JSON.stringify(value) : value);
        }
        for (const [name, table] of Object.entries(tables)) {
          line(
            name === "vocabulary" ? "symbols" : name,
            table instanceof Vocabulary ? symbolsLine(name, table, spec) : JSON.stringify(table),
          );
        }
        if (dtype === "int8") line("dtype", "int8: 8 bits a number and a scale for each row of a matrix");
        line("parameters", `${thousands(parameters)}, ${thousands(bytes)} bytes`);
        for (const [name, shape] of Object.entries(shapes)) {
          console.log(`  ${name.padEnd(22)} [${shape.join(", ")}]`);
        }
      });
    });
}
