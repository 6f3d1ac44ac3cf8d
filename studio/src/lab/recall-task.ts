import { crossEntropy, nn, type Runtime, type Tensor } from "unrolled";
import { below, type Random } from "./random.ts";
import { largest } from "./training.ts";

/**
 * The symbols: a capital is to be remembered, a small letter is only in the way, and "?" asks for the last capital.
 */
export const SYMBOLS = "ABCDabcd?";
/** Number of capitals, and of small letters. */
export const LETTERS = 4;
const QUESTION = SYMBOLS.indexOf("?");

/** Sequences of the task "remember until told". */
export interface RecallBatch {
  /** Symbols of each sequence, in [T, B]; 0 past its end. */
  readonly tokens: Int32Array;
  readonly steps: number;
  readonly lengths: readonly number[];
  /** The capital that each sequence asks for, 0 to 3. */
  readonly targets: Int32Array;
  /** Number of small letters between the last capital and "?", of each sequence. */
  readonly gaps: readonly number[];
}

/** Returns the numbers of a sequence's symbols. @throws TypeError if it has another symbol */
export function symbolIds(sequence: string): number[] {
  return [...sequence].map((symbol) => {
    const id = SYMBOLS.indexOf(symbol);
    if (id < 0) throw new TypeError(`"${symbol}" is not one of ${SYMBOLS}`);
    return id;
  });
}

/** Puts sequences that end with "?" side by side. */
export function recallBatch(sequences: readonly (readonly number[])[]): RecallBatch {
  const lengths = sequences.map((ids) => ids.length);
  const [steps, B] = [Math.max(...lengths), sequences.length];
  const tokens = new Int32Array(steps * B);
  sequences.forEach((ids, b) => {
    ids.forEach((id, t) => {
      tokens[t * B + b] = id;
    });
  });
  const last = sequences.map((ids) => ids.findLastIndex((id) => id < LETTERS));
  return {
    tokens,
    steps,
    lengths,
    targets: Int32Array.from(last, (place, b) => sequences[b]![place] ?? 0),
    gaps: last.map((place, b) => lengths[b]! - 2 - place),
  };
}

/** Draws a sequence: capitals with a few small letters between, then `gap` small letters, then "?". */
function drawSequence(random: Random, gap: number, capitals: number): number[] {
  const small = (count: number) => Array.from({ length: count }, () => LETTERS + below(random, LETTERS));
  const part = (_: unknown, i: number) => [below(random, LETTERS), ...small(i ? below(random, 9) : gap)];
  return [...Array.from({ length: capitals }, part).reverse().flat(), QUESTION];
}

/** Draws sequences of one to three capitals, with a gap from 0 to `longest`. */
export function drawRecall(random: Random, count: number, longest: number): RecallBatch {
  const draw = () => drawSequence(random, below(random, longest + 1), 1 + below(random, 3));
  return recallBatch(Array.from({ length: count }, draw));
}

/** Draws sequences with one gap and one number of capitals. */
export function drawGap(random: Random, count: number, gap: number, capitals: number): RecallBatch {
  return recallBatch(Array.from({ length: count }, () => drawSequence(random, gap, capitals)));
}

/** A network that reads a sequence and answers at its last step: a recurrent layer and a linear one. */
export class RecallNetwork extends nn.Module {
  readonly cell: nn.RNN | nn.GRU | nn.LSTM;
  readonly head: nn.Linear;

  constructor(rt: Runtime, kind: "rnn" | "gru" | "lstm", hiddenSize: number) {
    super(rt);
    const sizes = { inputSize: SYMBOLS.length, hiddenSize };
    const make = {
      rnn: () => new nn.RNN(rt, sizes),
      gru: () => new nn.GRU(rt, sizes),
      lstm: () => new nn.LSTM(rt, { ...sizes, forgetBias: 1 }),
    };
    this.cell = this.child("cell", make[kind]());
    this.head = this.child("head", new nn.Linear(rt, { inFeatures: hiddenSize, outFeatures: LETTERS }));
  }

  /** Returns the logits of the capitals at the last step, [1, B, 4]. */
  logits({ tokens, steps, lengths }: RecallBatch): Tensor {
    const x = this.runtime.tensor(tokens, [steps, lengths.length]);
    return this.head.forward(this.cell.forward(x, { lengths }).state.h);
  }

  /** Returns the mean cross-entropy of the answers. */
  loss(batch: RecallBatch): Tensor {
    const targets = this.runtime.tensor(batch.targets, [1, batch.lengths.length]);
    return crossEntropy(this.logits(batch), targets);
  }

  /** Returns the share of right answers. */
  accuracy(batch: RecallBatch): number {
    return this.runtime.noGrad(() =>
      this.runtime.scope(() => {
        const found = largest(this.logits(batch).data, LETTERS);
        return found.filter((letter, b) => letter === batch.targets[b]).length / found.length;
      }),
    );
  }
}
