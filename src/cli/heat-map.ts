import { layerName } from "./flow.ts";
import { rangeOf } from "./gate-table.ts";
import type { TracedLayer } from "./traced-gates.ts";
import { visible } from "./visible.ts";

/** Number of different colours. */
const LEVELS = 32;

const MARGIN = { left: 60, top: 56, right: 90, bottom: 24 };
const FONT = 11;
/** Approximate width of a letter in pixels. */
const LETTER = 7;
/** Maximum number of steps whose symbols all have room. */
const READABLE = 1000;
/** Maximum number of letters of a symbol. Longer ones are cut. */
const LONGEST = 12;

type Color = readonly [red: number, green: number, blue: number];

/** Blue and vermilion by Okabe and Ito, which colour-blind people can tell apart. */
const [BLUE, RED, WHITE]: readonly Color[] = [
  [0, 114, 178],
  [213, 94, 0],
  [255, 255, 255],
];

function mix(from: Color, to: Color, share: number): string {
  return `#${from
    .map((part, i) =>
      Math.round(part + (to[i]! - part) * share)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** Returns the colour of a share from 0 to 1: white to blue, or vermilion over white to blue if the range has two sides. */
function colorOf(share: number, twoSides: boolean): string {
  if (!twoSides) return mix(WHITE!, BLUE!, share);
  return share < 0.5 ? mix(RED!, WHITE!, 2 * share) : mix(WHITE!, BLUE!, 2 * share - 1);
}

const escaped = (text: string) =>
  text.replace(/[<>&"]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[c]!);

const label = (x: number, y: number, text: string, more = "") =>
  `<text x="${x}" y="${y}"${more}>${escaped(text)}</text>`;

/** Draws a gate of layers as an SVG file: a column for each symbol, a row for each unit, one picture below the other. */
export function heatMap(layers: readonly TracedLayer[], gate: string): string {
  const pictures: string[] = [];
  let [top, width] = [0, 0];
  for (const layer of layers) {
    const picture = drawLayer(layer, gate, top);
    pictures.push(picture.svg);
    top += picture.height;
    width = Math.max(width, picture.width);
  }
  const title = `${gate} of ${layers.map(layerName).join(", ")}`;
  return [
    `<svg role="img" xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="sans-serif" font-size="${FONT}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${top}" fill="#fff"/>`,
    ...pictures,
    "</svg>",
  ].join("\n");
}

function drawLayer(
  layer: TracedLayer,
  gate: string,
  top: number,
): { svg: string; width: number; height: number } {
  const { hidden: H, symbols } = layer;
  const values = layer.gates[gate]!;
  const T = symbols.length;
  const [low, high] = rangeOf(values);
  const names = symbols.map((symbol) =>
    [...visible(symbol.replaceAll("\n", "↵"))].slice(0, LONGEST).join(""),
  );
  const longest = Math.max(1, ...names.map((name) => name.length));
  const isWord = longest > 2;
  const room = isWord ? 12 : 8; // of a symbol above its column
  const w = T > READABLE ? 2 : Math.max(room, Math.min(16, Math.round(900 / T)));
  const h = Math.max(2, Math.min(12, Math.round(480 / H)));
  const every = Math.ceil(room / w); // symbols that would overlap are left out
  const words = isWord ? longest * LETTER : FONT;
  const [x0, y0] = [MARGIN.left, top + MARGIN.top + words];
  const paths = Array.from({ length: LEVELS }, () => "");
  for (let t = 0; t < T; t++) {
    for (let unit = 0; unit < H; unit++) {
      const share = high > low ? (values[t * H + unit]! - low) / (high - low) : 0;
      const level = Math.round(Math.min(1, Math.max(0, share)) * (LEVELS - 1));
      paths[level] += `M${x0 + t * w} ${y0 + unit * h}h${w}v${h}h${-w}z`;
    }
  }
  const fill = (level: number) => colorOf(level / (LEVELS - 1), low < 0);
  const tick = Math.max(1, 2 ** Math.ceil(Math.log2(14 / h)));
  const legend = x0 + T * w + 20;
  const svg = [
    label(x0, top + 22, `${gate} of ${layerName(layer)}`, ' font-size="16" font-weight="bold"'),
    ...names.flatMap((name, t) => {
      if (t % every || !name.trim()) return [];
      const [x, y] = [x0 + t * w + w / 2, y0 - 6];
      return isWord
        ? label(x + 4, y, name, ` transform="rotate(-90 ${x + 4} ${y})"`)
        : label(x, y, name, ' text-anchor="middle"');
    }),
    ...Array.from({ length: Math.ceil(H / tick) }, (_, i) =>
      label(x0 - 6, y0 + i * tick * h + h / 2 + 4, String(i * tick), ' text-anchor="end"'),
    ),
    label(
      14,
      y0 + (H * h) / 2,
      "unit",
      ` text-anchor="middle" transform="rotate(-90 14 ${y0 + (H * h) / 2})"`,
    ),
    `<g shape-rendering="crispEdges">`,
    ...paths.flatMap((d, level) => (d ? `<path fill="${fill(level)}" d="${d}"/>` : [])),
    ...paths.map(
      (_, i) =>
        `<rect x="${legend}" y="${y0 + 3 * (LEVELS - 1 - i)}" width="12" height="3" fill="${fill(i)}"/>`,
    ),
    `<path fill="none" stroke="#000" d="M${x0} ${y0}h${T * w}v${H * h}h${-T * w}zM${legend} ${y0}h12v${3 * LEVELS}h-12z"/>`,
    "</g>",
    label(legend + 18, y0 + 8, String(Number(high.toPrecision(2)))),
    label(legend + 18, y0 + 3 * LEVELS, String(Number(low.toPrecision(2)))),
  ].join("\n");
  const height = y0 - top + Math.max(H * h, 3 * LEVELS) + MARGIN.bottom;
  return { svg, width: Math.max(legend - 20 + MARGIN.right, 220), height };
}
