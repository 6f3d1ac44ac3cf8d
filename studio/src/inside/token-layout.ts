/** A token with its place in a picture. */
export interface PlacedToken {
  readonly index: number;
  readonly x: number;
  readonly line: number;
  readonly width: number;
}

/** Width of a letter of the monospaced font at the size of 14 pixels. Wide letters, such as Chinese ones, have twice that. */
export const LETTER = 8.43;

const WIDE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Extended_Pictographic}]/u;

/** Returns the width of a text in the monospaced font, in pixels. */
export function textWidth(text: string, letter = LETTER): number {
  let letters = 0;
  for (const character of text) letters += WIDE.test(character) ? 2 : 1;
  return letters * letter;
}

/**
 * Places tokens in lines, as text flows.
 *
 * @param widths width of each token in pixels
 * @param available width of a line
 * @param gap pixels between tokens
 * @param isSpace tells whether a line may end after a token; default: after every token
 */
export function placeTokens(
  widths: readonly number[],
  available: number,
  gap: number,
  isSpace?: (index: number) => boolean,
): { readonly tokens: readonly PlacedToken[]; readonly lines: number } {
  const tokens: PlacedToken[] = [];
  let [line, x, index] = [0, 0, 0];
  while (index < widths.length) {
    let end = index + 1;
    let width = widths[index]!;
    while (isSpace && end < widths.length && !isSpace(end - 1)) width += gap + widths[end++]!;
    if (x > 0 && x + width > available) [line, x] = [line + 1, 0];
    for (; index < end; index++) {
      const own = widths[index]!;
      if (x > 0 && x + own > available) [line, x] = [line + 1, 0];
      tokens.push({ index, x, line, width: own });
      x += own + gap;
    }
  }
  return { tokens, lines: widths.length ? line + 1 : 0 };
}
