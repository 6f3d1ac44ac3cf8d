import type { TextFlow } from "../models/language-model/gradient-flow.ts";
import { diagnoseFlow, type FlowDiagnosis } from "../train/gradient-flow.ts";

// Reports, in JSON and in words, how the gradient flows back through a model.

/** Returns the fields of the report in JSON. */
export function flowFields({ flow, gradientNorm, clippedNorm }: TextFlow): object {
  return {
    gradient_norm: gradientNorm,
    clipped_norm: clippedNorm,
    layers: flow.map((one) => ({ ...one, ...diagnoseFlow(one) })),
  };
}

/** Returns the report as a table. It has a row for each layer. */
export function flowLines({ flow, gradientNorm, clippedNorm }: TextFlow): string[] {
  const rows = flow.map((one) => [
    `layer ${one.layer}`,
    one.norms[0]!.toExponential(2),
    one.norms.at(-1)!.toExponential(2),
    sentence(diagnoseFlow(one)),
  ]);
  const steps = flow[0]!.norms.length;
  const table = [["", "at the loss", `${steps - 1} before`, ""], ...rows];
  const [before, after] = [gradientNorm, clippedNorm].map((norm) => norm.toPrecision(3));
  return [
    ...table.map((row) => `  ${row.map((cell) => cell.padEnd(12)).join("")}`.trimEnd()),
    `  gradient of all weights: norm ${before}, after clipping ${after}`,
  ];
}

/** Puts a diagnosis into words: "vanishes: falls by a factor 0.71 a step, below 1/1000 after 21 steps". */
function sentence({ verdict, factor, thousandth }: FlowDiagnosis): string {
  const verb = { vanishes: "falls", explodes: "grows", flows: "changes" }[verdict];
  const lost = thousandth === null ? "" : `, below 1/1000 after ${thousandth} steps`;
  return `${verdict}: ${verb} by a factor ${factor.toPrecision(3)} a step${lost}`;
}
