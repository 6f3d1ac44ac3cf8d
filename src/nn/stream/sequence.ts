import { StreamConnections } from "./connections.ts";
import type { PackedLayers } from "./layers.ts";

/** Number of steps whose gates are in memory at once. They stay in the CPU's cache. */
const BLOCK = 512;

/** Addresses of the results of a sequence. */
export interface SequenceResult {
  /** Output of each step, [T, outputSize]. */
  readonly output: number;
  /** Hidden states after the last step of each direction, [layers * directions, H]. Cell states, if there are any, follow them. */
  readonly states: number;
}

/**
 * Runs one whole sequence through packed layers, which may read in both directions. The results have the bits of `Recurrent.forward` in
 * inference. The results are scratch memory, so call it inside a frame.
 *
 * @param x address of the features [T, I], or of the tokens [T] if the weights were packed for tokens
 */
export function runSequence(packed: PackedLayers, x: number, T: number): SequenceResult {
  const { runtime: rt, cells, connections: kind, hiddenSize: H, layers, norms, highways, tokens } = packed;
  const k = rt.kernels;
  const directions = cells.length;
  const width = directions * H;
  const { columns, gates: blocks, memory } = cells[0]!;
  const ld = columns * H;
  const hs = rt.scratch((T + 1) * H);
  const cs = memory ? rt.scratch((T + 1) * H) : 0;
  const gates = rt.scratch(Math.min(T, BLOCK) * ld);
  const states = rt.scratch(layers.length * H * (memory ? 2 : 1));
  const outputs = [rt.scratch(T * width), norms.length > 1 ? rt.scratch(T * width) : 0];
  const stack = { runtime: rt, connections: kind, hiddenSize: width, layers: norms, norms, highways };
  const connections = new StreamConnections(stack, T, 0);

  const runDirection = (index: number, x: number, ldx: number) => {
    const cell = cells[index % directions]!;
    const { inputSize: I, input, hidden, bias, options } = layers[index]!;
    const reverse = index % directions === 1;
    const [before, after] = reverse ? [H * 4, 0] : [0, H * 4];
    const first = reverse ? T * H * 4 : 0;
    k.fill_rows(hs + first, H, 0, 1, H);
    if (cs) k.fill_rows(cs + first, H, 0, 1, H);
    for (let done = 0; done < T; done += BLOCK) {
      const n = Math.min(BLOCK, T - done);
      const from = reverse ? T - done - n : done;
      if (tokens && index < directions) k.gather_rows(gates, ld, input, ld, x + from * 4, n, ld);
      else {
        k.fill_rows(gates, ld, bias, n, ld);
        k.gemm(gates, ld, x + from * ldx * 4, ldx, input, n, blocks * H, I);
      }
      const t = reverse ? from + n - 1 : from;
      const h = hs + t * H * 4;
      const c = cs && cs + t * H * 4;
      const start = gates + (t - from) * ld * 4;
      const step = reverse ? -1 : 1;
      const [cNext, cPrev] = c ? [c + after, c + before] : [0, 0];
      k.recurrent_forward(
        cell.id,
        options,
        start,
        h + after,
        h + before,
        cNext,
        cPrev,
        hidden,
        n,
        1,
        H,
        step,
        0,
      );
    }
    const last = T * H * 4 - first;
    k.copy_rows(states + index * H * 4, H, hs + last, H, 1, H);
    if (cs) k.copy_rows(states + (layers.length + index) * H * 4, H, cs + last, H, 1, H);
  };

  let ldx = layers[0]!.inputSize;
  for (let layer = 0; layer < norms.length; layer++) {
    const y = outputs[layer % 2]!;
    for (let d = 0; d < directions; d++) {
      runDirection(layer * directions + d, x, ldx);
      k.copy_rows(y + d * H * 4, width, hs + (d ? 0 : H * 4), H, T, H);
    }
    x = connections.take(layer, y);
    ldx = connections.ld;
  }
  const output = rt.scratch(T * packed.outputSize);
  k.copy_rows(output, packed.outputSize, x, packed.outputSize, T, packed.outputSize);
  connections.dispose();
  return { output, states };
}
