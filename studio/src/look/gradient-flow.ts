import {
  diagnoseFlow,
  type FlowDiagnosis,
  type LanguageModel,
  type ModelFlow,
  textGradientFlow,
} from "unrolled";

/** The gradient of one layer in one direction, by distance from the loss, and what it means. */
export interface LayerFlowView extends FlowDiagnosis {
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

/** Adds verdicts to the flow of a model, such as the result of `modelGradientFlow` for a batch of any task. */
export function flowView(name: string, { flow, gradientNorm, clippedNorm }: ModelFlow): FlowView {
  const layers = flow.map((own) => ({
    ...diagnoseFlow(own),
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
