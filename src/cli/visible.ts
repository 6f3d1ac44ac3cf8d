/** Shows the control characters of a text as JSON escapes, because a terminal would obey them. */
export function visible(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Puts a text on one line, for output with a line for each answer: each line break becomes a space. */
export const onOneLine = (text: string): string => text.replace(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/g, " ");
