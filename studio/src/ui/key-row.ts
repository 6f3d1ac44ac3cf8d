import { dot, type Markish, type SymbolType, text } from "@observablehq/plot";
import { COLOURS } from "./plot-parts.ts";

/** Sizes in pixels: a letter about, a row, and what stands above the rows: the name of the axis. */
const [LETTER, ROW, ABOVE] = [8, 16, 22];

interface KeyRow {
  readonly marks: readonly Markish[];
  readonly marginTop: number;
  /** The scale of the colours. They repeat after six names; symbols then tell them apart. */
  readonly color: { readonly domain: string[]; readonly range: string[] };
}

/**
 * Names the colours of a chart in rows above it, where no line runs. They are in the picture, so that its files have them too.
 *
 * @param symbols the shape of each name's points, if they are not all circles
 */
export function keyRow(names: readonly string[], width: number, symbols?: readonly SymbolType[]): KeyRow {
  let [x, row] = [0, 0];
  const places = names.map((name) => {
    const size = LETTER * (name.length + 4);
    if (x > 0 && x + size > width) [x, row] = [0, row + 1];
    const place = { x, row };
    x += size;
    return place;
  });
  const colours = names.map((_, i): string => COLOURS[i % COLOURS.length]!);
  const marginTop = ABOVE + (row + 1) * ROW + 12;
  const marks = names.flatMap((name, i) => {
    const { x, row } = places[i]!;
    const at = { frameAnchor: "top-left", dy: ABOVE + row * ROW - marginTop } as const;
    const symbol = symbols?.[i];
    return [
      dot([name], {
        ...at,
        dx: x + 5,
        r: symbol ? 4.5 : 4,
        ...(symbol ? { symbol, stroke: colours[i]!, strokeWidth: 1.5 } : { fill: colours[i]! }),
      }),
      text([name], { ...at, dx: x + 15, textAnchor: "start", fill: colours[i]!, fontWeight: 600 }),
    ];
  });
  return { marks, marginTop, color: { domain: [...names], range: colours } };
}
