import { recordGates, softmax } from "unrolled";
import { inLab, type Lab, type LabOptions, type Progress } from "./lab.ts";
import { drawGap, drawRecall, RecallNetwork, recallBatch, symbolIds } from "./recall-task.ts";
import { type CurvePoint, train } from "./training.ts";

/** Options of {@link remember}. */
export interface RememberOptions extends LabOptions<RememberProgress> {
  /** Largest number of small letters between the capital and the question; default 40. */
  readonly longest?: number;
  /** Iterations of training for each network; default 500. */
  readonly iterations?: number;
  /** The sequence whose gates are shown: capitals A to D, small letters a to d, and "?" at its end. */
  readonly example?: string;
}

/** A point of a curve of training, with the accuracy on new sequences. */
export interface AccuracyPoint extends CurvePoint {
  readonly accuracy: number;
}

/** One of the networks, as far as it is trained. */
export interface RememberResult {
  readonly cell: "rnn" | "gru" | "lstm";
  readonly parameters: number;
  readonly curve: readonly AccuracyPoint[];
  /** Share of right answers by the number of small letters between the last capital and "?", in the order of `gaps`. */
  readonly accuracy: readonly number[];
}

/** What can be shown while the networks train. */
export interface RememberProgress extends Progress {
  readonly cells: readonly RememberResult[];
}

/** The gates and the memory of a GRU over a sequence. Each matrix is [T, H]: a row a step, a column a unit. */
export interface UpdateGates {
  /** The symbols that were read. */
  readonly symbols: readonly string[];
  /** Γu = 1 - z: near 1, the unit writes c̃<t>; near 0, it keeps c<t-1>. */
  readonly update: readonly (readonly number[])[];
  /** Γr: how much of c<t-1> the candidate reads. */
  readonly relevance: readonly (readonly number[])[];
  /** c<t> = a<t> */
  readonly memory: readonly (readonly number[])[];
  /** Units by their difference of Γu at capitals and at small letters: the first one writes at capitals alone. */
  readonly units: readonly number[];
}

/** The result of {@link remember}. */
export interface RememberLesson {
  readonly cells: readonly RememberResult[];
  readonly gaps: readonly number[];
  /** Share of right answers of a guess: 0.25. */
  readonly chance: number;
  readonly gates: UpdateGates;
  /** The weights of the GRU, for {@link updateGates}. */
  readonly gru: ReturnType<RecallNetwork["stateDict"]>;
}

/** Options of {@link updateGates}. */
export interface UpdateGatesOptions {
  /** The weights of a GRU that {@link remember} has trained. */
  readonly gru: ReturnType<RecallNetwork["stateDict"]>;
  /** Capitals A to D, small letters a to d, and "?" at its end. */
  readonly example: string;
  /** Order of the units; default: by the difference of their gates at capitals and at small letters. */
  readonly units?: readonly number[];
}

/** What a trained GRU does with a sequence. */
export interface RecallReading extends UpdateGates {
  /** Probability of A, B, C and D at the end. */
  readonly answer: readonly number[];
}

const UNITS = 24;
const BATCH = 32;
const TESTED = 200;
/** Iterations between two measurements of the accuracy. */
const EVERY = 25;

/** Returns eight numbers from 0 to `longest`. */
export const spreadGaps = (longest: number): number[] => [
  ...new Set(Array.from({ length: 9 }, (_, i) => Math.round((i * longest) / 8))),
];

/** Cuts numbers [T, H] into rows. */
export function rowsOf(numbers: Float32Array, width: number): number[][] {
  return Array.from({ length: numbers.length / width }, (_, t) => [
    ...numbers.subarray(t * width, (t + 1) * width),
  ]);
}

/**
 * Trains a network to name the last capital at "?".
 *
 * @param onPoint receives the curve so far and the share of iterations done
 * @returns the finished result
 */
export async function trainRecall<Event>(
  lab: Lab<Event>,
  network: RecallNetwork,
  cell: RememberResult["cell"],
  { longest, iterations, lr }: { longest: number; iterations: number; lr: number },
  onPoint: (soFar: RememberResult, share: number) => void,
): Promise<RememberResult> {
  const { random } = lab;
  const test = drawRecall(random, TESTED, longest);
  const tests = spreadGaps(longest).map((gap) => drawGap(random, TESTED, gap, 2));
  const curve: AccuracyPoint[] = [];
  const result = (accuracy: readonly number[]) => ({
    cell,
    parameters: network.parameterCount,
    curve: [...curve],
    accuracy,
  });
  await train(
    lab,
    { modules: [network], iterations, lr, loss: () => network.loss(drawRecall(random, BATCH, longest)) },
    (iteration, loss) => {
      if (iteration % EVERY === 0) curve.push({ iteration, loss, accuracy: network.accuracy(test) });
      onPoint(result([]), iteration / iterations);
    },
  );
  return result(tests.map((batch) => network.accuracy(batch)));
}

/** Reads one sequence and copies the gates of the GRU. */
function gatesOf(network: RecallNetwork, example: string): UpdateGates {
  const ids = symbolIds(example);
  const { runtime } = network;
  const [layer] = recordGates(network, () =>
    runtime.noGrad(() => runtime.scope(() => void network.logits(recallBatch([ids])))),
  );
  const { z, r, h } = layer!.values;
  const update = rowsOf(
    z!.map((value) => 1 - value),
    UNITS,
  );
  const symbols = [...example];
  const isCapital = symbols.map((symbol) => symbol !== "?" && symbol < "a");
  const mean = (unit: number, capital: boolean) => {
    const steps = update.filter((_, t) => symbols[t] !== "?" && isCapital[t] === capital);
    return steps.reduce((sum, row) => sum + row[unit]!, 0) / steps.length;
  };
  const contrast = (unit: number) => mean(unit, true) - mean(unit, false);
  return {
    symbols,
    update,
    relevance: rowsOf(r!, UNITS),
    memory: rowsOf(h!, UNITS),
    units: Array.from({ length: UNITS }, (_, unit) => unit).sort((a, b) => contrast(b) - contrast(a)),
  };
}

/**
 * Trains an RNN and a GRU on "remember until told": a sequence has one or two capitals among small letters, and at "?" the network names
 * the last capital. Only that answer has a loss. The GRU learns when to write:
 * c<t> = Γu c̃<t> + (1 - Γu) c<t-1> with Γu = σ(W_u [c<t-1>, x<t>] + b_u) (docs/course-notes.md, "Gated recurrent unit").
 *
 * @throws TypeError if `example` has symbols other than A to D, a to d and ?
 */
export async function remember(options: RememberOptions = {}): Promise<RememberLesson> {
  const { longest = 40, iterations = 500, example = "AbcadbBdacbdcabdcCbadc?" } = options;
  symbolIds(example);
  return inLab(options, async (lab) => {
    const networks = (["rnn", "gru"] as const).map((cell) => ({
      cell,
      network: new RecallNetwork(lab.rt, cell, UNITS),
    }));
    const cells: RememberResult[] = [];
    lab.reportNow({ share: 0, cells });
    for (const [n, { cell, network }] of networks.entries()) {
      const training = { longest, iterations, lr: 0.015 };
      const done = await trainRecall(lab, network, cell, training, (soFar, share) =>
        lab.report(() => ({ share: (n + share) / networks.length, cells: [...cells, soFar] })),
      );
      cells.push(done);
    }
    lab.reportNow({ share: 1, cells });
    const { network } = networks[1]!;
    return {
      cells,
      gaps: spreadGaps(longest),
      chance: 0.25,
      gates: gatesOf(network, example),
      gru: network.stateDict(),
    };
  });
}

/**
 * Reads another sequence with a GRU that {@link remember} has trained.
 *
 * @throws TypeError if `example` has symbols other than A to D, a to d and ?
 */
export async function updateGates({ gru, example, units }: UpdateGatesOptions): Promise<RecallReading> {
  const ids = symbolIds(example);
  return inLab({}, ({ rt }) => {
    const network = new RecallNetwork(rt, "gru", UNITS);
    network.loadStateDict(gru);
    const gates = gatesOf(network, example);
    const answer = rt.noGrad(() =>
      rt.scope(() => [...softmax(network.logits(recallBatch([ids]))).toArray()]),
    );
    return { ...gates, units: units ?? gates.units, answer };
  });
}
