import { checkList } from "../../checks.ts";
import { labelSet } from "../../data/label-set.ts";
import type { Labelled, Step } from "../../data/labelled.ts";
import { type MultiLabelCounts, multiLabelCounts, multiLabelScores } from "../../metrics/multi-label.ts";
import { halveLong } from "../../network/read.ts";
import { meanLoss } from "../../train/evaluate.ts";
import { LabelBatches, READ } from "./batches.ts";
import { LONG, PIECE } from "./long.ts";
import type { LabelModel } from "./model.ts";
import { bestThreshold, DEFAULT_THRESHOLD } from "./thresholds.ts";

/** What a model of several labels makes of examples. */
export interface ReadSets {
  /** Mean binary cross-entropy of all labels of all targets in nats. */
  readonly nats: number;
  /** The probabilities of the labels for each example, [targets, labels]. */
  readonly rows: readonly Float32Array[];
  /** The correct labels of each target of each example. */
  readonly right: readonly (readonly (readonly string[])[])[];
}

/** Reads examples. @param subject prefix of error messages @throws ERR_NAN if the loss is not finite */
export function readSets(model: LabelModel, examples: readonly Labelled<Step>[], subject: string): ReadSets {
  const right = examples.map(({ labels }) => Array.from(checkList("labels", labels), labelSet));
  const rows: Float32Array[] = [];
  const places = examples.flatMap(({ tokens }, i) => (tokens.length > LONG ? [] : [i]));
  let [sum, counted] = [0, 0];
  if (places.length) {
    const short = places.map((i) => examples[i]!);
    const options = { batch: READ, split: halveLong, targetPer: model.targetPer };
    const batches = new LabelBatches(short, model.tables, options);
    const loss = meanLoss(model, batches.once(), subject, ({ sequences, lengths }, outputs) => {
      const all = model.probabilitiesOf(outputs);
      lengths.forEach((length, b) => {
        rows[places[sequences[b]!]!] = model.rowsOf(all, length, b, lengths.length);
      });
    });
    [sum, counted] = [loss.nats * loss.counted, loss.counted];
  }
  examples.forEach(({ tokens }, i) => {
    if (tokens.length <= LONG) return;
    const logits = model.inPieces(tokens, PIECE, true);
    rows[i] = model.probabilitiesOf(logits);
    sum += lossOf(logits, model.labels.symbols, right[i]!);
    counted += logits.length;
  });
  return { nats: sum / counted, rows, right };
}

/** Returns the sum of the binary cross-entropies of logits [targets, labels]. */
function lossOf(
  logits: Float32Array,
  symbols: readonly string[],
  right: readonly (readonly string[])[],
): number {
  let sum = 0;
  right.forEach((labels, row) => {
    symbols.forEach((symbol, label) => {
      const logit = logits[row * symbols.length + label]!;
      const x = labels.includes(symbol) ? -logit : logit;
      sum += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    });
  });
  return sum;
}

/** Returns the threshold for each label with which its F1 is largest (`bestThreshold`). */
export function bestThresholds({ labels }: LabelModel, { rows, right }: ReadSets): number[] {
  const { size, symbols } = labels;
  return symbols.map((symbol, label) => {
    const [has, lacks]: [number[], number[]] = [[], []];
    right.forEach((targets, i) => {
      targets.forEach((target, row) => {
        (target.includes(symbol) ? has : lacks).push(rows[i]![row * size + label]!);
      });
    });
    return bestThreshold(Float32Array.from(has), Float32Array.from(lacks));
  });
}

/** The scores of a model of several labels. */
export interface SetScores {
  readonly accuracy: number;
  readonly f1: number;
  readonly microF1: number;
  readonly macroF1: number;
  readonly exact: number;
  readonly counts: MultiLabelCounts;
}

/** Compares the labels that a model predicts with its thresholds with the correct ones. */
export function setScores(model: LabelModel, read: ReadSets): SetScores {
  const counts = countsOf(model, read);
  const { micro, macro, exact } = multiLabelScores(counts);
  return { accuracy: exact, f1: macro.f1, microF1: micro.f1, macroF1: macro.f1, exact, counts };
}

/** Returns the micro F1 of the labels whose probabilities are at least 0.5. */
export function plainF1(model: LabelModel, read: ReadSets): number {
  const half = model.labels.symbols.map(() => DEFAULT_THRESHOLD);
  return multiLabelScores(countsOf(model, read, half)).micro.f1;
}

function countsOf(
  model: LabelModel,
  { rows, right }: ReadSets,
  thresholds?: readonly number[],
): MultiLabelCounts {
  return multiLabelCounts(
    right.flat(),
    rows.flatMap((own) => model.setsOf(own, thresholds)),
  );
}
