/** A command as a shell takes it. */
export function commandLine(...words: readonly string[]): string {
  const quoted = (text: string) => (/^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return ["npx unrolled", ...words.map(quoted)].join(" ");
}
