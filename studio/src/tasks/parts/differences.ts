/** A token that both sequences have, or only the first one, or only the second one. */
export interface Difference {
  readonly kind: "same" | "missing" | "extra";
  readonly token: string;
}

/** Aligns two sequences so that as many tokens as possible are the same (the longest common subsequence). */
export function differences(right: readonly string[], written: readonly string[]): Difference[] {
  const [n, m] = [right.length, written.length];
  // common[i][j]: how many tokens the rests from i and from j have in common.
  const common = Array.from({ length: n + 1 }, () => new Int32Array(m + 1));
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      common[i]![j] =
        right[i] === written[j]
          ? common[i + 1]![j + 1]! + 1
          : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const found: Difference[] = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && right[i] === written[j]) {
      found.push({ kind: "same", token: right[i]! });
      i++;
      j++;
    } else if (i < n && (j === m || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      found.push({ kind: "missing", token: right[i++]! });
    } else {
      found.push({ kind: "extra", token: written[j++]! });
    }
  }
  return found;
}

/** Splits texts for a comparison: into characters if one of them is a single word, else into words and the spaces between them. */
export function tokensOf(...texts: readonly string[]): string[][] {
  const words = texts.every((text) => /\S\s+\S/.test(text));
  return texts.map((text) => (words ? text.split(/(\s+)/).filter(Boolean) : [...text]));
}
