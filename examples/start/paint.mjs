import { levelsOf } from "./levels.mjs";

const BLOCKS = "▁▂▃▄▅▆▇█";
/** Backgrounds from low to high in the 256 colours of terminals: blue, grey, orange. White letters can be read on all of them. */
const COLOURS = [26, 25, 24, 23, 237, 95, 94, 130, 166];

/**
 * Shows a value for each character of a text.
 *
 * @param colour whether values are backgrounds of the letters; if not, they are blocks below each line
 * @returns lines
 */
export function paint(text, values, colour) {
  const scale = colour ? COLOURS : [...BLOCKS];
  const marks = levelsOf(text, values, scale.length).map((level) => scale[level]);
  let start = 0;
  return text.split("\n").flatMap((line) => {
    const own = marks.slice(start, start + line.length);
    start += line.length + 1;
    if (!colour) return [line, own.join("")];
    return [`${own.map((code, i) => `\x1b[97;48;5;${code}m${line[i]}`).join("")}\x1b[0m`];
  });
}
