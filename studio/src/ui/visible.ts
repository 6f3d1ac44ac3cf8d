/** Characters that cannot be seen: white space except the usual one, marks without width, controls. */
const INVISIBLE = /(?![ \n\t])[\p{Z}\p{C}\p{DI}]/gu;

const named = (character: string) =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

/** Names the characters of a text that cannot be seen, such as [U+200B]. */
export const withNames = (text: string): string =>
  text.replace(INVISIBLE, (character) => `[${named(character)}]`);

const WHITE: Readonly<Record<string, string>> = {
  " ": "the space",
  "\n": "the line end",
  "\t": "the tab",
};

/** Returns a text in quotation marks, or, if nothing of it can be seen, the names of its characters, such as U+200B. */
export function visible(text: string): string {
  if (WHITE[text]) return WHITE[text];
  if (text.replace(INVISIBLE, "")) return `“${withNames(text)}”`;
  return Array.from(text, named).join(" ");
}
