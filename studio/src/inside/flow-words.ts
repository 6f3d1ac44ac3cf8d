import type { Fate, LayerFlowView } from "../look/gradient-flow.ts";
import { percent, whole } from "../ui/words.ts";
import { roundStep } from "./round-step.ts";

/** What a verdict means. @param cell the cell of the network, as its spec calls it */
export function meaning(verdict: Fate["verdict"], cell: string): string {
  const further =
    cell === "rnn"
      ? " A GRU or an LSTM carries it further."
      : " Its gates can learn to let more of it through, if the data need that.";
  return {
    vanishes: `A gradient that vanishes (less than a hundredth is left) cannot teach it what happened so long ago. Nearer things it can learn.${further}`,
    fades: `A gradient that fades (less than a third is left) still teaches it things that far back, but more weakly than what is near.${further}`,
    explodes:
      "A gradient that explodes is more than ten times as strong at the end as at the start. Training cuts such gradients to a limit (clipping). A lower learning rate also helps.",
    flows: "A gradient that flows can teach it things that far back.",
  }[verdict];
}

/** Returns the name of a layer for people, who count from 1. */
export function layerName({
  part,
  layer,
  direction,
}: Pick<LayerFlowView, "part" | "layer" | "direction">): string {
  const half = part.includes(".") ? `${part.split(".")[0]} ` : "";
  return `${half}layer ${layer + 1}${direction ? ", reading backwards" : ""}`;
}

/** Tells how much of the gradient is left, and what that is for each step. */
export function leftInWords({ verdict, left, factor, thousandth, norms }: LayerFlowView): string {
  const steps = norms.length - 1;
  const far = steps === 1 ? "1 step back" : `${steps} steps back`;
  if (factor === Infinity) return "Its numbers overflow.";
  if (verdict === "explodes")
    return `${far} it is ${whole(factor ** steps)} times as strong: ${change(factor)} with each step on average.`;
  const share = `${far}, ${left === 0 ? "nothing" : percent(left, left < 0.1 ? 1 : 0)} of the largest is left`;
  const each = left > 0 && left < 1 ? `: ${change(factor)} with each step on average` : "";
  return `${share}${each}.${thousandth === null ? "" : ` After ${thousandth} steps it is less than a thousandth.`}`;
}

const change = (factor: number) => `${percent(Math.abs(1 - factor), 0)} ${factor < 1 ? "less" : "more"}`;

/** A point of the curve. */
export interface FlowPoint {
  readonly name: string;
  readonly distance: number;
  readonly norm: number;
  readonly isLast: boolean;
}

/** Returns the points of a layer that a logarithmic axis can show: those that are finite and not 0. */
export function flowPoints(layer: LayerFlowView): FlowPoint[] {
  const name = layerName(layer);
  const points = Array.from(layer.norms, (norm, distance) => ({ name, distance, norm })).filter(
    ({ norm }) => norm > 0 && norm < Infinity,
  );
  return points.map((point, i) => ({ ...point, isLast: i === points.length - 1 }));
}

const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Writes a power of ten, such as 10⁻³; other numbers stay out, since a logarithmic axis names its powers only. */
export function power(value: number): string {
  const exponent = Math.log10(value);
  if (Math.abs(exponent - Math.round(exponent)) > 1e-6) return "";
  const digits = String(Math.abs(Math.round(exponent)));
  return `10${exponent < -1e-6 ? "⁻" : ""}${[...digits].map((digit) => DIGITS[Number(digit)]).join("")}`;
}

/** Returns whole numbers for the axis of the distance, about one for each 60 pixels. */
export function wholeTicks(points: readonly FlowPoint[], width: number): number[] {
  const most = points.reduce((a, { distance }) => Math.max(a, distance), 1);
  const least = (most * 60) / Math.max(60, width);
  const step = roundStep(least);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}
