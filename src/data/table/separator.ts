/**
 * Returns the separator of a line. It is a tab if the line has a tab outside quotes. If not, it is a semicolon if the line has a
 * semicolon outside quotes. Otherwise it is a comma.
 */
export function separatorOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  return ["\t", ";"].find((separator) => bare.includes(separator)) ?? ",";
}
