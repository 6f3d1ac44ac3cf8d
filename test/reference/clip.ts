/**
 * Scales all gradients by min(1, maxNorm / (norm + 1e-6)), in place; the norm (`normType` 2 or Infinity) is over all of them
 * together. Returns the norm before scaling.
 */
export function clipGradNorm(
  grads: Float64Array[],
  maxNorm: number,
  normType: 2 | typeof Infinity = 2,
): number {
  let norm = 0;
  for (const g of grads)
    for (const value of g) norm = normType === 2 ? norm + value * value : Math.max(norm, Math.abs(value));
  if (normType === 2) norm = Math.sqrt(norm);
  const scale = Math.min(1, maxNorm / (norm + 1e-6));
  for (const g of grads) g.set(g.map((value) => value * scale));
  return norm;
}

/** Clips every gradient to [-clipValue, clipValue], in place. */
export function clipGradValue(grads: Float64Array[], clipValue: number): void {
  for (const g of grads) g.set(g.map((value) => Math.min(clipValue, Math.max(-clipValue, value))));
}
