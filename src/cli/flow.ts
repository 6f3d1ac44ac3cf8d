import { counted } from "../errors.ts";
import type { LayerPlace } from "../nn/recurrent.ts";
import { diagnoseFlow, type FlowDiagnosis } from "../train/gradient-flow.ts";
import { type ModelFlow, modelGradientFlow } from "../train/model-gradient-flow.ts";
import type { Trainer } from "../train/trainer.ts";

// Reports, in JSON and in words, how the gradient flows back through a model.

/** Measures the gradient flow in the mini-batch of a trainer's next iteration. */
export function trainerFlow(trainer: Trainer): ModelFlow {
  const { clip, clipBy } = trainer.recipe;
  return modelGradientFlow(trainer.model, trainer.nextBatch(), { clip, clipBy });
}

/** Returns the name of a layer in a report, such as "encoder layer 0, backward". */
export function layerName({ part, layer, direction }: LayerPlace & { readonly part?: string }): string {
  const owner = part === undefined || part === "rnn" ? "" : `${part.replace(/\.rnn$/, "")} `;
  return `${owner}layer ${layer}${direction ? ", backward" : ""}`;
}

/** Returns the fields of the report in JSON. */
export function flowFields({ flow, gradientNorm, clippedNorm }: ModelFlow): object {
  return {
    gradient_norm: gradientNorm,
    clipped_norm: clippedNorm,
    layers: flow.map((one) => ({ ...one, ...diagnoseFlow(one) })),
  };
}

/** Returns the report as a table. It has a row for each layer. */
export function flowLines({ flow, gradientNorm, clippedNorm }: ModelFlow): string[] {
  const rows = flow.map((one) => [
    layerName(one),
    one.norms[0]!.toExponential(2),
    one.norms.at(-1)!.toExponential(2),
    sentence(diagnoseFlow(one)),
  ]);
  const [steps = 0, ...others] = new Set(flow.map(({ norms }) => norms.length));
  const table = [["", "at the loss", others.length ? "farthest" : `${steps - 1} before`, ""], ...rows];
  const width = Math.max(12, ...rows.map(([name = ""]) => name.length + 2));
  const [before, after] = [gradientNorm, clippedNorm].map((norm) => norm.toPrecision(3));
  return [
    ...table.map((row) => `  ${row.map((cell, i) => cell.padEnd(i ? 12 : width)).join("")}`.trimEnd()),
    `  gradient of all weights: norm ${before}, after clipping ${after}`,
  ];
}

/** Puts a diagnosis into words: "vanishes: falls by a factor 0.71 a step, below 1/1000 after 21 steps". */
function sentence({ verdict, factor, thousandth }: FlowDiagnosis): string {
  const verb = { vanishes: "falls", explodes: "grows", flows: "changes" }[verdict];
  const lost = thousandth === null ? "" : `, below 1/1000 after ${counted(thousandth, "step", "steps")}`;
  return `${verdict}: ${verb} by a factor ${factor.toPrecision(3)} a step${lost}`;
}
