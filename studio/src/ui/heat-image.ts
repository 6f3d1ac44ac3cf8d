import { colourOf, type Scale } from "./colours.ts";

/** Colours between the middle of a scale and its end. */
const SHADES = 127;

/** Returns the pixels of all colours of a scale, from its low end to its high end. */
function shadesOf(scale: Scale): Uint32Array {
  const colours = Array.from({ length: 2 * SHADES + 1 }, (_, i) => colourOf((i - SHADES) / SHADES, scale));
  return new Uint32Array(Uint8Array.from(colours.flatMap((rgb) => [...rgb, 255])).buffer);
}

/**
 * Paints numbers as an image of one pixel each, so that a heat map of 64,000 cells is one element of the picture.
 *
 * @param values the number at a row and a column, from -1 to 1
 * @returns the address of a PNG image
 */
export function heatImage(
  rows: number,
  columns: number,
  values: (row: number, column: number) => number,
  scale: Scale,
): string {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const shades = shadesOf(scale);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const value = Math.max(-1, Math.min(1, values(row, column)));
      pixels[at] = shades[SHADES + Math.round(SHADES * value)]!;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
