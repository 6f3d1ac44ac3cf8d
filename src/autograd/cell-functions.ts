import {
  type CELL_FUNCTIONS_BIAS,
  type CELL_FUNCTIONS_BIAS_GRADIENT,
  CELL_FUNCTIONS_F,
  CELL_FUNCTIONS_F_ALPHA,
  CELL_FUNCTIONS_F_BETA,
  CELL_FUNCTIONS_G,
  CELL_FUNCTIONS_G_ALPHA,
  CELL_FUNCTIONS_G_BETA,
  type CELL_FUNCTIONS_GAIN,
  type CELL_FUNCTIONS_GAIN_GRADIENT,
  CELL_FUNCTIONS_H,
  CELL_FUNCTIONS_H_ALPHA,
  CELL_FUNCTIONS_H_BETA,
  type CELL_FUNCTIONS_KEPT,
  CELL_FUNCTIONS_LIMIT,
  type CELL_FUNCTIONS_PEEPHOLES,
  type CELL_FUNCTIONS_PEEPHOLES_GRADIENT,
  CELL_FUNCTIONS_PREVIOUS,
  CELL_FUNCTIONS_SIZE,
} from "../runtime/kernels.ts";
import type { Workspace } from "../runtime/workspace.ts";
import { activationCode } from "./activation.ts";
import type { Cell } from "./cells.ts";

const SIGMOID_TANH_TANH = (["sigmoid", "tanh", "tanh"] as const).map((f) => activationCode("", f));

/** For each activation of a cell (ONNX's f, g, h): the indexes of the 4-byte words that store its number, alpha and beta. */
const ACTIVATION_WORDS = [
  [CELL_FUNCTIONS_F, CELL_FUNCTIONS_F_ALPHA, CELL_FUNCTIONS_F_BETA],
  [CELL_FUNCTIONS_G, CELL_FUNCTIONS_G_ALPHA, CELL_FUNCTIONS_G_BETA],
  [CELL_FUNCTIONS_H, CELL_FUNCTIONS_H_ALPHA, CELL_FUNCTIONS_H_BETA],
] as const;

type AddressWord =
  | typeof CELL_FUNCTIONS_PEEPHOLES
  | typeof CELL_FUNCTIONS_PEEPHOLES_GRADIENT
  | typeof CELL_FUNCTIONS_GAIN
  | typeof CELL_FUNCTIONS_BIAS
  | typeof CELL_FUNCTIONS_KEPT
  | typeof CELL_FUNCTIONS_GAIN_GRADIENT
  | typeof CELL_FUNCTIONS_BIAS_GRADIENT;

/**
 * The addresses that `writeFunctions` writes. A key is the index of the 4-byte word to which the address is written. An unused
 * address is undefined or 0.
 */
export type FunctionAddresses = { readonly [word in AddressWord]?: number | undefined };

/** Whether the cell needs `writeFunctions`. Other cells have PyTorch's activations and no clipping, peepholes or gate norm. */
export function needsFunctions(cell: Cell): boolean {
  return cell.functions !== undefined || cell.peepholes + cell.norms > 0;
}

/** Like `writeFunctions`, but writes to new scratch memory. Returns the address of this memory. */
export function cellFunctions(rt: Workspace, cell: Cell, addresses: FunctionAddresses): number {
  const to = rt.scratch(CELL_FUNCTIONS_SIZE);
  writeFunctions(rt, cell, to, addresses);
  return to;
}

/** Writes a cell's activations, its clipping limit and `addresses` to address `to`, in the layout that the kernels read. */
export function writeFunctions(rt: Workspace, cell: Cell, to: number, addresses: FunctionAddresses): void {
  const { limit = Number.POSITIVE_INFINITY, activations = SIGMOID_TANH_TANH } = cell.functions ?? {};
  const [ints, floats] = [rt.ints(to, CELL_FUNCTIONS_SIZE), rt.floats(to, CELL_FUNCTIONS_SIZE)];
  ints.fill(0);
  floats[CELL_FUNCTIONS_LIMIT] = limit;
  ints[CELL_FUNCTIONS_PREVIOUS] = Number(cell.previous ?? false);
  activations.forEach(({ id, alpha, beta }, i) => {
    const [number, first, second] = ACTIVATION_WORDS[i]!;
    ints[number] = id;
    floats[first] = alpha;
    floats[second] = beta;
  });
  for (const [word, address] of Object.entries(addresses)) ints[Number(word)] = address ?? 0;
}
