import { evaluationSegments } from "../data/evaluation-segments.ts";
import { UnrolledError } from "../errors.ts";
import type { LanguageModel } from "../models/language-model.ts";
import type { RecurrentState } from "../nn/recurrent.ts";

/** How well a model predicts a text. */
export interface Evaluation {
  /** Mean cross-entropy of a symbol in nats. */
  readonly nats: number;
  /** The same in bits. */
  readonly bits: number;
  /** exp(nats): as uncertain as a fair choice among so many symbols. */
  readonly perplexity: number;
  /** Predictions that were counted. */
  readonly tokens: number;
}

export interface EvaluateOptions {
  /**
   * The text is read as this many streams side by side, each from a zero state; 1 reads it from left to right. Default 50,
   * fewer for a text of fewer than 50 times 50 symbols.
   */
  streams?: number;
  /** Steps at a time; only the memory used depends on it. Default 50. */
  seq?: number;
}

/** Nats in bits, perplexity and all. */
export function evaluation(nats: number, tokens: number): Evaluation {
  return { nats, bits: nats / Math.LN2, perplexity: Math.exp(nats), tokens };
}

/**
 * Evaluates a model on symbols of its vocabulary: every one but the first is predicted once.
 *
 * @throws ERR_DATA for fewer than 2 symbols
 */
export function evaluateText(
  model: LanguageModel,
  ids: Int32Array,
  options: EvaluateOptions = {},
): Evaluation {
  const { seq = 50 } = options;
  const { streams: wanted = Math.max(1, Math.min(50, Math.floor(ids.length / 50))) } = options;
  const streams = Math.min(wanted, Math.max(1, ids.length - 1));
  const segments = evaluationSegments(ids, { streams, seq });
  const run = new EvaluationRun(model, streams);
  try {
    for (let i = 0; i < segments.count; i++) {
      const steps = segments.steps(i);
      const inputs = new Int32Array(steps * streams);
      const targets = new Int32Array(steps * streams);
      segments.inputs(i, inputs);
      segments.targets(i, targets);
      run.add(inputs, targets, steps);
    }
    return run.result();
  } finally {
    run.dispose();
  }
}

/** An evaluation in the course of being made, segment by segment, the state carried over. */
export class EvaluationRun {
  readonly #model: LanguageModel;
  readonly #streams: number;
  #state: RecurrentState | undefined;
  #nats = 0;
  #tokens = 0;

  constructor(model: LanguageModel, streams: number) {
    this.#model = model;
    this.#streams = streams;
  }

  /** inputs and targets [steps, streams]; targets of -100 do not count. */
  add(inputs: Int32Array, targets: Int32Array, steps: number): void {
    const model = this.#model;
    const rt = model.runtime;
    const before = this.#state;
    const training = model.training;
    model.train(false);
    try {
      const { loss, state } = rt.noGrad(() =>
        rt.scope(() => {
          const shape = [steps, this.#streams];
          const result = model.loss(rt.tensor(inputs, shape), rt.tensor(targets, shape), before);
          return { loss: result.loss.item(), state: result.state };
        }),
      );
      const counted = targets.reduce((n, target) => n + (target < 0 ? 0 : 1), 0);
      if (counted) this.#nats += loss * counted;
      this.#tokens += counted;
      this.#state = state;
    } finally {
      model.train(training);
    }
    disposeState(before);
  }

  /** @throws ERR_NAN that begins with `subject` */
  result(subject = "evaluation"): Evaluation {
    const nats = this.#nats / this.#tokens;
    if (!Number.isFinite(nats)) {
      throw new UnrolledError("ERR_NAN", `${subject}: the loss is ${nats}; the model's weights are damaged`);
    }
    return evaluation(nats, this.#tokens);
  }

  dispose(): void {
    disposeState(this.#state);
    this.#state = undefined;
  }
}

/** Frees a recurrent state. */
export function disposeState(state: RecurrentState | undefined): void {
  state?.h.dispose();
  state?.c?.dispose();
}
