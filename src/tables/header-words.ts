import { wordsOf } from "./columns.ts";

/** Words of which the names of columns consist, in lower case. */
const WORDS = new Set(
  (
    "text sentence review comment tweet post message content phrase utterance title summary question answer query " +
    "label class category target sentiment polarity rating score stars topic intent emotion language gender nationality " +
    "token word form tag pos upos ner chunk source translation input output name id index english german french " +
    "satz klasse kategorie texte classe texto etiqueta categoria 评论 文本 内容 句子 标签 类别 情感 текст метка класс"
  ).split(" "),
);

/** Returns whether all words of a cell are those of headers. Single letters and numbers count columns, as in `text_a`. */
export function isKnownName(cell: string): boolean {
  const words = wordsOf(cell);
  return (
    words.some((word) => WORDS.has(word)) &&
    words.every((word) => WORDS.has(word) || /^(?:\p{L}|\p{N}+)$/u.test(word))
  );
}

/** Returns whether a cell may be the name of a column, such as `#1 ID`: at most three words, no number and no sentence. */
function mayBeName(cell: string): boolean {
  return (
    /^(?:#\p{N}* ?)?[\p{L}_][\p{L}\p{M}\p{N}_ .:/()#-]{0,39}$/u.test(cell) && cell.split(/\s+/).length <= 3
  );
}

/**
 * Returns whether cells may be the names of columns. The first one may be empty, as above the row numbers of pandas, and the last ones,
 * as in tables of a spreadsheet.
 */
export function mayBeNames(cells: readonly string[]): boolean {
  const end = cells.findLastIndex(Boolean) + 1;
  const named = cells.slice(cells[0] === "" && end > 2 ? 1 : 0, end);
  if (!named.length) return false;
  return named.every(mayBeName) && new Set(named).size === named.length;
}

/** Returns whether a cell stands for a missing value, as programs write it. "None" and "no" may be labels. */
export const isMissing = (cell: string): boolean =>
  /^(?:null|nan|<na>|#?n\/a|\\n)$/i.test(cell) || cell === "NA";
