// The elementwise part of the Elman cell with any activation, h' = f(.). rnn.ts has faster loops for tanh and relu.

import { CellFunctions, activateGates, gatesBackward } from "./cell-functions";
import { scale } from "./clip";
import { add_forward } from "./elementwise";

/** Like rnnForward, with any activation. */
export function rnnGeneralForward(functions: CellFunctions, hNext: usize, gates: usize, B: i32, H: i32): void {
  activateGates(functions, gates, B * H);
  memory.copy(hNext, gates, <usize>(B * H) << 2);
  scale(hNext, 1, B * H); // flushes subnormals
}

/** Like rnnBackward, with any activation. */
export function rnnGeneralBackward(
  functions: CellFunctions, gates: usize, dh: usize, dout: usize, B: i32, H: i32,
): void {
  add_forward(dh, dh, dout, B * H);
  gatesBackward(functions, gates, dh, B * H);
  memory.fill(dh, 0, <usize>(B * H) << 2);
}
