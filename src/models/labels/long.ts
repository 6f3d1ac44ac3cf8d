import type { RecurrentInput, RecurrentOutput, RecurrentState } from "../../nn/recurrent.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";

// Sequences that are too long to be read at once are read in pieces. Every piece begins with the states at the end of its
// neighbours, so its outputs are those of the whole sequence.

/** Number of steps of a piece. */
export const PIECE = 2 ** 15;

/** A sequence with more steps is read in pieces, outside training. With 128 units in both directions, a piece takes 0.15 GB. */
export const LONG = 2 ** 16;

/** States of all layers and directions, [layers * directions, 1, H], outside the memory of the runtime. */
interface Border {
  readonly h: Float32Array;
  readonly c: Float32Array | undefined;
}

/** What reading in pieces has to know of a network. */
export interface PieceReader {
  readonly runtime: Runtime;
  readonly layers: number;
  readonly directions: number;
  readonly hidden: number;
  readonly cellState: boolean;
  /** Number of pieces. */
  readonly count: number;
  /** Reads piece `k`, starting from the states `given`. */
  read(k: number, given: RecurrentInput): RecurrentOutput;
}

/**
 * Reads a sequence piece by piece, and hands over the output of each piece in order.
 *
 * The forward direction of a layer begins a piece with its state after the piece before; the backward direction with its state
 * after the piece that follows. Both directions of a layer read the outputs of both directions of the layer below. So the pieces of
 * a bidirectional network are read from the last to the first, then from the first to the last, once for each layer: the first
 * two rounds give the states of the first layer at all borders, the next two those of the second layer, and so on.
 *
 * @param use receives the output [steps, 1, size] of each piece, inside a scope
 */
export function readPieces(reader: PieceReader, use: (output: Tensor, k: number) => void): void {
  const { runtime: rt, layers, directions, hidden, cellState, count } = reader;
  const size = layers * directions * hidden;
  const zero: Border = { h: new Float32Array(size), c: cellState ? new Float32Array(size) : undefined };
  const [before, after] = [0, 1].map(() => new Array<Border>(count).fill(zero)) as [Border[], Border[]];
  const read = (k: number, last = false): Border =>
    rt.noGrad(() =>
      rt.scope(() => {
        const join = (a: Float32Array, b: Float32Array) =>
          rt.tensor(
            a.map((value, i) => (directions === 2 && Math.floor(i / hidden) % 2 === 1 ? b[i]! : value)),
            [layers * directions, 1, hidden],
          );
        const [left, right] = [before[k]!, after[k]!];
        const { output, state } = reader.read(k, {
          h0: join(left.h, right.h),
          ...(left.c && { c0: join(left.c, right.c!) }),
        });
        if (last) use(output, k);
        return borderOf(state);
      }),
    );
  const rounds = directions === 2 ? layers : 1;
  for (let round = 1; round <= rounds; round++) {
    if (directions === 2) for (let k = count - 1; k > 0; k--) after[k - 1] = read(k);
    for (let k = 0; k < count; k++) {
      const border = read(k, round === rounds);
      if (k + 1 < count) before[k + 1] = border;
    }
  }
}

const borderOf = ({ h, c }: RecurrentState): Border => ({ h: h.toArray(), c: c?.toArray() });
