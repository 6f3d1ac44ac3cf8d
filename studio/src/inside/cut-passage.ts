/**
 * Cuts a passage out of a piece of a text. It begins after the first line end, if one is near, and ends with a word, within a line if
 * that is possible: there is more to guess than at its end.
 */
export function cutPassage(piece: string, length: number): string {
  const line = piece.indexOf("\n") + 1;
  const word = piece.indexOf(" ") + 1;
  const start = line && line < length / 2 ? line : word;
  const rest = piece.slice(start).trimStart();
  const part = rest.slice(0, length);
  const end = rest.length > length ? part.lastIndexOf(" ") : -1;
  return end > 0 ? part.slice(0, end) : part;
}
