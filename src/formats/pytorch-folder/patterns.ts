/** White space of JavaScript's `\s`, for a class of Python. */
const SPACE = "\\t-\\r \\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF";

/** The parts of a pattern that Python writes otherwise. */
const PART = /\[\^\\S\\n\]|\\p\{(\w+)\}|\\u\{([\dA-F]+)\}|\\([sSd])|\\.|\[\^?|\]/gu;

/**
 * Turns a pattern of JavaScript with the flag `u` into one of Python's `re`, which matches the same. Classes of Unicode become lists of
 * characters, as this engine knows them, so that both sides cut a text into the same words whatever their versions of Unicode are.
 */
export function pythonPattern(source: string): string {
  let inClass = false;
  return source.replace(PART, (part, property?: string, code?: string, letter?: string) => {
    const group = (ranges: string) => (inClass ? ranges : `[${ranges}]`);
    if (part === "[^\\S\\n]") return `[${SPACE.replace("\\t-\\r", "\\t\\x0B-\\r")}]`;
    if (property) return group(rangesOf(property));
    if (code) return escaped(Number.parseInt(code, 16));
    if (letter === "s") return group(SPACE);
    if (letter === "d") return group("0-9");
    if (letter === "S" && !inClass) return `[^${SPACE}]`;
    if (part.startsWith("[")) inClass = true;
    if (part === "]") inClass = false;
    return part;
  });
}

/** The ranges of a class of Unicode, by its name. */
const known = new Map<string, string>();

function rangesOf(property: string): string {
  const found = known.get(property);
  if (found !== undefined) return found;
  const isMember = new RegExp(`^\\p{${property}}$`, "u");
  let ranges = "";
  for (let code = 0, start = -1; code <= 0x110000; code++) {
    const member = code < 0x110000 && isMember.test(String.fromCodePoint(code));
    if (member && start < 0) start = code;
    if (member || start < 0) continue;
    ranges += code - start === 1 ? escaped(start) : `${escaped(start)}-${escaped(code - 1)}`;
    start = -1;
  }
  known.set(property, ranges);
  return ranges;
}

/** Writes a character as an escape of Python. */
function escaped(code: number): string {
  const hex = code.toString(16).toUpperCase();
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
