/** Colours of lines and dots that can be told apart, in the order of use. */
export const COLOURS = [
  "var(--train)",
  "var(--validation)",
  "var(--third)",
  "var(--fourth)",
  "var(--fifth)",
  "var(--sixth)",
] as const;

/** How the box looks that shows the values under the pointer. */
export const TIP = { fill: "var(--card)", stroke: "var(--edge)", textPadding: 6 } as const;
