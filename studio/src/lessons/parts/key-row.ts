import { type Markish, text } from "@observablehq/plot";
import { COLOURS } from "../../ui/plot-parts.ts";

/** Sizes in pixels: a letter about, a row, and what stands above the rows: the name of the axis. */
const [LETTER, ROW, ABOVE] = [7.2, 16, 22];

interface KeyRow {
  readonly marks: readonly Markish[];
  readonly marginTop: number;
}

/** Names the colours in rows above a chart, where no line runs. */
export function keyRow(names: readonly string[], width: number): KeyRow {
  let [x, row] = [0, 0];
  const places = names.map((name) => {
    const size = LETTER * (name.length + 5);
    if (x > 0 && x + size > width) [x, row] = [0, row + 1];
    const place = { x, row };
    x += size;
    return place;
  });
  const marginTop = ABOVE + (row + 1) * ROW + 12;
  const marks = names.map((name, i) =>
    text([`● ${name}`], {
      frameAnchor: "top-left",
      textAnchor: "start",
      dx: places[i]!.x,
      dy: ABOVE + places[i]!.row * ROW - marginTop,
      fill: COLOURS[i % COLOURS.length]!,
      fontWeight: 600,
    }),
  );
  return { marks, marginTop };
}
