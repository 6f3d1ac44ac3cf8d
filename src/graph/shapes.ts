/** Lengths of the axes. */
export type Shape = readonly number[];

/** Returns the distance of neighbours along each axis of a tensor in C order. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = new Array(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** Returns the shape of an elementwise result, by the rules of NumPy; undefined if the shapes do not fit. */
export function broadcast(...shapes: Shape[]): number[] | undefined {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (const [i, length] of shape.entries()) {
      const at = rank - shape.length + i;
      if (result[at] === 1) result[at] = length;
      else if (length !== 1 && length !== result[at]) return undefined;
    }
  }
  return result;
}

/** Returns the strides with which a tensor is read as one of the larger shape `to`: 0 along axes that are repeated. */
export function broadcastStrides(shape: Shape, to: Shape): number[] {
  const strides = stridesOf(shape);
  const more = to.length - shape.length;
  return to.map((_, i) => (i < more || shape[i - more] === 1 ? 0 : strides[i - more]!));
}

/**
 * Calls `visit` for each element of a shape, in C order.
 *
 * @param strides the strides of arrays that are read or written along; `visit` gets the place in each
 */
export function eachPlace(
  shape: Shape,
  strides: readonly (readonly number[])[],
  visit: (places: readonly number[]) => void,
): void {
  const places = strides.map(() => 0);
  const index = shape.map(() => 0);
  if (shape.includes(0)) return;
  for (;;) {
    visit(places);
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      const done = ++index[axis]! === shape[axis];
      for (const [i, steps] of strides.entries()) places[i]! += steps[axis]! * (done ? 1 - shape[axis]! : 1);
      if (!done) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** A shape in at most so many axes that all arrays can be walked with. */
export interface Walk {
  readonly shape: number[];
  /** For each array, the distance of neighbours along each axis. */
  readonly strides: number[][];
}

/** Merges axes that arrays can walk as one, and drops those of length 1. At least one axis is left. */
export function collapse(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const walk: Walk = { shape: [], strides: strides.map(() => []) };
  for (const [axis, length] of shape.entries()) {
    if (length === 1) continue;
    const last = walk.shape.length - 1;
    const joins = last >= 0 && strides.every((steps, i) => walk.strides[i]![last] === steps[axis]! * length);
    if (joins) {
      walk.shape[last]! *= length;
      for (const [i, steps] of strides.entries()) walk.strides[i]![last] = steps[axis]!;
    } else {
      walk.shape.push(length);
      for (const [i, steps] of strides.entries()) walk.strides[i]!.push(steps[axis]!);
    }
  }
  if (!walk.shape.length) {
    walk.shape.push(1);
    for (const steps of walk.strides) steps.push(1);
  }
  return walk;
}
