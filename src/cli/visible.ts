/** Shows the control characters of a text as JSON escapes, because a terminal would obey them. */
export function visible(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
