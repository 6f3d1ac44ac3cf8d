// Layer normalisation inside a cell (Ba, Kiros and Hinton 2016). Every row of the array `gates` has several blocks of H
// pre-activations, for example one block for each gate. A pre-activation a becomes gain (a - mean) / sqrt(variance + eps) + bias.
// The mean and the variance are those of its block. Before the normalisation, the pre-activations do not include biases.
//
// The backward pass needs the pre-activations as they were before the normalisation. If `kept` is not 0, the forward pass copies
// them. The copy of a pre-activation at address p has the address p + kept.

import { CellFunctions } from "./cell-functions";
import { add_forward } from "./elementwise";
import { at } from "./lane";
import { layer_norm_backward, layer_norm_forward } from "./norm";

const EPS = 1e-5;

/**
 * Normalises blocks of H columns in gates [B, columns * H]. `first` is the index of the first block to be normalised, and `count`
 * is the number of these blocks. If the cell has no gains, does nothing.
 */
export function normalizeGates(
  functions: CellFunctions | null, gates: usize, columns: i32, first: i32, count: i32, B: i32, H: i32,
): void {
  if (!functions || !functions.gain) return;
  const size = <usize>(count * H) << 2;
  for (let b = 0; b < B; b++, gates = at(gates, columns * H)) {
    if (functions.kept) memory.copy(at(gates, first * H) + functions.kept, at(gates, first * H), size);
    for (let i = first; i < first + count; i++) {
      const block = at(gates, i * H);
      layer_norm_forward(block, block, at(functions.gain, i * H), at(functions.bias, i * H), 1, H, EPS);
    }
  }
}

/**
 * The backward pass of normalizeGates. In `gates`, replaces the gradients of the normalised pre-activations by the gradients of
 * the original pre-activations. Adds the gradients of gain and bias to the arrays `gainGradient` and `biasGradient`. work:
 * scratch memory of H floats.
 */
export function normalizeGatesBackward(
  functions: CellFunctions | null, gates: usize, columns: i32, first: i32, count: i32, work: usize, B: i32, H: i32,
): void {
  if (!functions || !functions.gain) return;
  const size = <usize>H << 2;
  for (let b = 0; b < B; b++, gates = at(gates, columns * H)) {
    for (let i = first; i < first + count; i++) {
      const block = at(gates, i * H), offset = i * H, dBias = at(functions.biasGradient, offset);
      add_forward(dBias, dBias, block, H);
      memory.copy(work, block, size);
      memory.fill(block, 0, size);
      const raw = block + functions.kept;
      layer_norm_backward(block, at(functions.gainGradient, offset), work, raw, at(functions.gain, offset), 1, H, EPS);
    }
  }
}
