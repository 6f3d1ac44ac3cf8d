import { type Markish, text } from "@observablehq/plot";

/** Colours of lines and dots that can be told apart, in the order of use. */
export const COLOURS = [
  "var(--train)",
  "var(--validation)",
  "var(--third)",
  "var(--fourth)",
  "var(--fifth)",
  "var(--sixth)",
] as const;

/** Names the colours within the picture, so that its files have them too. */
export function keys(names: readonly string[]): Markish[] {
  return names.map((name, i) =>
    text([`— ${name}`], {
      frameAnchor: "top-right",
      textAnchor: "end",
      dx: -6,
      dy: 8 + 16 * i,
      fill: COLOURS[i % COLOURS.length]!,
      fontWeight: 600,
      stroke: "var(--card)",
      strokeWidth: 4,
    }),
  );
}

/** How the box looks that shows the values under the pointer. */
export const TIP = { fill: "var(--card)", stroke: "var(--edge)", textPadding: 6 } as const;
