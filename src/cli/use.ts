import type { Command } from "commander";
import { LanguageModel } from "../models/language-model.ts";
import { storedSpec } from "../models/spec.ts";
import { evaluateText } from "../train/evaluate.ts";
import { about, readText } from "./files.ts";
import { TASKS, withModel } from "./kinds.ts";
import { addFormatOptions, checkTaskOptions, type FormatFlags } from "./label-flags.ts";
import { evalLabels } from "./label-use.ts";
import { from, share, whole } from "./numbers.ts";
import { thousands } from "./progress.ts";

// The commands that use a trained model.

/** Says which characters count as the unknown symbol, where there are any. */
export function noteUnknown({ vocabulary }: LanguageModel, text: string, file = "the model"): void {
  const unknown = vocabulary.unknownIn(text);
  if (!unknown.length) return;
  const shown = unknown
    .slice(0, 20)
    .map((c) => JSON.stringify(c))
    .join(" ");
  console.error(`characters that ${file} never saw (${unknown.length}): ${shown}`);
}

interface EvalFlags extends FormatFlags {
  data: string;
  streams?: number;
  json?: boolean;
}

export function addEval(program: Command): void {
  const command = program
    .command("eval")
    .summary("measure how good a model is")
    .description(
      "Measures how well a language model predicts a text: mean cross-entropy of a character in nats and in bits, and " +
        "perplexity; characters that it never saw count as its unknown symbol. Of a tagger or classifier, how well it labels " +
        "examples: accuracy, mean F1 of the labels and F1 of spans (BIO tags). The last line is a JSON object.",
    )
    .argument("<model>", "model file")
    .requiredOption("--data <file>", "text in UTF-8, or examples as for training")
    .option(
      "--streams <n>",
      "language model: streams that the text is read as, each from a zero state (default: 50)",
      whole(1),
    )
    .option("--json", "nothing but the JSON object");
  addFormatOptions(command).action(async (file: string, flags: EvalFlags, command: Command) => {
    await withModel(file, TASKS, async (model) => {
      checkTaskOptions(command, model.spec.task);
      if (model instanceof LanguageModel) await evalText(model, flags);
      else await evalLabels(model, flags);
    });
  });
}

async function evalText(model: LanguageModel, flags: EvalFlags): Promise<void> {
  const text = await readText(flags.data);
  if (!flags.json) noteUnknown(model, text);
  const ids = await about(flags.data, () => model.vocabulary.encode(text));
  const { loss: _, ...result } = await about(flags.data, () =>
    evaluateText(model, ids, flags.streams ? { streams: flags.streams } : {}),
  );
  if (!flags.json) {
    console.log(
      `${thousands(result.tokens)} characters: ${result.nats.toFixed(4)} nats, ${result.bits.toFixed(4)} bits, ` +
        `perplexity ${result.perplexity.toFixed(3)}`,
    );
  }
  console.log(JSON.stringify(result));
}

interface SampleFlags {
  prompt: string;
  length: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  json?: boolean;
}

export function addSample(program: Command): void {
  program
    .command("sample")
    .summary("let a model write")
    .description("Lets a model write text, character by character. The same seed gives the same text.")
    .argument("<model>", "model file")
    .option("--prompt <text>", "text to go on from", "")
    .option("--length <n>", "characters to write", whole(0), 500)
    .option(
      "--temperature <t>",
      "below 1 more cautious, above 1 more varied; 0: always the likeliest",
      from(0),
      1,
    )
    .option("--top-k <k>", "draw from the likeliest k characters; 0: all", whole(0), 0)
    .option(
      "--top-p <p>",
      "draw from the likeliest characters that reach this probability together",
      share,
      1,
    )
    .option("--seed <n>", "seed of the draws", whole(0), 1)
    .option("--json", "one JSON object: prompt and text")
    .action(async (file: string, { json, ...options }: SampleFlags) => {
      await withModel(file, ["language-model"], async (model) => {
        const symbols = model.pack().generate(options);
        if (json) {
          console.log(JSON.stringify({ prompt: options.prompt, text: [...symbols].join("") }));
          return;
        }
        await write(options.prompt);
        for (const symbol of symbols) await write(symbol);
        await write("\n");
      });
    });
}

/** Waits until the text has left, so that a slow reader slows the writer down and a closed pipe is noticed. */
function write(text: string): Promise<unknown> {
  return new Promise((resolve) => process.stdout.write(text, resolve));
}

export function addInfo(program: Command): void {
  program
    .command("info")
    .summary("show what a model file holds")
    .description(
      "Shows what a model file holds: its spec, where it differs from a plain network, its symbols, its parameters and their sizes.",
    )
    .argument("<model>", "model file")
    .option("--json", "one JSON object")
    .action(async (file: string, flags: { json?: boolean }) => {
      await withModel(file, TASKS, (model) => {
        const labels = model instanceof LanguageModel ? undefined : model.labels.symbols;
        const shapes = Object.fromEntries(
          Object.entries(model.parameters()).map(([name, { shape }]) => [name, shape]),
        );
        const parameters = Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0);
        const { symbols, unknownId } = model.vocabulary;
        if (flags.json) {
          const vocabulary = { size: symbols.length, unknown: unknownId, symbols };
          console.log(
            JSON.stringify({
              spec: model.spec,
              parameters,
              bytes: parameters * 4,
              vocabulary,
              ...(labels && { labels }),
              shapes,
            }),
          );
          return;
        }
        const line = (name: string, value: unknown) => console.log(`${name.padEnd(18)} ${value}`);
        for (const [field, value] of Object.entries(storedSpec(model.spec))) {
          line(field, typeof value === "object" ? JSON.stringify(value) : value);
        }
        const words = symbols.slice(0, 50).join(" ") + (symbols.length > 50 ? " ..." : "");
        line(
          "symbols",
          `${symbols.length}: ${model.spec.level === "word" ? words : JSON.stringify(symbols.join(""))}`,
        );
        if (labels) line("labels", `${labels.length}: ${labels.join(" ")}`);
        line("parameters", `${thousands(parameters)}, ${thousands(parameters * 4)} bytes`);
        for (const [name, shape] of Object.entries(shapes)) {
          console.log(`  ${name.padEnd(22)} [${shape.join(", ")}]`);
        }
      });
    });
}
