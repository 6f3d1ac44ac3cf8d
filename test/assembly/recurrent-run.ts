import { activationCode } from "../../src/autograd/activation.ts";
import * as border from "../../src/runtime/kernels.ts";
import { packedSize } from "../../src/runtime/packed-size.ts";
import type { Build } from "../builds.ts";
import { expectSame } from "../same.ts";
import { layoutOf, type Problem } from "./recurrent-problem.ts";
import type { Expected } from "./recurrent-reference.ts";

/** Runs the kernels on the problem, in the order of its direction, and returns all their results. */
export function run(build: Build, given: Problem): Expected {
  const { kernels: k, arena } = build;
  const { cell, T, B, H, direction, batchSizes } = given;
  const { id, memory, resetBefore, ...layout } = layoutOf(cell);
  const columns = layout.columns.length;
  const slab = B * H;
  // In reverse, the state before a step lies after the state that follows it.
  const before = direction > 0 ? 0 : 1;
  const [first, last] = direction > 0 ? [0, T - 1] : [T - 1, 0];
  const slabs = (initial: Float32Array) => {
    const states = new Float32Array((T + 1) * slab).fill(7);
    states.set(initial, direction > 0 ? 0 : T * slab);
    return arena.output(states, { unaligned: true });
  };
  const gates = arena.output(given.gates, { unaligned: true });
  const [hs, cs] = [slabs(given.h0), memory ? slabs(given.c0) : undefined];
  const active = batchSizes ? arena.integers(batchSizes) : 0;
  const at = (base: number, step: number, floats: number) => base && base + step * floats * 4;
  /** Returns the addresses of hNext, hPrev, cNext and cPrev of a step. */
  const states = (step: number) => {
    const [h, c] = [hs.ptr, cs?.ptr ?? 0];
    const [next, prev] = [step + 1 - before, step + before];
    return [at(h, next, slab), at(h, prev, slab), at(c, next, slab), at(c, prev, slab)] as const;
  };

  const raw = given.options?.normalised ? arena.output(given.gates.length).ptr - gates.ptr : 0;
  const { ptr: options, ...gradients } = optionsOf(build, given, raw);
  k.recurrent_forward(
    ...([id, options, at(gates.ptr, first, B * columns * H), ...states(first)] as const),
    packForward(build, given),
    ...([T, B, H, direction, at(active, first, 1)] as const),
  );
  const forward = { hs: hs.values, cs: cs?.values, activations: gates.values };

  const [dh, dc] = [arena.output(given.dh), memory ? arena.output(given.dc) : undefined];
  const dout = arena.input(given.dout, { unaligned: true });
  // Fused passes need no rows of work; reset before needs the gradient of q.
  const fused = !options && layout.fused;
  const rows = !fused ? slab + 5 * H : resetBefore ? slab : 0;
  const work = arena.output(rows, { unaligned: true }).ptr;
  const [hNext, hPrev, , cPrev] = states(last);
  k.recurrent_backward(
    ...([id, options, at(gates.ptr, last, B * columns * H), dh.ptr, dc?.ptr ?? 0] as const),
    ...([at(dout, last, slab), hNext, hPrev, cPrev, packBackward(build, given), work] as const),
    ...([T, B, H, -direction, at(active, last, 1)] as const),
  );
  expectSame(hs.values, forward.hs, "states after the backward pass");
  return {
    ...forward,
    dgates: gates.values,
    dh: dh.values,
    dc: dc?.values,
    dpeephole: gradients.dpeephole?.values,
    dgain: gradients.dgain?.values,
    dshift: gradients.dshift?.values,
  };
}

/** Runs one step that overwrites the states before it with those after it; returns them. */
export function runInPlace(build: Build, given: Problem): (Float32Array | undefined)[] {
  const { kernels: k, arena } = build;
  const { cell, B, H } = given;
  const { id, memory } = layoutOf(cell);
  const gates = arena.output(given.gates);
  const [h, c] = [arena.output(given.h0), memory ? arena.output(given.c0) : undefined];
  const [hPtr, cPtr] = [h.ptr, c?.ptr ?? 0];
  const [{ ptr }, w] = [optionsOf(build, given, 0), packForward(build, given)];
  k.recurrent_forward(id, ptr, gates.ptr, hPtr, hPtr, cPtr, cPtr, w, 1, B, H, 1, 0);
  return [h.values, c?.values];
}

/** Words of each activation: number, alpha, beta. */
const ACTIVATION_WORDS = [
  [border.CELL_FUNCTIONS_F, border.CELL_FUNCTIONS_F_ALPHA, border.CELL_FUNCTIONS_F_BETA],
  [border.CELL_FUNCTIONS_G, border.CELL_FUNCTIONS_G_ALPHA, border.CELL_FUNCTIONS_G_BETA],
  [border.CELL_FUNCTIONS_H, border.CELL_FUNCTIONS_H_ALPHA, border.CELL_FUNCTIONS_H_BETA],
] as const;

/** Writes the words that assembly/cell-functions.ts reads; the address is 0 if there are no options. Also makes gradients. */
function optionsOf({ arena }: Build, given: Problem, kept: number) {
  const { cell, options, peephole, gain, shift } = given;
  if (!options) return { ptr: 0 };
  const words = new Int32Array(border.CELL_FUNCTIONS_SIZE);
  const floats = new Float32Array(words.buffer);
  floats[border.CELL_FUNCTIONS_LIMIT] = options.limit ?? Number.POSITIVE_INFINITY;
  (options.activations ?? layoutOf(cell).own).forEach(({ name, alpha = 0, beta = 0 }, i) => {
    const [number, first, second] = ACTIVATION_WORDS[i]!;
    words[number] = activationCode("", name).id;
    floats[first] = alpha;
    floats[second] = beta;
  });
  const begun = (values: Float32Array) =>
    arena.output(
      values.map(() => 1),
      { unaligned: true },
    );
  const dpeephole = options.peepholes ? begun(peephole) : undefined;
  const [dgain, dshift] = options.normalised ? [begun(gain), begun(shift)] : [];
  if (dpeephole) {
    words[border.CELL_FUNCTIONS_PEEPHOLES] = arena.input(peephole, { unaligned: true });
    words[border.CELL_FUNCTIONS_PEEPHOLES_GRADIENT] = dpeephole.ptr;
    words[border.CELL_FUNCTIONS_PREVIOUS] = Number(options.peepholes === "previous");
  }
  if (dgain) {
    words[border.CELL_FUNCTIONS_GAIN] = arena.input(gain, { unaligned: true });
    words[border.CELL_FUNCTIONS_BIAS] = arena.input(shift);
    words[border.CELL_FUNCTIONS_KEPT] = kept;
    words[border.CELL_FUNCTIONS_GAIN_GRADIENT] = dgain.ptr;
    words[border.CELL_FUNCTIONS_BIAS_GRADIENT] = dshift!.ptr;
  }
  return { ptr: arena.integers(words), dpeephole, dgain, dshift };
}

/** Packs the recurrent weights for the forward pass: R^T, or with reset before that of r, z and that of n. */
function packForward(build: Build, given: Problem): number {
  const { H, int8 } = given;
  const { kernels: k } = build;
  const size = (rows: number) => (int8 ? k.int8_size(H, rows, border.PANEL) / 4 : packedSize(H, rows));
  const packed = packParts(build, given, size, (to, values, rows) => {
    if (int8) k.pack_int8(to, values, H, H, rows, border.PANEL);
    else k.pack_transposed(to, values, H, H, rows);
  });
  return int8 ? packed + 1 : packed;
}

/** Packs the recurrent weights for the backward pass: R, or with reset before that of r, z and that of n. */
function packBackward(build: Build, given: Problem): number {
  const { H } = given;
  const size = (rows: number) => packedSize(rows, H);
  return packParts(build, given, size, (to, values, rows) => build.kernels.pack_rows(to, values, H, rows, H));
}

/** Packs the parts of the recurrent weights one after the other; `size` returns the number of floats in a packed part. */
function packParts(
  { arena }: Build,
  given: Problem,
  size: (rows: number) => number,
  pack: (to: number, values: number, rows: number) => void,
): number {
  const parts = weights(given);
  const to = arena.output(parts.reduce((sum, { rows }) => sum + size(rows), 0));
  let next = to.ptr;
  for (const { rows, values } of parts) {
    pack(next, arena.input(values), rows);
    next += size(rows) * 4;
  }
  return to.ptr;
}

/** Returns the weights that are packed together: all, or r, z and then n if the reset comes before the product. */
function weights({ cell, H, weight }: Problem): { rows: number; values: Float32Array }[] {
  const layout = layoutOf(cell);
  const { resetBefore } = layout;
  const blocks = layout.blocks.length;
  const cut = (resetBefore ? blocks - 1 : blocks) * H;
  const parts = [{ rows: cut, values: weight.subarray(0, cut * H) }];
  return resetBefore ? [...parts, { rows: H, values: weight.subarray(cut * H) }] : parts;
}
