/** Returns a word as a shell reads it. */
export const quoted = (text: string): string =>
  /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Returns a command line of `unrolled`. Its words are quoted for a shell. */
export function commandLine(...words: readonly string[]): string {
  return ["npx unrolled", ...words.map(quoted)].join(" ");
}
