import type { Transcriber, Vector } from "unrolled";
import { logSoftmax } from "./numbers.ts";

/** A symbol of the best path, with the frames at which it is the most probable class. */
export interface EmittedSymbol {
  readonly symbol: string;
  /** Its first frame. */
  readonly from: number;
  /** Its last frame, plus 1. */
  readonly to: number;
  /** Its highest probability within these frames. */
  readonly probability: number;
}

/** Which frames of a recording a transcriber turns into which symbols. */
export interface Alignment {
  /** The text of the best path. */
  readonly text: string;
  /** Number of frames (T). A frame is `stack` vectors of the input. */
  readonly frames: number;
  /** Number of input vectors in a frame. */
  readonly stack: number;
  /** The most probable class of each frame, [T]: -1 for the blank, else an index into `symbols`. */
  readonly path: Int32Array;
  /** The symbols that the path emits, in order. */
  readonly emitted: readonly EmittedSymbol[];
  /** Each symbol that the path emits, once, in the order in which it first appears (S). */
  readonly symbols: readonly string[];
  /** Probability of these symbols at each frame, [S, T]. */
  readonly probabilities: Float32Array;
  /** Probability of the blank at each frame, [T]. */
  readonly blank: Float32Array;
}

/**
 * Follows the best path of connectionist temporal classification: the most probable class of each frame; equal neighbours are merged,
 * blanks removed (Graves et al. 2006). It is what `predict` writes without a beam.
 */
export function alignment(model: Transcriber, vectors: readonly Vector[]): Alignment {
  const { classes } = model.coding;
  const logits = model.logits([vectors])[0]!;
  const T = logits.length / classes;
  const rows = Array.from({ length: T }, (_, t) =>
    logSoftmax(logits.subarray(t * classes, (t + 1) * classes)).map(Math.exp),
  );
  const best = rows.map((row) => row.indexOf(row.reduce((a, b) => Math.max(a, b))));
  const emitted: (EmittedSymbol & { readonly label: number })[] = [];
  for (let from = 0, to = 0; from < T; from = to) {
    const label = best[from]!;
    while (to < T && best[to] === label) to++;
    if (label === 0) continue; // the blank
    const probability = rows.slice(from, to).reduce((most, row) => Math.max(most, row[label]!), 0);
    emitted.push({ label, symbol: model.symbols.symbols[label - 1]!, from, to, probability });
  }
  const labels = [...new Set(emitted.map(({ label }) => label))];
  return {
    text: model.coding.text(emitted.map(({ label }) => label)),
    frames: T,
    stack: model.spec.stack,
    path: Int32Array.from(best, (label) => labels.indexOf(label)),
    emitted: emitted.map(({ label: _, ...own }) => own),
    symbols: labels.map((label) => model.symbols.symbols[label - 1]!),
    probabilities: Float32Array.from(labels.flatMap((label) => rows.map((row) => row[label]!))),
    blank: Float32Array.from(rows, (row) => row[0]!),
  };
}
