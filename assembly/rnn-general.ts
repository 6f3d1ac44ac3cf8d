// The Elman cell without its matrix products, for any activation function f. The new state h' is f of the pre-activation. rnn.ts
// has faster loops for tanh and relu.

import { CellFunctions, activateGates, gatesBackward } from "./cell-functions";
import { scale } from "./clip";
import { add_forward } from "./elementwise";

/** Like rnnForward in rnn.ts, for any activation function. */
export function rnnGeneralForward(functions: CellFunctions, hNext: usize, gates: usize, B: i32, H: i32): void {
  activateGates(functions, gates, B * H);
  memory.copy(hNext, gates, <usize>(B * H) << 2);
  scale(hNext, 1, B * H); // replaces subnormal numbers by 0
}

/** Like rnnBackward in rnn.ts, for any activation function. */
export function rnnGeneralBackward(
  functions: CellFunctions, gates: usize, dh: usize, dout: usize, B: i32, H: i32,
): void {
  add_forward(dh, dh, dout, B * H);
  gatesBackward(functions, gates, dh, B * H);
  memory.fill(dh, 0, <usize>(B * H) << 2);
}
