const BLOCKS = "▁▂▃▄▅▆▇█";
/** Backgrounds from low to high in the 256 colours of terminals: blue, grey, orange. White letters can be read on all of them. */
const COLOURS = [26, 25, 24, 23, 237, 95, 94, 130, 166];

/**
 * Shows a value for each character of a text, on a scale from the lowest value to the highest.
 *
 * @param colour whether the values are backgrounds of the letters; if not, they are blocks below each line
 */
export function paint(text, values, colour) {
  const scale = colour ? COLOURS : [...BLOCKS];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const levels = Array.from(values, (value) => scale[level(value, low, high, scale.length)]);
  let start = 0;
  return text.split("\n").map((line) => {
    const own = levels.slice(start, start + line.length);
    start += line.length + 1;
    if (!colour) return line ? `${line}\n${own.join("")}` : "";
    return own.map((code, i) => `\x1b[97;48;5;${code}m${line[i]}`).join("") + (line && "\x1b[0m");
  });
}

/** Returns the step of a scale, 0 to `steps` - 1. */
export function level(value, low, high, steps) {
  const share = high > low ? (value - low) / (high - low) : 0;
  return Math.min(steps - 1, Math.floor(share * steps));
}
