import { type Autoencoder, concat, type EncoderDecoder, type SequenceInput, type Step, tanh } from "unrolled";
import { logSoftmax } from "./numbers.ts";

/** One token of the search tree: a hypothesis that was kept at some step. */
export interface BeamNode {
  /** Index in `nodes` of the hypothesis that this one continues; -1 at the first step. */
  readonly parent: number;
  /** Number of tokens so far, at least 1. */
  readonly step: number;
  readonly symbol: string;
  /** Log-probability of this token, given those before, in nats. */
  readonly logProbability: number;
  /** Sum over the tokens so far. */
  readonly sum: number;
}

/** A target that the search kept to the end. */
export interface BeamHypothesis {
  /** Index in `nodes` of its last token. */
  readonly node: number;
  /** The tokens, with `<EOS>` if it ended. */
  readonly tokens: readonly string[];
  /** Log-probability of each token, given those before, in nats. */
  readonly logProbabilities: readonly number[];
  /** Their sum. */
  readonly logProbability: number;
  /** What ranks it: the sum divided by n^lengthPenalty. */
  readonly score: number;
}

/** A whole beam search. */
export interface Beams {
  /** Every hypothesis that was kept at some step, in the order of the steps, the best of a step first. */
  readonly nodes: readonly BeamNode[];
  /** The hypotheses of the last step, the best first. */
  readonly hypotheses: readonly BeamHypothesis[];
}

/** Options of {@link beams}, as in `predict`. */
export interface BeamsOptions {
  /** Number of hypotheses; default 4. */
  readonly beam?: number;
  /** Maximum number of tokens; default 2 x source length + 10. */
  readonly maxLength?: number;
  /** Exponent of the length that divides the score; default 0. */
  readonly lengthPenalty?: number;
}

/** A model that writes tokens: an encoder-decoder, or an autoencoder of texts. */
export type Writer = EncoderDecoder | Autoencoder;

interface State {
  readonly h: Float32Array;
  readonly c: Float32Array | undefined;
}

interface Path {
  readonly node: number;
  readonly token: number;
  readonly sum: number;
  readonly score: number;
  readonly ended: boolean;
  /** Row of the batch whose state it continues. */
  readonly row: number;
}

/**
 * Searches as `predict` with `beam` does (Sutskever et al. 2014), and returns every hypothesis that it kept, with the log-probability
 * of each token. The decoder runs step by step: embedding, recurrent layers, attention, tanh of a linear layer, output layer.
 *
 * @throws RangeError if the model writes vectors
 */
export function beams(
  model: Writer,
  input: SequenceInput,
  { beam = 4, maxLength, lengthPenalty = 0 }: BeamsOptions = {},
): Beams {
  const { target, end } = model;
  if (!target) throw new RangeError("the model writes vectors, not tokens");
  const source = typeof input === "string" ? model.tokens(input) : input;
  const limit = maxLength ?? 2 * source.length + 10;
  const nodes: BeamNode[] = [];
  let kept: Path[] = [{ node: -1, token: end, sum: 0, score: 0, ended: false, row: 0 }];
  const decoder = stepper(model, source, beam);
  for (let step = 1; step <= limit; step++) {
    const logs = decoder(kept, target.unknownId);
    const candidates: Path[] = [];
    kept.forEach((path, row) => {
      if (path.ended) candidates.push({ ...path, row });
      else {
        logs[row]!.forEach((log, token) => {
          if (log === -Infinity) return;
          const sum = path.sum + log;
          const score = sum / step ** lengthPenalty;
          candidates.push({ node: path.node, token, sum, score, ended: token === end, row });
        });
      }
    });
    const best = candidates.sort((a, b) => b.score - a.score).slice(0, beam);
    kept = best.map((path) => {
      const before = kept[path.row]!;
      if (before.ended) return path;
      const symbol = target.symbols[path.token]!;
      nodes.push({
        parent: before.node,
        step,
        symbol,
        logProbability: logs[path.row]![path.token]!,
        sum: path.sum,
      });
      return { ...path, node: nodes.length - 1 };
    });
    if (lengthPenalty ? kept.every(({ ended }) => ended) : kept[0]!.ended) break;
  }
  return { nodes, hypotheses: kept.map((path) => trace(nodes, path)) };
}

function trace(nodes: readonly BeamNode[], { node, sum, score }: Path): BeamHypothesis {
  const path: BeamNode[] = [];
  for (let at = node; at >= 0; at = nodes[at]!.parent) path.unshift(nodes[at]!);
  return {
    node,
    tokens: path.map(({ symbol }) => symbol),
    logProbabilities: path.map(({ logProbability }) => logProbability),
    logProbability: sum,
    score,
  };
}

/**
 * Encodes a source once for each hypothesis.
 *
 * @returns a function that reads the last token of each hypothesis, and returns the log-probabilities of the next, [rows][V]
 */
function stepper(model: Writer, source: readonly Step[], rows: number) {
  const { runtime: rt, decoder } = model;
  const { attention, mix, rnn, head } = decoder;
  const quiet = <T>(use: () => T): T => model.inference(() => rt.noGrad(() => rt.scope(use)));
  const numbers = model.encodePairs([{ source, target: [] }]).sources[0]!;
  const lengths = new Array<number>(rows).fill(source.length);
  let state: State;
  const memory = quiet(() => {
    const encoded = model.encodeBatch(repeated(numbers, source.length, rows), lengths);
    const { h, c } = decoder.begin(encoded.state);
    state = { h: h.toArray(), c: c?.toArray() };
    const { shape } = encoded.memory!;
    return { shape, data: encoded.memory!.toArray() };
  });
  const H = rnn.hiddenSize;
  return (paths: readonly Path[], never: number | null): Float64Array[] => {
    const all = Array.from({ length: rows }, (_, i) => paths[i] ?? paths[0]!);
    const tensor = (states: Float32Array) =>
      rt.tensor(
        selected(
          states,
          all.map(({ row }) => row),
          H,
        ),
        [rnn.numLayers, rows, H],
      );
    return quiet(() => {
      const tokens = rt.tensor(
        Int32Array.from(all, ({ token }) => token),
        [1, rows],
      );
      const { output, state: after } = rnn.forward(decoder.embedding?.forward(tokens) ?? tokens, {
        h0: tensor(state.h),
        ...(state.c && { c0: tensor(state.c) }),
      });
      state = { h: after.h.toArray(), c: after.c?.toArray() };
      const looked = attention?.forward(output, rt.tensor(memory.data, memory.shape), lengths).context;
      const logits = head.forward(looked ? tanh(mix!.forward(concat([looked, output]))) : output).toArray();
      const V = logits.length / rows;
      return paths.map((_, row) => {
        const own = logits.subarray(row * V, (row + 1) * V);
        if (never !== null) own[never] = -Infinity;
        return logSoftmax(own);
      });
    });
  };
}

/** Repeats each step of a source for every row, time-major: [T] -> [T, rows], or [T, W] -> [T, rows, W]. */
function repeated<A extends Int32Array | Float32Array>(numbers: A, steps: number, rows: number): A {
  const width = numbers.length / steps;
  const at = (i: number) => numbers[Math.floor(i / (rows * width)) * width + (i % width)]!;
  const length = numbers.length * rows;
  return (numbers instanceof Int32Array
    ? Int32Array.from({ length }, (_, i) => at(i))
    : Float32Array.from({ length }, (_, i) => at(i))) as Int32Array | Float32Array as A;
}

/** Gives row i of every layer the state of row `from[i]`: [layers, rows, H] -> [layers, rows, H]. */
function selected(states: Float32Array, from: readonly number[], H: number): Float32Array {
  const rows = from.length;
  const turned = new Float32Array(states.length);
  for (let i = 0; i < states.length / H; i++) {
    const row = i - (i % rows) + from[i % rows]!;
    turned.set(states.subarray(row * H, (row + 1) * H), i * H);
  }
  return turned;
}
