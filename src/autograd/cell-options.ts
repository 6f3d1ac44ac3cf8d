import type { Runtime } from "../runtime/runtime.ts";
import { activationCode } from "./activation.ts";
import type { Cell } from "./cells.ts";

/** Words of what assembly/cell-options.ts reads. */
export const OPTIONS_SIZE = 17;

const SIGMOID_TANH_TANH = (["sigmoid", "tanh", "tanh"] as const).map((f) => activationCode("", f));

/** Addresses that assembly/cell-options.ts reads; 0 where there is nothing. */
export interface OptionAddresses {
  readonly peepholes?: number | undefined;
  readonly peepholesGradient?: number | undefined;
  readonly gain?: number | undefined;
  readonly bias?: number;
  /** Bytes from the gates to where pre-activations are kept. */
  readonly kept?: number;
  readonly gainGradient?: number | undefined;
  readonly biasGradient?: number;
}

/** Whether the kernels have to be told of the cell's functions: PyTorch's own need no options. */
export function needsOptions(cell: Cell): boolean {
  return cell.functions !== undefined || cell.peepholes + cell.norms > 0;
}

/** A cell's options in scratch memory. */
export function cellOptions(rt: Runtime, cell: Cell, given: OptionAddresses): number {
  const to = rt.scratch(OPTIONS_SIZE);
  writeOptions(rt, cell, to, given);
  return to;
}

/** Writes what assembly/cell-options.ts reads. */
export function writeOptions(rt: Runtime, cell: Cell, to: number, given: OptionAddresses): void {
  const { limit = Number.POSITIVE_INFINITY, activations = SIGMOID_TANH_TANH } = cell.functions ?? {};
  const [ints, floats] = [rt.ints(to, OPTIONS_SIZE), rt.floats(to, OPTIONS_SIZE)];
  floats[0] = limit;
  activations.forEach(({ id, alpha, beta }, i) => {
    ints[1 + 3 * i] = id;
    floats.set([alpha, beta], 2 + 3 * i);
  });
  const { peepholes, peepholesGradient, gain, bias, kept, gainGradient, biasGradient } = given;
  const addresses = [peepholes, peepholesGradient, gain, bias, kept, gainGradient, biasGradient];
  addresses.forEach((address, i) => {
    ints[10 + i] = address ?? 0;
  });
}
