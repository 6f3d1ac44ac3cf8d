import type { LayerFlowView } from "../look/gradient-flow.ts";
import { percent } from "../ui/words.ts";

/** What a verdict means. */
export const VERDICTS = {
  vanishes: {
    name: "vanishes",
    about:
      "A gradient that vanishes cannot teach it what happened long ago; for short inputs it may reach far enough. A GRU or an LSTM carries it further than a plain RNN.",
  },
  explodes: {
    name: "explodes",
    about: "Training cuts gradients that explode to a limit (clipping). A lower learning rate also helps.",
  },
  flows: { name: "flows", about: "A gradient that flows can teach it things that far back." },
} as const;

/** Returns the name of a layer for people, who count from 1. */
export function layerName({
  part,
  layer,
  direction,
}: Pick<LayerFlowView, "part" | "layer" | "direction">): string {
  const half = part.includes(".") ? `${part.split(".")[0]} ` : "";
  return `${half}layer ${layer + 1}${direction ? ", reading backwards" : ""}`;
}

/** Tells how the gradient changes with each step back. */
export function factorInWords({ factor, thousandth, norms }: LayerFlowView): string {
  const change = Math.round(100 * Math.abs(1 - factor));
  const each =
    change === 0
      ? "Each step back leaves it almost as it is."
      : `Each step back makes it ${change}% ${factor < 1 ? "weaker" : "stronger"}.`;
  if (thousandth !== null) return `${each} After ${thousandth} steps less than a thousandth is left.`;
  const last = norms.length - 1;
  const share = norms[last]! / Math.max(...norms);
  return `${each} ${last} steps back, ${percent(share, share < 0.1 ? 1 : 0)} of the largest is left.`;
}

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
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((one) => one >= least) ?? 1000;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}
