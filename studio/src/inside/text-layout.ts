import { seen } from "./symbols.ts";

/** Where a symbol stands in a picture of a text, in columns and rows. */
export interface Place {
  readonly column: number;
  readonly row: number;
  readonly width: number;
}

export interface TextLayout {
  readonly places: readonly Place[];
  readonly rows: number;
}

/** Chinese, Japanese and Korean characters and emoji are about two columns wide. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}/u;

const widthOf = (symbol: string) =>
  [...seen(symbol)].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);

const isSpace = (symbol: string | undefined) => symbol === undefined || /^\s$/.test(symbol);

/** Returns the width of the word that begins at a character; 0 if none begins there. */
function wordAt(symbols: readonly string[], widths: readonly number[], t: number): number {
  if (!isSpace(symbols[t - 1])) return 0;
  let width = 0;
  for (let i = t; !isSpace(symbols[i]); i++) width += widths[i]!;
  return width;
}

/**
 * Places symbols in rows of a fixed number of columns. A line end closes its row, and a word that does not fit begins a new row. A
 * space or line end may stand one column past the end. If symbols are words, they stay apart by a column.
 */
export function layOut(symbols: readonly string[], columns: number, areWords: boolean): TextLayout {
  const widths = symbols.map((symbol) => Math.min(columns, widthOf(symbol)));
  const places: Place[] = [];
  let [column, row] = [0, 0];
  for (const [t, symbol] of symbols.entries()) {
    const width = widths[t]!;
    const word = areWords ? width : wordAt(symbols, widths, t);
    const isFull = column + width > columns + (isSpace(symbol) ? 1 : 0);
    if (isFull || (column > 0 && word <= columns && column + word > columns)) {
      row++;
      column = 0;
    }
    places.push({ column, row, width });
    column += width + (areWords ? 1 : 0);
    if (symbol === "\n" || symbol === "<EOS>") {
      row++;
      column = 0;
    }
  }
  return { places, rows: 1 + (places.at(-1)?.row ?? 0) };
}
