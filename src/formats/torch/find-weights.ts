import { listed } from "../../errors.ts";
import type { Value } from "../../graph/graph.ts";
import type { FullSpec } from "./spec.ts";
import { fail } from "./tensors.ts";

/** Weights by name. */
export type State = Readonly<Record<string, Value>>;

/** The number of blocks of a cell's weights. */
export const BLOCKS = { LSTM: 4, GRU: 3, RNN: 1 } as const;

const hasShape = (value: Value | undefined, ...shape: readonly number[]) =>
  value?.data instanceof Float32Array && value.shape.join() === shape.join();

function missing(state: State, what: string): never {
  const found = Object.entries(state).map(([name, { shape }]) => `${name} [${shape.join(", ")}]`);
  return fail(`${what} is missing; the file has ${listed(found, 12)}`);
}

/** Returns a weight of a shape. */
export function weightOf(state: State, name: string, ...shape: readonly number[]): Float32Array {
  const value = state[name];
  if (!hasShape(value, ...shape)) missing(state, `${name} [${shape.join(", ")}]`);
  return value!.data as Float32Array;
}

/** Finds what stands before the names of weights that end so and pass a test. */
const prefixesOf = (state: State, end: string, test: (value: Value, prefix: string) => boolean): string[] =>
  Object.keys(state)
    .filter((name) => `.${name}`.endsWith(`.${end}`))
    .map((name) => name.slice(0, -end.length))
    .filter((prefix) => test(state[prefix + end]!, prefix));

/**
 * Chooses a part of a model.
 *
 * @param what names it in errors, with the shape that it needs
 * @param prefixes what may stand before the names of its weights
 * @param likely those of them that count if there are several
 */
function choose(
  state: State,
  { names }: FullSpec,
  part: keyof FullSpec["names"],
  what: string,
  prefixes: readonly string[],
  likely: readonly string[] = [],
): string {
  const name = names[part];
  const best = likely.length ? likely : prefixes;
  const wanted = name === undefined ? best : prefixes.filter((prefix) => prefix === name + (name && "."));
  if (wanted.length === 1) return wanted[0]!;
  if (!prefixes.length) return missing(state, what);
  const fitting = prefixes.map((prefix) => JSON.stringify(prefix.slice(0, -1)));
  return fail(`${what} fits ${listed(fitting, 8)}; choose one with spec.names.${part}`);
}

/** The endings of the weights of each layer and direction, in order. */
export const endingsOf = ({ layers, bidirectional }: FullSpec): string[] =>
  Array.from({ length: layers }, (_, i) =>
    bidirectional ? [`_l${i}`, `_l${i}_reverse`] : [`_l${i}`],
  ).flat();

/** Finds the weights of the recurrent layers. @returns what stands before their names */
export function findRecurrent(state: State, spec: FullSpec): string {
  const { cell, hidden, layers } = spec;
  const rows = BLOCKS[cell] * hidden;
  const endings = endingsOf(spec);
  const fits = prefixesOf(state, "weight_ih_l0", (value, prefix) => {
    if (`${prefix}weight_hr_l0` in state) {
      fail("projections of an LSTM (proj_size) are not supported: use torch.onnx.export and unrolled/onnx");
    }
    return value.shape[0] === rows && hasShape(state[`${prefix}weight_hh_l0`], rows, hidden);
  });
  const shapes = `weight_ih_l0 [${rows}, ...] and weight_hh_l0 [${rows}, ${hidden}]`;
  const prefix = choose(state, spec, "rnn", `${cell} with ${hidden} units (${shapes})`, fits);
  const own = Object.keys(state).filter((name) => name.startsWith(`${prefix}weight_ih_l`));
  if (own.length !== endings.length || !endings.every((ending) => `${prefix}weight_ih${ending}` in state)) {
    fail(
      `it has ${listed(own, 8)}, but spec.layers is ${layers} and spec.bidirectional ${spec.bidirectional}`,
    );
  }
  return prefix;
}

/** Finds the embedding. @returns the name of its weight */
export function findEmbedding(state: State, spec: FullSpec, count: number, width: number): string {
  // A linear layer of this size has a bias, or another name.
  const fits = prefixesOf(state, "weight", (value) => hasShape(value, count, width));
  const plain = fits.filter((prefix) => !(`${prefix}bias` in state));
  const named = plain.filter((prefix) => /emb|wte/i.test(prefix));
  const what = `an embedding (weight [${count}, ${width}])`;
  return `${choose(state, spec, "embedding", what, fits, named.length ? named : plain)}weight`;
}

/** Finds the linear layer. @param embedding name of a weight that is another @returns what stands before its names */
export function findLinear(
  state: State,
  spec: FullSpec,
  out: number,
  width: number,
  embedding: string,
): string {
  const fits = prefixesOf(state, "weight", (value, prefix) => {
    const bias = state[`${prefix}bias`];
    return hasShape(value, out, width) && (!bias || hasShape(bias, out));
  });
  const others = fits.filter((prefix) => `${prefix}weight` !== embedding);
  const biased = others.filter((prefix) => `${prefix}bias` in state);
  const what = `a linear layer (weight [${out}, ${width}], bias [${out}])`;
  return choose(state, spec, "out", what, fits, biased.length ? biased : others);
}
