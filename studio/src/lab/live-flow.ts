import {
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  optim,
  type Runtime,
  recordGradientFlow,
  textGradientFlow,
  textVocabulary,
} from "unrolled";
import { inLab, type LabOptions, type Progress } from "./lab.ts";
import { mulberry32 } from "./random.ts";
import { drawGap, drawRecall, RecallNetwork } from "./recall-task.ts";
import type { CurvePoint } from "./training.ts";

/** Options of {@link liveFlow}. */
export interface LiveFlowOptions extends LabOptions<LiveFlowProgress> {
  /** A text, of which the networks become language models. By default they learn "remember until told" (see `remember`). */
  readonly text?: string;
  /** Iterations of training for each network; default 400. */
  readonly iterations?: number;
  /** Iterations between two measurements; default 20. */
  readonly every?: number;
  /** Largest distance from the loss, in steps; default 40. */
  readonly steps?: number;
  /** Number of hidden units; default 24. */
  readonly hidden?: number;
}

/** The gradient flow of a network at one moment. */
export interface FlowPoint {
  /** Number of iterations done. */
  readonly iteration: number;
  /** Norm of dL/da<T - d> by the distance d from the loss of the last step. */
  readonly norms: readonly number[];
}

/** One of the networks, as far as it is trained. */
export interface LiveFlowCell {
  readonly cell: "rnn" | "gru" | "lstm";
  readonly parameters: number;
  readonly curve: readonly CurvePoint[];
  /** From the fresh network on. */
  readonly flow: readonly FlowPoint[];
}

/** What can be shown while the networks train. */
export interface LiveFlowProgress extends Progress {
  readonly cells: readonly LiveFlowCell[];
}

const CELLS = ["rnn", "gru", "lstm"] as const;
/** Sequences, or windows of a text, that a measurement averages over. */
const MEASURED = 16;

/** A network in training. */
interface Subject {
  readonly cell: LiveFlowCell["cell"];
  readonly parameters: number;
  /** Runs one iteration and returns its loss. */
  readonly step: () => number;
  /** Measures the norms of dL/da. */
  readonly norms: () => readonly number[];
}

type Sizes = Required<Pick<LiveFlowOptions, "seed" | "steps" | "hidden">>;

/** A network that names the last capital of a sequence. The loss is that of the answer, `steps` symbols after the capital. */
function recallSubject(rt: Runtime, cell: Subject["cell"], { seed, steps, hidden }: Sizes): Subject {
  const random = mulberry32(seed);
  const network = new RecallNetwork(rt, cell, hidden);
  const parameters = network.parameters();
  const adam = new optim.Adam(parameters, { lr: 0.015 });
  const measured = drawGap(mulberry32(seed + 1), MEASURED, steps - 1, 1);
  return {
    cell,
    parameters: network.parameterCount,
    step: () =>
      rt.scope(() => {
        const loss = network.loss(drawRecall(random, 32, steps));
        adam.zeroGrad();
        loss.backward();
        optim.clipGradNorm(parameters, 1);
        adam.step();
        return loss.item();
      }),
    norms: () =>
      recordGradientFlow(network, () => rt.scope(() => network.loss(measured).backward()))[0]!.norms,
  };
}

/** A language model. The loss is that of the last symbol of windows that are spread over the text. */
function textSubject(
  rt: Runtime,
  cell: Subject["cell"],
  text: string,
  { seed, steps, hidden }: Sizes,
): Subject {
  const spec = { ...defaultLanguageModelSpec("char"), cell, hidden, layers: 1, dropout: 0 };
  const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
  const ids = model.encode(text);
  const recipe = { batch: 16, seq: steps, optimizer: "adam", lr: 0.01, clipBy: "norm", seed } as const;
  const trainer = new LanguageModelTrainer(model, ids, recipe);
  return {
    cell,
    parameters: model.parameterCount,
    step: () => trainer.step(),
    norms: () => textGradientFlow(model, ids, { steps, batch: MEASURED }).flow[0]!.norms,
  };
}

/**
 * Trains an RNN, a GRU and an LSTM side by side, and measures every few iterations how the gradient of the last step's loss flows back:
 * the norm of dL/da<t> by its distance (docs/gradient-flow.md). All read the same data, with an equal number of units, in turns of one
 * iteration.
 *
 * @throws ERR_DATA if the text is too short for the windows
 */
export function liveFlow(options: LiveFlowOptions = {}): Promise<readonly LiveFlowCell[]> {
  const { seed = 1, iterations = 400, every = 20, steps = 40, hidden = 24, text } = options;
  const sizes = { seed, steps, hidden };
  return inLab(options, async (lab) => {
    const runs = CELLS.map((cell) => ({
      subject:
        text === undefined ? recallSubject(lab.rt, cell, sizes) : textSubject(lab.rt, cell, text, sizes),
      curve: [] as CurvePoint[],
      flow: [] as FlowPoint[],
    }));
    const cells = (): LiveFlowCell[] =>
      runs.map(({ subject: { cell, parameters }, curve, flow }) => ({
        cell,
        parameters,
        curve: [...curve],
        flow: [...flow],
      }));
    const measure = async (iteration: number) => {
      for (const { subject, flow } of runs) {
        const norms = subject.norms();
        flow.push({ iteration, norms });
        await lab.pause();
      }
    };
    await measure(0);
    lab.reportNow({ share: 0, cells: cells() });
    for (let i = 1; i <= iterations; i++) {
      for (const { subject, curve } of runs) {
        curve.push({ iteration: i, loss: subject.step() });
        await lab.pause();
      }
      if (i % every === 0) await measure(i);
      lab.report(() => ({ share: i / iterations, cells: cells() }));
    }
    lab.reportNow({ share: 1, cells: cells() });
    return cells();
  });
}
