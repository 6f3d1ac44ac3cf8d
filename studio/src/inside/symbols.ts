const MARKS: Readonly<Record<string, string>> = { " ": "␣", "\n": "⏎", "\t": "⇥", "\u00a0": "␣" };

/** Returns a symbol as it can be seen: spaces and line ends have marks. */
export const seen = (symbol: string) => MARKS[symbol] ?? symbol;

/** Returns a symbol in quotation marks, for tips and sentences. */
export const quoted = (symbol: string) => `‘${seen(symbol)}’`;

/** Whether a symbol is a control symbol of the vocabulary such as `<EOS>` or `<UNK>`, not text. */
export const isControl = (symbol: string) => /^<[A-Z]+>$/.test(symbol);

/** Returns a symbol cut to at most `most` characters. */
export function short(symbol: string, most: number): string {
  const characters = [...seen(symbol)];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
}

const SIGNS: Readonly<Record<string, string>> = {
  " ": "␣",
  "\n": "⏎",
  "\t": "⇥",
  "<EOS>": "■",
  "<UNK>": "?",
};

const NAMES: Readonly<Record<string, string>> = {
  " ": "space",
  "\n": "line end",
  "\t": "tab",
  "<EOS>": "end",
  "<UNK>": "unknown",
};

/** Returns a symbol as a sign that can be seen. ■ is the end. */
export const sign = (symbol: string): string => SIGNS[symbol] ?? symbol;

/** Returns a symbol as words call it: the end, a space, or the symbol itself. */
export const spoken = (symbol: string): string => NAMES[symbol] ?? symbol;
