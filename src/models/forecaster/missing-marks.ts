/** A number that occurs far from the other numbers of its column. */
export interface FarNumber {
  readonly value: number;
  /** How often it occurs. */
  readonly count: number;
  /** Index of the first row that has it. */
  readonly first: number;
  /** What it is far from, in words. */
  readonly from: string;
  /** Whether it is a number that loggers write if they have none. */
  readonly mark: boolean;
}

/** Numbers from which a column is searched. With fewer, a number can be far from the others by chance. */
const LEAST = 8;

/** How many ranges of the others an end has to be away, to be told to the user. */
const FAR = 3;

/** Times the usual distance between neighbours that a negative mark has to be below numbers that are all positive. */
const APART = 10;

/**
 * Finds the numbers at the ends of a column that are far from all others. They may be marks for missing numbers, such as -200, -999 or
 * 9999 in the files of loggers. A number is a mark if it is written like one and lies beyond the others by more than their range, or if it
 * is negative, occurs more than once, and all others are positive and close to each other.
 *
 * @param column the numbers; NaN in gaps
 */
export function farNumbers(column: Float64Array): FarNumber[] {
  const counts = countsOf(column, (value) => !Number.isNaN(value));
  let numbers = 0;
  for (const count of counts.values()) numbers += count;
  let distinct = Float64Array.from(counts.keys()).sort();
  const found: FarNumber[] = [];
  // An end that is left out may have hidden another one.
  for (let more = true; more; ) {
    more = false;
    for (const low of [true, false]) {
      const value = low ? distinct[0]! : distinct.at(-1)!;
      const count = counts.get(value)!;
      const others = low ? distinct.subarray(1) : distinct.subarray(0, -1);
      if (others.length < 2 || numbers - count < LEAST) continue;
      const mark = isMark(value, count, others);
      const known = found.some((one) => one.value === value);
      if (known || !(mark || (isFar(value, others) && count * 10 <= numbers))) continue;
      const from = `all others are between ${others[0]} and ${others.at(-1)}`;
      found.push({ value, count, first: column.indexOf(value), from, mark });
      if (!mark) continue;
      distinct = others;
      numbers -= count;
      more = true;
    }
  }
  return found;
}

/** How many standard deviations a number has to be away from the training data, to be told to the user. */
const FAR_DEVIATIONS = 100;

/**
 * Finds the numbers that are more than 100 standard deviations from the mean of the training data, also in a column of a single row.
 * They are marks for missing numbers if they are written like one.
 */
export function farFromTraining(
  column: Float64Array,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): FarNumber[] {
  const counts = countsOf(column, (value) => Math.abs(value - mean) > FAR_DEVIATIONS * deviation);
  const short = (value: number) => Number(value.toPrecision(4));
  const from = `those of the training data have a mean of ${short(mean)} and a standard deviation of ${short(deviation)}`;
  return [...counts].map(([value, count]) => ({
    ...{ value, count, first: column.indexOf(value), from },
    mark: isWritten(value),
  }));
}

/** Counts how often each number occurs that passes a test. */
function countsOf(column: Float64Array, passes: (value: number) => boolean): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of column) if (passes(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Returns the distance of a number from others, and their range. @param others the other numbers, sorted */
function apartFrom(
  value: number,
  others: Float64Array,
): { readonly distance: number; readonly range: number } {
  const [smallest, largest] = [others[0]!, others.at(-1)!];
  const distance = value < smallest ? smallest - value : value - largest;
  return { distance, range: largest - smallest };
}

/** @param others the other numbers, sorted */
function isMark(value: number, count: number, others: Float64Array): boolean {
  if (!isWritten(value)) return false;
  const { distance, range } = apartFrom(value, others);
  if (distance > range) return true;
  if (!(value < 0 && others[0]! >= 0 && count > 1)) return false;
  const steps = others.subarray(1).map((next, i) => next - others[i]!);
  return distance > APART * steps.sort()[steps.length >> 1]!;
}

/** Tells whether a number looks like a mark: nines (999, -99.9, 9999.99), negative hundreds, or the end of a number format. */
function isWritten(value: number): boolean {
  const nines = /^-?99+(?:\.9+)?$/.test(String(value));
  const hundreds = value <= -100 && value % 100 === 0;
  return (
    nines ||
    hundreds ||
    Math.abs(value) >= 1e20 ||
    value === -32768 ||
    value === 2 ** 31 - 1 ||
    value === -(2 ** 31)
  );
}

function isFar(value: number, others: Float64Array): boolean {
  const { distance, range } = apartFrom(value, others);
  return others.length > 2 && distance > FAR * range;
}
