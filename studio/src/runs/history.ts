/** A loss at an iteration. */
export interface Point {
  readonly iteration: number;
  readonly loss: number;
}

/** The losses of a run as plain JSON, never more points than the chart can show. */
export interface Losses {
  readonly steps: readonly Point[];
  /** Number of reports that each point of `steps` is the mean of. */
  readonly each: number;
  readonly validations: readonly Point[];
}

const MOST = 1000;

export class History {
  #steps: Point[];
  #each: number;
  #waiting: Point[] = [];
  #validations: Point[];

  constructor({ steps, each, validations }: Losses = { steps: [], each: 1, validations: [] }) {
    this.#steps = [...steps];
    this.#each = each;
    this.#validations = [...validations];
  }

  get losses(): Losses {
    return { steps: [...this.#steps], each: this.#each, validations: [...this.#validations] };
  }

  addStep(point: Point): void {
    this.#waiting.push(point);
    if (this.#waiting.length < this.#each) return;
    this.#steps.push(mean(this.#waiting));
    this.#waiting = [];
    if (this.#steps.length <= MOST) return;
    this.#steps = inPairs(this.#steps);
    this.#each *= 2;
  }

  addValidation(point: Point): void {
    this.#validations.push(point);
    // Thins out the points: the first of each pair is dropped.
    if (this.#validations.length > MOST) this.#validations = this.#validations.filter((_, i) => i % 2);
  }

  /** Drops the points after an iteration to which the run returns. @returns this history */
  backTo(iteration: number): this {
    const until = (points: Point[]) => points.filter((point) => point.iteration <= iteration);
    this.#steps = until(this.#steps);
    this.#waiting = until(this.#waiting);
    this.#validations = until(this.#validations);
    return this;
  }
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce((sum, { loss }) => sum + loss, 0);
  return { iteration: points.at(-1)!.iteration, loss: sum / points.length };
}

function inPairs(points: readonly Point[]): Point[] {
  return Array.from({ length: Math.floor(points.length / 2) }, (_, i) =>
    mean(points.slice(2 * i, 2 * i + 2)),
  );
}

/** Returns losses with at most `most` points of each kind, for a file that has to be short. */
export function thinned({ steps, each, validations }: Losses, most: number): Losses {
  const some = (points: readonly Point[]) => {
    const step = Math.ceil(points.length / most);
    return points.filter((_, i) => (points.length - 1 - i) % step === 0);
  };
  return { steps: some(steps), each, validations: some(validations) };
}

/** Smooths the curve: the mean of each point and its neighbours. */
export function smooth(points: readonly Point[]): number[] {
  const neighbours = Math.min(8, Math.floor(points.length / 20));
  return points.map((_, i) => {
    const reach = Math.min(neighbours, i, points.length - 1 - i);
    return mean(points.slice(i - reach, i + reach + 1)).loss;
  });
}
