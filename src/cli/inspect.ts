import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { UnrolledError } from "../errors.ts";
import { diagnoseFlow, type FlowDiagnosis } from "../train/gradient-flow.ts";
import { DEFAULT_RECIPE } from "../train/recipe.ts";
import { type TextFlow, textGradientFlow } from "../train/text-flow.ts";
import { type LineChart, terminalChart } from "./charts.ts";
import { about, checkWritable, readText, writeWhole } from "./files.ts";
import { from, whole } from "./numbers.ts";
import { withModel } from "./use.ts";

interface InspectFlags {
  data: string;
  steps: number;
  batch: number;
  clip: number;
  clipBy: "value" | "norm";
  svg?: string;
  json?: boolean;
}

interface Inspected extends TextFlow {
  readonly file: string;
}

export function addInspect(program: Command): void {
  program
    .command("inspect")
    .summary("show how the gradient flows back through time")
    .description(
      "Shows why a network does or does not learn from what lies far back: reads windows of a text, takes the loss at the " +
        "last step of each, and measures by distance and layer how strongly it depends on the hidden states before " +
        "(the norm of dL/dh). Several models are compared in one chart.",
    )
    .argument("<models...>", "model files")
    .requiredOption("--data <file>", "text in UTF-8")
    .option("--steps <n>", "characters of a window: how far back to look", whole(1), 100)
    .option("--batch <n>", "windows, spread evenly over the text", whole(1), 50)
    .option(
      "--clip <limit>",
      "limit of the gradients, to show what clipping does; 0: none",
      from(0),
      DEFAULT_RECIPE.clip,
    )
    .addOption(
      new Option("--clip-by <what>", "limit each gradient's value, or the norm of all")
        .choices(["value", "norm"])
        .default(DEFAULT_RECIPE.clipBy),
    )
    .option("--svg <file>", "write the chart as a picture")
    .option("--json", "one JSON object a line for each model")
    .action(inspect);
}

async function inspect(files: string[], flags: InspectFlags): Promise<void> {
  const { data, svg, json } = flags;
  if (svg) {
    const overwritten = [data, ...files].find((file) => resolve(file) === resolve(svg));
    if (overwritten) {
      throw new UnrolledError("ERR_VALUE", `--svg ${svg} would overwrite ${overwritten}; give another file`);
    }
    await checkWritable(svg);
  }
  const text = await readText(data);
  const all: Inspected[] = [];
  for (const file of files) {
    await withModel(file, async (model) => {
      const ids = await about(data, () => model.vocabulary.encode(text));
      const flow = await about(`${file} on ${data}`, () => textGradientFlow(model, ids, flags));
      all.push({ file, ...flow });
    });
  }
  const chart = chartOf(all);
  if (svg) {
    const { svgChart } = await import("./svg-chart.ts");
    await writeWhole(svg, new TextEncoder().encode(svgChart(chart)));
  }
  if (json) for (const one of all) console.log(JSON.stringify(jsonOf(one)));
  else console.log([terminalChart(chart), ...all.map(describe)].join("\n\n"));
}

function chartOf(all: readonly Inspected[]): LineChart {
  const name = (file: string, layer: string) => (all.length > 1 ? `${modelName(file)}, ${layer}` : layer);
  return {
    title: "How strongly the loss depends on hidden states before it",
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

function jsonOf({ file, flow, gradientNorm, clippedNorm }: Inspected): object {
  return {
    model: file,
    gradient_norm: gradientNorm,
    clipped_norm: clippedNorm,
    layers: flow.map((one) => ({ ...one, ...diagnoseFlow(one) })),
  };
}

function describe({ file, flow, gradientNorm, clippedNorm }: Inspected): string {
  const rows = flow.map((one) => {
    const { norms } = one;
    return [
      `layer ${one.layer}`,
      norms[0]!.toExponential(2),
      norms.at(-1)!.toExponential(2),
      sentence(diagnoseFlow(one)),
    ];
  });
  const steps = flow[0]!.norms.length;
  const table = [["", "at the loss", `${steps - 1} before`, ""], ...rows];
  const lines = table.map((row) => `  ${row.map((cell) => cell.padEnd(12)).join("")}`.trimEnd());
  const clipped = `gradient of all weights: norm ${gradientNorm.toPrecision(3)}, after clipping ${clippedNorm.toPrecision(3)}`;
  return [modelName(file), ...lines, `  ${clipped}`].join("\n");
}

/** A diagnosis in words: "vanishes: falls by a factor 0.71 a step, below 1/1000 after 21 steps". */
function sentence({ verdict, factor, thousandth }: FlowDiagnosis): string {
  const verb = { vanishes: "falls", explodes: "grows", flows: "changes" }[verdict];
  const lost = thousandth === null ? "" : `, below 1/1000 after ${thousandth} steps`;
  return `${verdict}: ${verb} by a factor ${factor.toPrecision(3)} a step${lost}`;
}
