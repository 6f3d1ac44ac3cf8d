// The Elman cell with options: h' = f(.).

import { CellOptions, activateGates, gatesBackward } from "./cell-options";
import { scale } from "./clip";
import { add_forward } from "./elementwise";

/** As rnnForward. */
export function rnnOptionsForward(options: CellOptions, hNext: usize, gates: usize, B: i32, H: i32): void {
  activateGates(options, gates, B * H);
  memory.copy(hNext, gates, <usize>(B * H) << 2);
  scale(hNext, 1, B * H); // flushes
}

/** As rnnBackward. */
export function rnnOptionsBackward(options: CellOptions, gates: usize, dh: usize, dout: usize, B: i32, H: i32): void {
  add_forward(dh, dh, dout, B * H);
  gatesBackward(options, gates, dh, B * H);
  memory.fill(dh, 0, <usize>(B * H) << 2);
}
