import type { NetworkSpec } from "./spec.ts";

/** The steps of a sequence to train on, and for a pair those of its target. */
export type Steps = readonly [steps: number, target?: number];

/** Returns the steps of sequences that are no pairs. */
export const stepsOf = (lengths: readonly number[]): Steps[] => lengths.map((length) => [length]);

/** What is known of a model before it trains. */
export interface TrainedModel {
  readonly spec: object;
  /** Number of weights. */
  readonly parameterCount: number;
}

/** The size of WebAssembly's memory: addresses have 32 bits. */
export const MEMORY = 2 ** 32;

/** A batch that needs more is not made larger by sequences that are far longer than the others: 1 GiB. */
const ENOUGH = 2 ** 30;

/** A sequence is far longer than the others if it has this many times their mean length. */
const FAR = 8;

/** Bytes of a weight: itself, its gradient and the two moments of Adam. */
const WEIGHT = 16;

/** Arrays of H numbers that the kernels keep of a step before its activations. */
const COLUMNS: Readonly<Record<string, number>> = { rnn: 1, gru: 4, lstm: 4 };

type Fields = NetworkSpec & {
  readonly attention?: string;
  readonly features?: number;
  readonly characters?: number;
  readonly characterHidden?: number;
};

/**
 * Returns the bytes that an iteration needs for a batch of sequences of these lengths, besides the weights: all that the forward
 * pass keeps for the backward pass, and its gradients. Measured for ten networks, it was within 15% of what they took.
 *
 * @param outputs number of logits of each step; 0 if only the whole sequence has some
 */
export function batchBytes({ spec }: TrainedModel, outputs: number, rows: number, steps: Steps): number {
  const whole = spec as Fields;
  const [source, target] = steps;
  if (target === undefined) return 4 * rows * source * stepNumbers(whole, outputs);
  const { hidden, bidirectional, attention = "none", features, embedding } = whole;
  const encoder = {
    ...whole,
    head: [],
    hidden: bidirectional ? hidden / 2 : hidden,
    embedding: features ? 0 : embedding,
  };
  const decoder = { ...whole, bidirectional: false, features: 0 };
  const attends = attention !== "none";
  // Attention: the weights of every pair of steps; context and state side by side, mixed and squashed.
  const each = stepNumbers(decoder, outputs) + (attends ? 10 * hidden + source : 0);
  // Of one sequence at a time: its weights with two gradients, and the sums of additive attention.
  const scores = attends ? source * (target + 1) * (3 + (attention === "additive" ? 2 * hidden : 0)) : 0;
  return 4 * (rows * (source * stepNumbers(encoder, 0) + (target + 1) * each) + scores);
}

/** Returns how many numbers are kept of a step of a sequence, with their gradients. */
function stepNumbers(spec: Fields, outputs: number): number {
  const { cell, hidden, layers, bidirectional, embedding, connections, norm, gateNorm, head } = spec;
  const width = hidden * (bidirectional ? 2 : 1);
  const columns = COLUMNS[cell] ?? 4;
  const memory = cell === "lstm" ? 1 : 0;
  // Gates, states, the gradient of the output; both directions side by side.
  const layer =
    width * (columns * (gateNorm ? 2 : 1) + 2 + memory + (bidirectional ? 2 : 0) + (norm === "none" ? 0 : 2));
  let sum = layers * layer;
  for (let above = 1; above < layers; above++) {
    const joined = { plain: 0, residual: 2, highway: 6, dense: 2 * (above + 1) }[connections];
    sum += width * (joined + (spec.dropout ? 2 : 0));
  }
  const { features = 0, characters = 0, characterHidden = 0 } = spec;
  const beside = characters ? 2 * characterHidden : 0;
  const input = embedding + beside;
  // Looked up, beside the spelling, sorted by length, dropped out: each with its gradient. Vectors have none.
  sum += 2 * embedding + (beside ? 2 * (beside + input) : 0) + 2 * input + 2 * features;
  if (spec.inputDropout) sum += 2 * (input || features);
  const stack = connections === "dense" ? layers * width : width;
  if (outputs)
    sum += (spec.dropout ? 2 * stack : 0) + 2 * outputs + 4 * head.reduce((all, units) => all + units, 0);
  return sum;
}

/** Tells whether a batch fits into the memory beside the weights. */
export function fitsTraining(model: TrainedModel, outputs: number, rows: number, steps: Steps): boolean {
  return batchBytes(model, outputs, rows, steps) + WEIGHT * model.parameterCount <= MEMORY;
}

/**
 * Returns how many sequences a batch may have. It is `batch`, except for sequences that are far longer than the others, if a batch of
 * them would need over 1 GiB. So a single long sequence does not make a batch as long as itself in every row.
 *
 * @param outputs number of logits of each step; 0 if only the whole sequence has some
 * @returns the maximum number of sequences in a batch with sequence `i`; undefined if it is `batch` for all
 */
export function batchRoom(
  model: TrainedModel,
  outputs: number,
  batch: number,
  all: readonly Steps[],
): ((i: number) => number) | undefined {
  const size = ([source, target = 0]: Steps) => source + target;
  const far = (FAR * all.reduce((sum, steps) => sum + size(steps), 0)) / all.length;
  const count = Math.min(batch, all.length);
  const room = new Map<number, number>();
  all.forEach((steps, i) => {
    if (size(steps) < far || batchBytes(model, outputs, count, steps) <= ENOUGH) return;
    room.set(i, Math.max(1, Math.floor(ENOUGH / batchBytes(model, outputs, 1, steps))));
  });
  return room.size ? (i) => Math.min(batch, room.get(i) ?? batch) : undefined;
}
