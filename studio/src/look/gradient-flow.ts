import { diagnoseFlow, type LanguageModel, type ModelFlow, textGradientFlow } from "unrolled";

/** What became of a gradient on its way back in time. */
export interface Fate {
  /**
   * - `explodes`: it is more than ten times as strong at the end of the way as at its start, or it overflows
   * - `vanishes`: less than a hundredth of the largest is left at the end
   * - `fades`: less than a third is left
   * - `flows`: none of these
   */
  readonly verdict: "explodes" | "vanishes" | "fades" | "flows";
  /** What is left at the end of the way, as a share of the largest norm. */
  readonly left: number;
  /** Mean factor of a step: from the largest norm to the end, or over the whole way if the gradient explodes. */
  readonly factor: number;
}

/** Tells what became of a gradient, from its norms by distance. Word and numbers agree: all come from the ends of the way. */
export function fateOf(norms: ArrayLike<number>): Fate {
  const all = Array.from(norms);
  const end = all.length - 1;
  const [first = 0, last = 0] = [all[0], all[end]];
  if (all.some((norm) => !Number.isFinite(norm))) return { verdict: "explodes", left: 1, factor: Infinity };
  const largest = Math.max(...all);
  const left = largest && last / largest;
  if (first > 0 && last > 10 * first)
    return { verdict: "explodes", left, factor: (last / first) ** (1 / end) };
  const peak = all.indexOf(largest);
  const verdict = left < 0.01 ? "vanishes" : left < 1 / 3 ? "fades" : "flows";
  return { verdict, left, factor: peak < end ? left ** (1 / (end - peak)) : 1 };
}

/** The gradient of one layer in one direction, by distance from the loss, and what became of it. */
export interface LayerFlowView extends Fate {
  /** First distance at which less than a thousandth of the largest norm is left; null if there is none. */
  readonly thousandth: number | null;
  /** Name of the recurrent part, such as `rnn` or `encoder.rnn`. */
  readonly part: string;
  /** Number of the layer, counted from 0 at the input. */
  readonly layer: number;
  /** 0 if the layer reads from first step to last, 1 from last to first. */
  readonly direction: number;
  /** Norm of dL/dh at each distance in steps from the loss, [D]. */
  readonly norms: Float64Array;
}

/** The gradient flow of one model. */
export interface FlowView {
  /** The name that the caller gave. */
  readonly name: string;
  readonly layers: readonly LayerFlowView[];
  /** Norm of the gradient of all parameters. */
  readonly gradientNorm: number;
  /** The same after clipping. */
  readonly clippedNorm: number;
}

/** Adds what became of it to the flow of a model, such as the result of `modelGradientFlow` for a batch of any task. */
export function flowView(name: string, { flow, gradientNorm, clippedNorm }: ModelFlow): FlowView {
  const layers = flow.map((own) => ({
    ...fateOf(own.norms),
    thousandth: diagnoseFlow(own).thousandth,
    part: own.part ?? "rnn",
    layer: own.layer,
    direction: own.direction,
    norms: Float64Array.from(own.norms),
  }));
  return { name, layers, gradientNorm, clippedNorm };
}

/**
 * Records how the gradient flows back through language models over the same text, to be drawn side by side: RNN, GRU and LSTM, or a
 * model before and after training. See docs/gradient-flow.md.
 *
 * @param options.steps number of steps back in time; default 50
 * @param options.batch number of windows of the text that are averaged; default 8
 * @throws ERR_DATA if the text is too short for a window
 */
export function gradientFlow(
  models: Readonly<Record<string, LanguageModel>>,
  text: string,
  { steps = 50, batch = 8 }: { readonly steps?: number; readonly batch?: number } = {},
): FlowView[] {
  return Object.entries(models).map(([name, model]) =>
    flowView(name, textGradientFlow(model, model.encode(text), { steps, batch })),
  );
}
