import { UnrolledError } from "../errors.ts";
import { textGradientFlow } from "../models/language-model/gradient-flow.ts";
import { LanguageModel } from "../models/language-model/model.ts";
import type { TaskModel } from "../network/model.ts";
import { readText, withContext } from "../tasks/source.ts";
import type { Reading } from "../tasks/task.ts";
import type { ModelFlow } from "../train/model-gradient-flow.ts";
import { type LineChart, terminalChart } from "./charts.ts";
import { keepInput, openData } from "./data-files.ts";
import { noteOf, writeWhole } from "./files.ts";
import type { InspectFlags } from "./flags.ts";
import { flowFields, flowLines, layerName, trainerFlow } from "./flow.ts";
import { type Given, pick } from "./given.ts";
import { noteInt8 } from "./int8-note.ts";
import { withModel } from "./open-model.ts";
import { taskOf } from "./tasks/index.ts";
import { noteUnknown } from "./tasks/language-model.ts";
import { checkFormatOptions } from "./tasks/options.ts";

type FlowFlags = InspectFlags & { data: readonly string[] };

interface Inspected extends ModelFlow {
  readonly file: string;
}

/** Shows how the gradient flows back through several models. @param given the options that the user set */
export async function inspectFlow(files: readonly string[], flags: FlowFlags, given: Given): Promise<void> {
  const { data, svg, json } = flags;
  await keepInput(data);
  const all: Inspected[] = [];
  for (const file of files) {
    await withModel(file, async (model: TaskModel) => {
      checkFormatOptions(given, model.spec.task);
      noteInt8(model, file, json);
      const flow =
        model instanceof LanguageModel
          ? await flowOfText(model, file, flags)
          : await flowOfExamples(model, file, flags, given);
      all.push({ file, ...flow });
    });
  }
  const chart = chartOf(all);
  if (svg) {
    const { svgChart } = await import("./svg-chart.ts");
    await writeWhole(svg, new TextEncoder().encode(svgChart(chart)));
  }
  if (json) for (const one of all) console.log(JSON.stringify({ model: one.file, ...flowFields(one) }));
  else
    console.log(
      [terminalChart(chart), ...all.map((one) => [modelName(one.file), ...flowLines(one)].join("\n"))].join(
        "\n\n",
      ),
    );
}

async function flowOfText(model: LanguageModel, file: string, flags: FlowFlags): Promise<ModelFlow> {
  const { data, json, steps, batch, clip, clipBy } = flags;
  const source = await openData(data, json);
  const text = await readText(source);
  if (!json) noteUnknown(model, text, file);
  const ids = await withContext(source.name, () => model.encode(text));
  return withContext(`${file} on ${source.name}`, () =>
    textGradientFlow(model, ids, { steps, batch, clip, clipBy }),
  );
}

/** Measures the gradient flow in the mini-batch with which a training on the examples would begin. */
async function flowOfExamples(
  model: TaskModel,
  file: string,
  flags: FlowFlags,
  given: Given,
): Promise<ModelFlow> {
  const { data, json, steps, batch, clip, clipBy } = flags;
  const { task } = taskOf(model.spec);
  const isSeries = model.spec.task === "forecaster";
  if (!isSeries && "steps" in given) {
    const problem = `--steps is for texts and series; a ${model.spec.task} reads whole sequences`;
    throw new UnrolledError("ERR_VALUE", `${file}: ${problem}; leave it out`);
  }
  const source = await openData(data, json);
  const read = await task.read(
    { data: source, ...(!isSeries && { validation: await openData(data, true) }) }, // so that no example is held out
    { ...pick(flags, task.options.format), note: notedOnce(data, json) },
    { spec: model.spec, reading: model.reading as Reading | undefined },
  );
  const run = await read.resume(model.spec, 1);
  const recipe = { ...task.defaultRecipe(), batch, seq: steps, clip, clipBy, average: 0 };
  return withContext(`${file} on ${source.name}`, () => {
    const trainer = run.trainer(model, recipe);
    try {
      return trainerFlow(trainer);
    } finally {
      trainer.dispose();
    }
  });
}

/** Returns a function that prints notes, each once. */
function notedOnce(data: readonly string[], quiet: boolean | undefined) {
  const print = noteOf(data, quiet);
  const told = new Set<string>();
  return (text: string) => {
    if (!told.has(text)) print?.(text);
    told.add(text);
  };
}

function chartOf(all: readonly Inspected[]): LineChart {
  const name = (file: string, layer: string) => (all.length > 1 ? `${modelName(file)}, ${layer}` : layer);
  return {
    title: "How strongly the loss depends on earlier hidden states",
    xLabel: "distance from the loss (steps)",
    yLabel: "norm of dL/dh (nats)",
    logY: true,
    series: all.flatMap(({ file, flow }) =>
      flow.map((one) => ({
        name: name(file, layerName(one)),
        points: one.norms.map((norm, d) => [d, norm] as const),
      })),
    ),
  };
}

function modelName(file: string): string {
  return file.replace(/\.safetensors$/, "");
}
