/**
 * Puts the value of each character of a text on a scale of `steps` steps, from the lowest value of a visible character to the
 * highest.
 *
 * @returns for each character a whole number, 0 to `steps` - 1
 */
export function levelsOf(text, values, steps) {
  const visible = values.filter((_, i) => text[i] !== "\n");
  const [low, high] = [Math.min(...visible), Math.max(...visible)];
  const share = (value) => (high > low ? (value - low) / (high - low) : 0);
  return Array.from(values, (value) => Math.max(0, Math.min(steps - 1, Math.floor(share(value) * steps))));
}
