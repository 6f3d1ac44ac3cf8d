import { damaged } from "../../network/damaged.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { DecoderStream } from "./decoder-stream.ts";

export interface SearchOptions {
  /** Number of symbols. */
  readonly symbols: number;
  /** Index of the symbol that begins and ends each target. */
  readonly end: number;
  /** Index of a symbol that is never written; null if every symbol may be written. */
  readonly never: number | null;
  /** Maximum number of tokens to write for each source. */
  readonly limits: readonly number[];
  /**
   * Exponent in the score s / n^lengthPenalty that ranks hypotheses. s is the sum of the log-probabilities of all tokens, and n
   * is the number of tokens. The end symbol counts as a token.
   */
  readonly lengthPenalty: number;
  /** Whether to return the attention weights. */
  readonly attention: boolean;
}

/** A target found by the search. */
export interface Hypothesis {
  /** The tokens, without the end symbol. */
  readonly tokens: readonly number[];
  /** Log-probability in nats of all tokens and the end symbol. A hypothesis that was cut off at the limit has no end symbol. */
  readonly logProbability: number;
  /** Attention weights over the steps of the source, one array per token. If there is an end symbol, it has an array too. */
  readonly attention?: readonly Float32Array[];
}

/** A hypothesis during the search. It is a linked list: it has the last token, and refers to the path before that token. */
interface Path {
  readonly before?: Path;
  /**
   * The previous step kept a list of hypotheses for the same source. This hypothesis continues one of them. `row` is the index of
   * the continued hypothesis in that list.
   */
  readonly row: number;
  readonly token: number;
  readonly count: number;
  readonly sum: number;
  readonly rank: number;
  readonly ended: boolean;
  weights?: Float32Array;
}

/**
 * Finds the best target of each source by beam search. At every step, the search keeps the best hypotheses of each source, at
 * most `stream.rows`. If `stream.rows` is 1, the search is greedy. A hypothesis ends with the end symbol. The search for a source
 * stops when its best hypothesis has ended and no other hypothesis can become better. It also stops when the source's maximum
 * number of tokens is written.
 *
 * @throws ERR_NAN if no score of a source is finite
 */
export function beamSearch(runtime: Runtime, stream: DecoderStream, options: SearchOptions): Hypothesis[] {
  const { symbols, end, limits, lengthPenalty } = options;
  const { rows: K, lengths } = stream;
  const start: Path = { row: 0, token: end, count: 0, sum: 0, rank: 0, ended: false };
  const beams: Path[][] = lengths.map(() => [start]);
  const all = lengths.length * K;
  const done = new Array<boolean>(lengths.length).fill(false);
  for (let written = 1; done.includes(false); written++) {
    stream.step(Int32Array.from({ length: all }, (_, i) => beams[Math.floor(i / K)]![i % K]?.token ?? end));
    const scores = logProbabilities(runtime, stream.logitsPtr, all, options);
    const weights = options.attention ? stream.weights() : undefined;
    const from = Int32Array.from({ length: all }, (_, i) => i);
    beams.forEach((beam, e) => {
      if (done[e]) return;
      const best = new Best(K);
      beam.forEach((path, row) => {
        if (path.ended) {
          best.offer({ ...path, row });
          return;
        }
        const count = path.count + 1;
        const divisor = count ** lengthPenalty;
        const first = (e * K + row) * symbols;
        for (let token = 0; token < symbols; token++) {
          const sum = path.sum + scores[first + token]!;
          const rank = sum / divisor;
          if (!(rank > best.least)) continue;
          best.offer({ before: path, row, token, count, sum, rank, ended: token === end });
        }
      });
      if (!best.kept.length) {
        throw damaged("the scores are not finite");
      }
      best.kept.forEach((path, i) => {
        const row = e * K + path.row;
        from[e * K + i] = row;
        if (weights && !path.weights) {
          const width = weights.length / all;
          path.weights = weights.slice(row * width, row * width + lengths[e]!);
        }
      });
      beams[e] = best.kept;
      const settled = lengthPenalty ? best.kept.every(({ ended }) => ended) : best.kept[0]!.ended;
      done[e] = settled || written >= limits[e]!;
    });
    stream.select(from);
  }
  return beams.map(([path]) => trace(path!, options.attention));
}

/** Replaces the logits by log-probabilities, in place. Returns a view of the log-probabilities, [rows, symbols]. */
function logProbabilities(
  runtime: Runtime,
  logits: number,
  rows: number,
  { symbols, never }: SearchOptions,
): Float32Array {
  const scores = runtime.floats(logits, rows * symbols);
  if (never !== null) for (let i = never; i < scores.length; i += symbols) scores[i] = NONE;
  runtime.kernels.log_softmax_forward(logits, logits, rows, symbols);
  return scores;
}

function trace(last: Path, attention: boolean): Hypothesis {
  const paths: Path[] = [];
  for (let path: Path | undefined = last; path?.before; path = path.before) paths.push(path);
  paths.reverse();
  return {
    tokens: paths.filter(({ ended }) => !ended).map(({ token }) => token),
    logProbability: last.sum,
    ...(attention && last.weights && { attention: paths.map(({ weights }) => weights!) }),
  };
}

const NONE = -Infinity;

/**
 * A list of the candidates with the highest `rank`, at most `room` of them, the highest first. Candidates of equal `rank` stay in
 * the order in which they were offered.
 */
class Best {
  readonly kept: Path[] = [];
  readonly #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  /** A limit for new candidates: a candidate is kept only if its `rank` is above the limit. */
  get least(): number {
    return this.kept.length < this.#room ? NONE : this.kept.at(-1)!.rank;
  }

  offer(path: Path): void {
    if (!(path.rank > this.least)) return;
    let i = this.kept.length;
    while (i > 0 && this.kept[i - 1]!.rank < path.rank) i--;
    this.kept.splice(i, 0, path);
    if (this.kept.length > this.#room) this.kept.pop();
  }
}
