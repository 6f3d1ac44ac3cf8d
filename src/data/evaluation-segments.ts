import { checkIndex, checkOptions, checkWhole } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import { checkOut } from "./checks.ts";
import { checkIds, type TextIds } from "./text-batches.ts";

/** The target of a padding step, which the loss ignores. It is PyTorch's default `ignore_index`. */
export const IGNORED_TARGET = -100;

/** The size of a segment for evaluation. */
export interface SegmentSize {
  /** Number of streams side by side (B). */
  streams: number;
  /** Maximum number of time steps in a segment. */
  seq: number;
}

/**
 * A whole text, cut into segments. A model reads the segments in order, and each segment continues the state of the previous
 * segment. See `evaluationSegments`.
 */
export interface EvaluationSegments {
  /** Number of streams side by side (B). */
  readonly streams: number;
  /** Number of segments. */
  readonly count: number;
  /** Number of targets in all segments, without padding. This is the number of ids minus 1. */
  readonly predictions: number;
  /** Returns the number of time steps of segment `i`. This is `seq`, but the last segment may have fewer. */
  steps(i: number): number;
  /** Writes the inputs of segment `i` to `out`, time-major [steps(i), streams]; padding is 0. */
  inputs(i: number, out: Int32Array): void;
  /** Writes the targets of segment `i` to `out`, time-major [steps(i), streams]; padding is -100. */
  targets(i: number, out: Int32Array): void;
}

/**
 * Cuts a text into segments for evaluation. Each symbol except the first is predicted exactly once, from the symbol before it.
 * All symbols except the last are inputs. The inputs are cut into `streams` contiguous streams. The lengths of the streams
 * differ by at most one, and longer streams come first. Then all streams are cut into segments of `seq` steps.
 *
 * @throws UnrolledError `ERR_DATA` if there are fewer than 2 ids, `ERR_VALUE` if a size is not positive.
 */
export function evaluationSegments(ids: TextIds, size: SegmentSize): EvaluationSegments {
  const { streams, seq } = checkOptions("evaluationSegments", size, "streams seq");
  checkWhole("evaluationSegments: streams", streams, 1);
  checkWhole("evaluationSegments: seq", seq, 1);
  checkIds("evaluationSegments", ids);
  const predictions = ids.length - 1;
  if (predictions < 1) {
    throw new UnrolledError(
      "ERR_DATA",
      `evaluationSegments: ${counted(ids.length, "symbol", "symbols")}, expected at least 2`,
    );
  }
  const shortest = Math.floor(predictions / streams);
  const longer = predictions % streams;
  const longest = shortest + (longer > 0 ? 1 : 0);
  const count = Math.ceil(longest / seq);

  function steps(i: number): number {
    checkIndex("evaluationSegments: i", i, count);
    return Math.min(seq, longest - i * seq);
  }

  function write(what: string, i: number, shift: 0 | 1, padding: number, out: Int32Array): void {
    const length = steps(i);
    checkOut(`evaluationSegments: ${what}`, out, length, streams);
    for (let s = 0; s < streams; s++) {
      const start = s * shortest + Math.min(s, longer);
      const streamLength = s < longer ? longest : shortest;
      for (let t = 0; t < length; t++) {
        const at = i * seq + t;
        out[t * streams + s] = at < streamLength ? ids[start + at + shift]! : padding;
      }
    }
  }

  return {
    streams,
    count,
    predictions,
    steps,
    inputs: (i, out) => write("inputs", i, 0, 0, out),
    targets: (i, out) => write("targets", i, 1, IGNORED_TARGET, out),
  };
}
