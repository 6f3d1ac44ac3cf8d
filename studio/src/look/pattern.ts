/**
 * Makes a regular expression of what a person types.
 *
 * @throws Error that says in plain words what is wrong, and at which character if that is known
 */
export function patternOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "gu");
  } catch {
    const problem = problemIn([...pattern]) ?? "it is not a regular expression";
    throw new Error(`This pattern cannot be searched for: ${problem}.`);
  }
}

/** Characters that a backslash may stand before, so that they stand for themselves. */
const SPECIAL = "^$\\.*+?()[]{}|/-";

/** Finds the first of the usual mistakes in a pattern. The messages of browsers differ, and give no place. */
function problemIn(symbols: readonly string[]): string | undefined {
  const at = (index: number) => `at character ${index + 1}`;
  const groups: number[] = [];
  let set = -1;
  let repeatable = false;
  for (const [i, symbol] of symbols.entries()) {
    if (symbols[i - 1] === "\\" && !isEscaped(symbols, i - 1)) {
      if (/^\p{L}$/u.test(symbol) && !/^[bBcdDfkKnpPrsStuvwWx]$/.test(symbol))
        return `\\${symbol} ${at(i - 1)} means nothing; leave out the backslash`;
      if (!/^[\p{L}\p{N}]$/u.test(symbol) && !SPECIAL.includes(symbol))
        return `${symbol} ${at(i)} needs no backslash before it`;
      repeatable = true;
    } else if (symbol === "\\") {
      if (i === symbols.length - 1) return `there is nothing after the backslash ${at(i)}`;
    } else if (set >= 0) {
      if (symbol === "]") [set, repeatable] = [-1, true];
    } else if (symbol === "[") set = i;
    else if (symbol === "(") {
      groups.push(i);
      repeatable = false;
    } else if (symbol === ")") {
      if (groups.pop() === undefined) return `) ${at(i)} closes nothing; for the sign itself, write \\)`;
      repeatable = true;
    } else if ("*+?".includes(symbol)) {
      const isLazy = symbol === "?" && "*+?}".includes(symbols[i - 1] ?? " ");
      const isKind = symbol === "?" && symbols[i - 1] === "(";
      if (!repeatable && !isLazy && !isKind)
        return `${symbol} ${at(i)} repeats nothing; for the sign itself, write \\${symbol}`;
      repeatable = false;
    } else if ("{}]".includes(symbol)) {
      const counts = symbol === "{" && /^\{\d+(?:,\d*)?\}/.test(symbols.slice(i).join(""));
      const ends = symbol === "}" && /\{\d+(?:,\d*)?$/.test(symbols.slice(0, i).join(""));
      if (!(counts && repeatable) && !ends)
        return `${symbol} ${at(i)} has no partner or repeats nothing; for the sign itself, write \\${symbol}`;
      repeatable = false;
    } else repeatable = !"|^$".includes(symbol);
  }
  if (set >= 0) return `[ ${at(set)} is not closed; for the sign itself, write \\[`;
  const open = groups.at(-1);
  return open === undefined ? undefined : `( ${at(open)} is not closed; for the sign itself, write \\(`;
}

/** Whether a backslash stands for itself, since another one is before it. */
function isEscaped(symbols: readonly string[], index: number): boolean {
  let before = 0;
  while (symbols[index - 1 - before] === "\\") before++;
  return before % 2 === 1;
}
