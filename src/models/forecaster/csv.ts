/**
 * Returns the separator of a line. It is a tab if the line has a tab outside quotes. If not, it is a semicolon if the line has a
 * semicolon outside quotes. Otherwise it is a comma.
 */
export function separatorOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  return ["\t", ";"].find((separator) => bare.includes(separator)) ?? ",";
}

/**
 * Splits a line into cells, as in RFC 4180, except that a cell cannot span lines. Quotes and white space around a cell are
 * removed.
 *
 * @returns the cells; undefined if a quote is not closed, or if something other than a separator follows a closed quote
 */
export function splitCells(line: string, separator: string): string[] | undefined {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  for (let start = 0; start <= line.length; ) {
    while (line[start] === " ") start++;
    let end = line.indexOf(separator, start);
    if (line[start] === '"') {
      let close = line.indexOf('"', start + 1);
      while (close > 0 && line[close + 1] === '"') close = line.indexOf('"', close + 2);
      if (close < 0) return undefined;
      cells.push(
        line
          .slice(start + 1, close)
          .replaceAll('""', '"')
          .trim(),
      );
      end = line.indexOf(separator, close);
      if (line.slice(close + 1, end < 0 ? undefined : end).trim()) return undefined;
    } else {
      cells.push(line.slice(start, end < 0 ? undefined : end).trim());
    }
    if (end < 0) break;
    start = end + 1;
  }
  return cells;
}
