import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { type TextFlow, textGradientFlow } from "../models/language-model/gradient-flow.ts";
import { LanguageModel } from "../models/language-model/model.ts";
import { readText, withContext } from "../tasks/source.ts";
import { type LineChart, terminalChart } from "./charts.ts";
import { checkNew, checkWritable, openText, samePlace, writeWhole } from "./files.ts";
import { flowFields, flowLines } from "./flow.ts";
import { whole } from "./numbers.ts";
import { withModel } from "./open-model.ts";
import { addClipOptions } from "./recipe-flags.ts";
import { noteUnknown } from "./tasks/language-model.ts";

interface InspectFlags {
  data: string;
  steps: number;
  batch: number;
  clip: number;
  clipBy: "value" | "norm";
  svg?: string;
  force?: boolean;
  json?: boolean;
}

interface Inspected extends TextFlow {
  readonly file: string;
}

export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .summary("show how the gradient flows back through time")
    .description(
      "Shows why a network can or cannot learn long-range dependencies: reads windows of a text, takes the loss at the last " +
        "step of each, and measures for each layer how strongly the loss depends on earlier hidden states, by distance " +
        "(the norm of dL/dh). Compares several models in one chart.",
    )
    .argument("<models...>", "model files")
    .requiredOption("--data <file>", "UTF-8 text")
    .option(
      "--steps <n>",
      "characters per window: how far to look back; a model of lines reads whole lines",
      whole(1),
      100,
    )
    .option("--batch <n>", "number of windows or lines, spread evenly over the text", whole(1), 50);
  addClipOptions(command)
    .option("--svg <file>", "write the chart as an SVG file")
    .option("--force", "replace the file of --svg if it exists")
    .option("--json", "print one JSON object per model")
    .action(inspect);
}

async function inspect(files: string[], flags: InspectFlags): Promise<void> {
  const { data, svg, force, json, steps, batch, clip, clipBy } = flags;
  if (svg) {
    const overwritten = [data, ...files].find((file) => samePlace(file, svg));
    if (overwritten) {
      throw new UnrolledError("ERR_VALUE", `--svg ${svg} would overwrite ${overwritten}; give another file`);
    }
    await checkWritable(svg);
    if (!force) checkNew("--svg", svg);
  }
  const text = await readText(openText(data));
  const all: Inspected[] = [];
  for (const file of files) {
    const inspectOne = async (model: LanguageModel) => {
      if (!json) noteUnknown(model, text, file);
      const ids = await withContext(data, () => model.encode(text));
      const flow = await withContext(`${file} on ${data}`, () =>
        textGradientFlow(model, ids, { steps, batch, clip, clipBy }),
      );
      all.push({ file, ...flow });
    };
    await withModel(file, inspectOne, [LanguageModel]);
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

function chartOf(all: readonly Inspected[]): LineChart {
  const name = (file: string, layer: string) => (all.length > 1 ? `${modelName(file)}, ${layer}` : layer);
  return {
    title: "How strongly the loss depends on earlier hidden states",
    xLabel: "distance from the loss (steps)",
    yLabel: "norm of dL/dh (nats)",
    logY: true,
    series: all.flatMap(({ file, flow }) =>
      flow.map((one) => ({
        name: name(file, `layer ${one.layer}`),
        points: one.norms.map((norm, d) => [d, norm] as const),
      })),
    ),
  };
}

function modelName(file: string): string {
  return file.replace(/\.safetensors$/, "");
}
