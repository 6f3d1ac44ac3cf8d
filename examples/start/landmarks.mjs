/** Things that a person sees at every character of a play and that a unit may follow. Each gives a number for each character. */
export const LANDMARKS = {
  "how far along the line it is": perLine((_, i) => i),
  "whether it reads a speaker's name": perLine((line) => Number(/^[A-Z][\w' ]*:$/.test(line))),
  "whether it is inside a word": perLine((line, i) => Number(/[\w']/.test(line[i] ?? ""))),
};

/** @param see computes the number from a line and a place in it; at `line.length` is the line break */
function perLine(see) {
  return (text) =>
    Float32Array.from(
      text.split("\n").flatMap((line) => Array.from({ length: line.length + 1 }, (_, i) => see(line, i))),
    ).subarray(0, text.length);
}
