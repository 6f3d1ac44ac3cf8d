import {
  CELL_FUNCTIONS_BIAS,
  CELL_FUNCTIONS_BIAS_GRADIENT,
  CELL_FUNCTIONS_GAIN,
  CELL_FUNCTIONS_GAIN_GRADIENT,
  CELL_FUNCTIONS_KEPT,
  CELL_FUNCTIONS_PEEPHOLES,
  CELL_FUNCTIONS_PEEPHOLES_GRADIENT,
} from "../runtime/kernels.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { cellFunctions, type FunctionAddresses, needsFunctions } from "./cell-functions.ts";
import { denseInput, projectedInput, projectInput, tokenInput } from "./cell-input.ts";
import {
  addBiasGradients,
  addHiddenGradient,
  type CellWeights,
  gradientOf,
  packedHiddenSize,
  packHiddenBackward,
} from "./cell-weights.ts";
import type { Cell } from "./cells.ts";
import { blockSteps, checkLayerInput, forwardSteps } from "./recurrent-forward.ts";
import { blocks, maskedOutput } from "./sequence.ts";

export interface RecurrentOptions {
  /** Initial hidden state, [B, H]; default 0. */
  h0?: Tensor;
  /** Initial cell state, [B, H], LSTM only; default 0. */
  c0?: Tensor;
  /** For each step, the number of sequences that have this step, [T]; default B. Sequences must be sorted, longest first. */
  batchSizes?: Int32Array;
  /** Run from the last step of each sequence to the first; default false. */
  reverse?: boolean;
  /**
   * Function to call at every step of the backward pass; default none. With a function, the pass is slower, because it handles
   * single steps instead of blocks of steps.
   */
  onStateGradient?: StateGradientObserver;
  /** Function to call after the forward pass; default none. */
  onForward?: ForwardObserver;
}

/** The values of a forward pass. All arrays are views, valid only during the call. */
export interface ForwardValues {
  /** Number of steps (T). */
  readonly steps: number;
  /** The activated gates in the kernels' order, [T, B, columns * H]. */
  readonly gates: Float32Array;
  /** Hidden states after each step, [T, B, H]. */
  readonly h: Float32Array;
  /** Cell states after each step, [T, B, H]; LSTM only. */
  readonly c?: Float32Array;
}

/** A function that receives the values of a forward pass. Past the end of a sequence, they have no meaning. */
export type ForwardObserver = (values: ForwardValues) => void;

/**
 * A function that receives dL/dh<t>, the gradient of the loss with respect to the hidden state of step t. This is the sum of the
 * gradient from the output of step t and the gradient from the step processed after t.
 *
 * @param step t, counted from 0
 * @param gradient view [rows, H], valid only during the call
 * @param rows number of sequences with more than `step` steps. Sequences are sorted, longest first.
 */
export type StateGradientObserver = (step: number, gradient: Float32Array, rows: number) => void;

export interface RecurrentResult {
  /** Hidden states of all steps, [T, B, H]; 0 after a sequence's last step. */
  output: Tensor;
  /** Hidden state after the step that was processed last, [B, H]. */
  h: Tensor;
  /** Cell state after the step that was processed last, [B, H]; LSTM only. */
  c?: Tensor;
}

/**
 * Runs sequences through one layer in one direction, as one entry on the tape. Steps are grouped in blocks. In the forward pass,
 * one matrix product projects the inputs of a whole block, so only the recurrent product is computed step by step. In the
 * backward pass (BPTT), the time loop overwrites activations with the gradients of the pre-activations. Then one matrix product
 * per weight computes the gradients of a whole block.
 *
 * The caller checks the shapes of all tensors.
 *
 * @param x float32 features [T, B, I], or int32 tokens [T, B], which stand for one-hot vectors of length I
 */
export function recurrent(
  cell: Cell,
  x: Tensor,
  weights: CellWeights,
  options: RecurrentOptions = {},
): RecurrentResult {
  return x.runtime.frame(() => run(cell, x, weights, options));
}

function run(cell: Cell, x: Tensor, weights: CellWeights, options: RecurrentOptions): RecurrentResult {
  const rt = x.runtime;
  const { weightIh, weightHh, peephole, norm, inputNorm } = weights;
  const { h0, c0, batchSizes, reverse = false, onStateGradient, onForward } = options;
  const { biasIh, biasHh } = weights;
  const inputs = [x, weightIh, weightHh, biasIh, biasHh, peephole, norm, h0, c0];
  checkLayerInput(cell, x, weights, h0, c0);
  const [T = 0, B = 0] = x.shape;
  const H = weightHh.shape[1]!;
  const ld = cell.columns * H;
  const slab = B * H;
  const tokensOrFeatures = x.dtype === "int32" ? tokenInput : denseInput;
  const cellInput = inputNorm ? projectedInput : tokensOrFeatures;
  if (inputNorm)
    x = inputs[0] = inputNorm.forward(projectInput(tokensOrFeatures, cell, x, weights), batchSizes);

  // `hs` and `cs` hold T + 1 slabs. A slab is one state [B, H]. Step t reads one slab and writes another. If `reverse` is false,
  // step t reads slab t and writes slab t + 1. If `reverse` is true, step t reads slab t + 1 and writes slab t.
  const before = reverse ? 1 : 0;
  const after = 1 - before;
  const first = reverse ? T : 0;
  const last = T - first;
  const hs = rt.allocate((T + 1) * slab);
  const cs = cell.memory ? rt.allocate((T + 1) * slab) : 0;
  const gates = rt.allocate(T * B * ld);
  const requiresGrad = rt.records(inputs);
  const raw = norm && requiresGrad ? rt.allocate(T * B * ld) : 0;
  const active = batchSizes ? rt.allocate(T) : 0;
  if (batchSizes) rt.ints(active, T).set(batchSizes);
  const at = (base: number, t: number, width = slab) => base && base + t * width * 4;
  /** Sets the state [B, H] at address `to` to the values of `from`. If `from` is missing, sets it to 0. */
  const fill = (to: number, from?: Tensor | null) => rt.kernels.fill_rows(to, slab, from?.ptr ?? 0, 1, slab);
  const steps = blockSteps(B);
  /**
   * Writes `addresses` and the addresses that both passes use, with `cellFunctions`. Returns the address of the written memory.
   * Writes nothing and returns 0 if the cell does not need the memory.
   */
  const writeFunctions = (addresses: FunctionAddresses): number => {
    if (!needsFunctions(cell)) return 0;
    const kept = raw && raw - gates;
    return cellFunctions(rt, cell, {
      [CELL_FUNCTIONS_PEEPHOLES]: peephole?.ptr,
      [CELL_FUNCTIONS_GAIN]: norm?.ptr,
      [CELL_FUNCTIONS_KEPT]: kept,
      ...addresses,
    });
  };

  rt.frame(() => {
    fill(at(hs, first), h0);
    if (cs) fill(at(cs, first), c0);
    forwardSteps(
      rt,
      cell,
      x,
      weights,
      { T, B, H, reverse },
      {
        hs,
        cs,
        gates,
        keepsGates: true,
        active,
        weights: rt.scratch(packedHiddenSize(cell, H)),
        bias: rt.scratch(ld),
        functions: (bias) => writeFunctions({ [CELL_FUNCTIONS_BIAS]: bias }),
      },
    );
  });

  onForward?.({
    steps: T,
    gates: rt.floats(gates, T * B * ld),
    h: rt.floats(at(hs, after), T * slab),
    ...(cs && { c: rt.floats(at(cs, after), T * slab) }),
  });
  const output = batchSizes
    ? maskedOutput(rt, at(hs, after), [T, B, H], batchSizes, requiresGrad)
    : rt.adopt(hs, [T, B, H], { requiresGrad, ptr: at(hs, after) });
  const state = (states: number): Tensor => {
    const tensor = rt.output([B, H], inputs);
    rt.kernels.copy_rows(tensor.ptr, slab, at(states, last), slab, 1, slab);
    return tensor;
  };
  const result: RecurrentResult = { output, h: state(hs), ...(cs && { c: state(cs) }) };
  const saved = [gates, raw, cs, ...(batchSizes ? [hs, active] : [])].filter((block) => block !== 0);

  if (!requiresGrad) {
    for (const block of saved) rt.free(block);
    return result;
  }
  rt.record({
    name: "recurrent",
    inputs,
    outputs: Object.values(result),
    saved,
    backward: () => {
      const k = rt.kernels;
      const dout = output.gradPtr();
      const gradient = (of: Tensor | undefined): number => {
        const block = rt.scratch(slab);
        fill(block, of?.grad);
        return block;
      };
      const dh = gradient(result.h);
      const dc = cs && gradient(result.c);
      const sums = rt.scratch(ld);
      const biases = norm ? rt.scratch(ld) : sums;
      for (const row of [sums, biases]) k.fill_rows(row, ld, 0, 1, ld);
      const functions = writeFunctions({
        [CELL_FUNCTIONS_PEEPHOLES_GRADIENT]: peephole && gradientOf(rt, peephole),
        [CELL_FUNCTIONS_GAIN_GRADIENT]: norm && gradientOf(rt, norm),
        [CELL_FUNCTIONS_BIAS_GRADIENT]: biases,
      });
      const work = rt.scratch(slab + 5 * H);
      const w = packHiddenBackward(rt, cell, weightHh, H);
      const input = cellInput(rt, cell, x, weights, 0, H);
      const total = onStateGradient ? rt.scratch(slab) : 0;
      for (const [from, n] of blocks(T, onStateGradient ? 1 : steps, !reverse)) {
        const t = reverse ? from : from + n - 1;
        if (onStateGradient) {
          const rows = batchSizes?.[t] ?? B;
          k.add_forward(total, dh, at(dout, t), rows * H);
          onStateGradient(t, rt.floats(total, rows * H), rows);
        }
        k.recurrent_backward(
          cell.id,
          functions,
          at(gates, t, B * ld),
          dh,
          dc,
          at(dout, t),
          at(hs, t + after),
          at(hs, t + before),
          at(cs, t + before),
          w,
          work,
          n,
          B,
          H,
          reverse ? 1 : -1,
          at(active, t, 1),
        );
        const dgates = at(gates, from, B * ld);
        input.backward(dgates, from * B, n * B, sums);
        addHiddenGradient(rt, cell, weightHh, dgates, at(hs, from + before), n * B, H);
      }
      input.finish(sums);
      addBiasGradients(rt, cell, biases, weights, H);
      if (h0?.requiresGrad) k.add_scaled(h0.gradPtr(), dh, 1, slab);
      if (c0?.requiresGrad) k.add_scaled(c0.gradPtr(), dc, 1, slab);
    },
  });
  return result;
}
