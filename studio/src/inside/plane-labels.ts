/** A point of the plane in pixels. */
export interface PixelPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** Width of a letter of a label in pixels, roughly, and height of a label. */
const LETTER = 7;
const HIGH = 14;

/** Chooses points whose labels do not overlap, the first points first. @returns their indices */
export function labelledPoints(points: readonly PixelPoint[], most: number): number[] {
  const taken: PixelPoint[] = [];
  const chosen: number[] = [];
  for (const [index, point] of points.entries()) {
    if (chosen.length === most) break;
    const wide = (other: PixelPoint) =>
      (LETTER * ([...point.label].length + [...other.label].length)) / 2 + 4;
    const isFree = taken.every(
      (other) => Math.abs(other.x - point.x) > wide(other) || Math.abs(other.y - point.y) > HIGH,
    );
    if (!isFree) continue;
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

/** Moves labels down until none overlaps another. @returns how far each is moved, in pixels */
export function apart(points: readonly PixelPoint[]): number[] {
  const placed: PixelPoint[] = [];
  return points.map((point) => {
    let moved = 0;
    const overlaps = (other: PixelPoint) =>
      Math.abs(other.x - point.x) <= (LETTER * ([...point.label].length + [...other.label].length)) / 2 + 4 &&
      Math.abs(other.y - point.y - moved) <= HIGH;
    while (placed.some(overlaps)) moved += HIGH / 2;
    placed.push({ ...point, y: point.y + moved });
    return moved;
  });
}
