/** Returns a command line of `unrolled`. Its words are quoted for a shell. */
export function commandLine(...words: readonly string[]): string {
  const quoted = (text: string) => (/^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return ["npx unrolled", ...words.map(quoted)].join(" ");
}
