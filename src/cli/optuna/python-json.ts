/** A string, or a number that JSON does not have but Python's json writes. */
const TOKEN = /"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g;

/** Parses JSON as Python writes it. NaN and infinite numbers become texts, so that `Number(value)` gives the number. */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${token}"`)));
  }
}
