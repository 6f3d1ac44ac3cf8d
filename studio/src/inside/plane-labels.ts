/** A point of the plane in pixels. */
export interface PixelPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** Width of a bold letter of a label in pixels, roughly, and height of a label. */
const LETTER = 8;
const HIGH = 16;

const widthOf = ({ label }: PixelPoint) => LETTER * [...label].length;

const overlap = (a: PixelPoint, b: PixelPoint) =>
  Math.abs(a.x - b.x) < (widthOf(a) + widthOf(b)) / 2 + 4 && Math.abs(a.y - b.y) < HIGH;

/** The left and the right end of the space for labels, in pixels. */
type Ends = readonly [left: number, right: number];

/** Chooses points whose labels overlap neither each other nor the ends, the first points first. @returns their indices */
export function labelledPoints(points: readonly PixelPoint[], most: number, [left, right]: Ends): number[] {
  const taken: PixelPoint[] = [];
  const chosen: number[] = [];
  for (const [index, point] of points.entries()) {
    if (chosen.length === most) break;
    const half = widthOf(point) / 2;
    if (point.x - half < left || point.x + half > right) continue;
    if (taken.some((other) => overlap(other, point))) continue;
    taken.push(point);
    chosen.push(index);
  }
  return chosen;
}

/** Returns the middle of the points of each group, in the order in which the groups first appear. */
export function middles(
  points: ArrayLike<number>,
  groups: readonly string[],
): { readonly group: string; readonly x: number; readonly y: number }[] {
  const sums = new Map<string, [count: number, x: number, y: number]>();
  groups.forEach((group, i) => {
    const [count, x, y] = sums.get(group) ?? [0, 0, 0];
    sums.set(group, [count + 1, x + points[2 * i]!, y + points[2 * i + 1]!]);
  });
  return [...sums].map(([group, [count, x, y]]) => ({ group, x: x / count, y: y / count }));
}

/** Moves labels between the ends, and down until none overlaps another. @returns their places, in pixels */
export function apart(points: readonly PixelPoint[], [left, right]: Ends): PixelPoint[] {
  const placed: PixelPoint[] = [];
  for (const point of points) {
    const half = widthOf(point) / 2;
    let moved = { ...point, x: Math.max(left + half, Math.min(right - half, point.x)) };
    while (placed.some((other) => overlap(other, moved))) moved = { ...moved, y: moved.y + HIGH / 2 };
    placed.push(moved);
  }
  return placed;
}
