import { type nn, recordGates, softmax } from "unrolled";
import { inLab, type LabOptions, type Progress } from "./lab.ts";
import { drawGap, LETTERS, RecallNetwork, recallBatch, symbolIds } from "./recall-task.ts";
import { type RememberResult, rowsOf, spreadGaps, trainRecall } from "./remember.ts";

/** Options of {@link forgetGate}. */
export interface ForgetGateOptions extends LabOptions<ForgetGateProgress> {
  /** Largest number of small letters between the capital and the question; default 50. */
  readonly longest?: number;
  /** Iterations of training; default 1000. */
  readonly iterations?: number;
}

/** What can be shown while the network trains. */
export interface ForgetGateProgress extends Progress {
  readonly training: RememberResult | null;
}

/** What is done to Γf: nothing, or a bias so small or large that it is 0 or 1 at every step. */
export type ForgetMode = "learned" | "zero" | "one";

/** The right answers of the trained network with one of the forget gates. */
export interface ForgetAblation {
  readonly mode: ForgetMode;
  /** Share of right answers by gap, for sequences with one capital. */
  readonly one: readonly number[];
  /** The same for two capitals, of which the second counts. */
  readonly two: readonly number[];
}

/** What the network does with a sequence, with one of the forget gates. */
export interface ForgetReading {
  readonly mode: ForgetMode;
  /** [T, H] each: Γf, Γu, Γo, c<t> and a<t>. */
  readonly forget: readonly (readonly number[])[];
  readonly update: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
  readonly cell: readonly (readonly number[])[];
  readonly hidden: readonly (readonly number[])[];
  /** Probability of A, B, C and D if "?" came after each symbol: what the network remembers there. [T, 4] */
  readonly remembered: readonly (readonly number[])[];
}

/** The result of {@link forgetGate}. */
export interface ForgetGateResult {
  readonly training: RememberResult;
  readonly gaps: readonly number[];
  /** Share of right answers of a guess: 0.25. */
  readonly chance: number;
  readonly ablations: readonly ForgetAblation[];
  /** The weights, for {@link readSequence}. */
  readonly weights: nn.StateDict;
}

/** Options of {@link readSequence}. */
export interface ReadOptions {
  readonly weights: nn.StateDict;
  /** Capitals A to D and small letters a to d. */
  readonly sequence: string;
}

const MODES: readonly ForgetMode[] = ["learned", "zero", "one"];

const UNITS = 24;
const TESTED = 100;

/** Added to the bias b_f: σ(-30) and σ(30) are 0 and 1 in float32. */
const SHIFT: Record<ForgetMode, number> = { learned: 0, zero: -30, one: 30 };

/** Runs `use` while the forget gate is forced. The biases of f are the second block of rows of `bias_ih_l0`. */
function forced<T>(network: RecallNetwork, mode: ForgetMode, use: () => T): T {
  const { bias_ih_l0: bias } = network.cell.parameters();
  const learned = bias!.toArray();
  bias!.data.set(learned.map((b, row) => (row >= UNITS && row < 2 * UNITS ? b + SHIFT[mode] : b)));
  try {
    return use();
  } finally {
    bias!.data.set(learned);
  }
}

function reading(network: RecallNetwork, mode: ForgetMode, ids: readonly number[]): ForgetReading {
  const { runtime } = network;
  const question = symbolIds("?");
  return forced(network, mode, () => {
    const [layer] = recordGates(network, () =>
      runtime.noGrad(() => runtime.scope(() => void network.logits(recallBatch([ids])))),
    );
    const { f, i, o, c, h } = layer!.values;
    // One sequence for each beginning of this one, with a question at its end.
    const asked = recallBatch(ids.map((_, t) => [...ids.slice(0, t + 1), ...question]));
    const remembered = runtime.noGrad(() =>
      runtime.scope(() => softmax(network.logits(asked)).toArray() as Float32Array),
    );
    return {
      mode,
      forget: rowsOf(f!, UNITS),
      update: rowsOf(i!, UNITS),
      output: rowsOf(o!, UNITS),
      cell: rowsOf(c!, UNITS),
      hidden: rowsOf(h!, UNITS),
      remembered: rowsOf(remembered, LETTERS),
    };
  });
}

/**
 * Reads a sequence with a trained network, with each of the forget gates.
 *
 * @throws TypeError if `sequence` has symbols other than A to D, a to d and ?
 */
export async function readSequence({ weights, sequence }: ReadOptions): Promise<ForgetReading[]> {
  const ids = symbolIds(sequence);
  return inLab({}, ({ rt }) => {
    const network = new RecallNetwork(rt, "lstm", UNITS);
    network.loadStateDict(weights);
    return MODES.map((mode) => reading(network, mode, ids));
  });
}

/**
 * Trains an LSTM on "remember until told" (see `remember`) and then forces its forget gate to 0 and to 1:
 * c<t> = Γu c̃<t> + Γf c<t-1>, a<t> = Γo tanh(c<t>) (docs/course-notes.md, "Long short-term memory"). With Γf = 0 a memory ends at the next
 * step; with Γf = 1 nothing is ever erased, so a second capital is added to the first.
 */
export function forgetGate(options: ForgetGateOptions = {}): Promise<ForgetGateResult> {
  const { longest = 50, iterations = 1000 } = options;
  return inLab(options, async (lab) => {
    const network = new RecallNetwork(lab.rt, "lstm", UNITS);
    lab.reportNow({ share: 0, training: null });
    const training = await trainRecall(
      lab,
      network,
      "lstm",
      { longest, iterations, lr: 0.02 },
      (soFar, share) => lab.report(() => ({ share, training: soFar })),
    );
    lab.reportNow({ share: 1, training });
    const gaps = spreadGaps(longest);
    const draw = (gap: number, capitals: number) => drawGap(lab.random, TESTED, gap, capitals);
    const tests = gaps.map((gap) => [draw(gap, 1), draw(gap, 2)] as const);
    const ablations: ForgetAblation[] = [];
    for (const mode of MODES) {
      const right = (k: 0 | 1) =>
        forced(network, mode, () => tests.map((batches) => network.accuracy(batches[k])));
      ablations.push({ mode, one: right(0), two: right(1) });
      await lab.pause();
    }
    return { training, gaps, chance: 1 / LETTERS, ablations, weights: network.stateDict() };
  });
}
