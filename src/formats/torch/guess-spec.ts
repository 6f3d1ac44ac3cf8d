import { UnrolledError } from "../../errors.ts";
import { show } from "../../schema.ts";
import { BLOCKS, type State } from "./find-weights.ts";
import type { TorchSpec } from "./spec.ts";

const END = "weight_ih_l0";

function fail(problem: string): never {
  throw new UnrolledError("ERR_FORMAT", `PyTorch: ${problem}`);
}

/** Returns the matrices whose second size is `columns`, without recurrent weights. */
const matricesOf = (state: State, columns: number): [string, number][] =>
  Object.entries(state)
    .filter(([name, { shape }]) => shape.length === 2 && shape[1] === columns && !/_[ih]h_l\d/.test(name))
    .map(([name, { shape }]) => [name, shape[0]!]);

/**
 * Guesses the spec of a model from the names and shapes of its weights: an embedding, one stack of recurrent layers, and a linear layer.
 * What they do not say has its default: the nonlinearity of an RNN is tanh, and the batch comes first.
 *
 * @throws ERR_FORMAT if there is no stack of recurrent layers, or more than one; if weights are there that have no place in such a model
 */
export function guessSpec(state: State): TorchSpec {
  const names = Object.keys(state);
  const prefixes = names.filter((name) => name.endsWith(END)).map((name) => name.slice(0, -END.length));
  const [prefix, ...others] = prefixes;
  if (prefix === undefined) {
    fail(
      `no weight is called ${END}, so that it has no recurrent layers that are read; export the model with torch.onnx.export`,
    );
  }
  if (others.length) {
    fail(
      `it has several stacks of recurrent layers (${prefixes.map((name) => show(name)).join(", ")}); export the model with torch.onnx.export`,
    );
  }
  const hidden = state[`${prefix}weight_hh_l0`]?.shape[1] ?? fail(`${prefix}weight_hh_l0 is missing`);
  const [rows = 0, width = 0] = state[prefix + END]!.shape;
  const cell =
    (Object.keys(BLOCKS) as (keyof typeof BLOCKS)[]).find((name) => BLOCKS[name] * hidden === rows) ??
    fail(`${prefix}${END} has ${rows} rows, expected 1, 3 or 4 times the ${hidden} units`);
  let layers = 1;
  while (names.includes(`${prefix}weight_ih_l${layers}`)) layers++;
  const bidirectional = names.includes(`${prefix}${END}_reverse`);
  const outputs = matricesOf(state, bidirectional ? 2 * hidden : hidden);
  // A matrix that fits both is the embedding if its name says so, or if another one is the output.
  const tables = matricesOf(state, width).filter(
    ([name]) => !outputs.some(([other]) => other === name) || /emb/i.test(name) || outputs.length > 1,
  );
  const [table] = tables;
  const out = outputs.find(([name]) => name !== table?.[0]);
  const used = new Set([table?.[0], out?.[0], out?.[0].replace(/weight$/, "bias")]);
  const unused = names.filter((name) => !name.startsWith(prefix) && !used.has(name));
  if (unused.length) {
    fail(
      `it has weights beside an embedding, recurrent layers and a linear layer (${unused.slice(0, 5).join(", ")}); export the model with torch.onnx.export`,
    );
  }
  return {
    ...{ cell, hidden, layers, bidirectional },
    ...(table && { embedding: [table[1], width] as const }),
    ...(out && { out: out[1] }),
  };
}
