import { checkEntries } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import { show } from "../../schema.ts";
import { checkSeries, type Series } from "./series.ts";

/** The scale of a column. */
export interface ColumnScale {
  /** Mean. */
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
  /** Root mean square of the changes from row to row. */
  readonly step: number;
  /** Root mean square of the changes from a row to the row n steps later, for all n that `leadsOf` returns. */
  readonly change: number;
}

const FIELDS = ["mean", "deviation", "step", "change"] as const;

/**
 * The scales of the columns of a series. Scaled inputs have mean 0 and standard deviation 1. For a constant column,
 * `deviation`, `step` and `change` would be 0. They are set to 1, because scaling divides by them.
 */
export class Scaling {
  /** The scale of each column, in the order of the columns. */
  readonly columns: readonly ColumnScale[];

  /** Makes a scaling from known scales. To measure a series, use `scalingOf`. */
  constructor(columns: readonly ColumnScale[]) {
    this.columns = columns;
  }

  /**
   * Measures the scales of a series. The series should be the training part only.
   *
   * @param series the rows to measure
   * @param leads the numbers of steps ahead to forecast
   * @throws ERR_DATA if there is no row, or the squares of the numbers overflow
   */
  static of(series: Series, leads: readonly number[]): Scaling {
    checkSeries("Scaling.of", series);
    checkEntries("Scaling.of: leads", leads, (lead) => typeof lead === "number", "a number");
    const { columns, rows, values } = series;
    const width = columns.length;
    if (rows === 0) throw new UnrolledError("ERR_DATA", "a series without rows has no scale");
    return new Scaling(
      columns.map((name, column) => {
        const value = (row: number) => values[row * width + column]!;
        const changes = (leads: readonly number[]) => {
          const sum = { squares: 0, count: 0 };
          for (const lead of leads) {
            for (let row = lead; row < rows; row++) sum.squares += (value(row) - value(row - lead)) ** 2;
            sum.count += Math.max(0, rows - lead);
          }
          return Math.sqrt(sum.squares / sum.count) || 1;
        };
        // Welford's algorithm gives a constant column a deviation of exactly 0.
        let [mean, squares] = [0, 0];
        for (let row = 0; row < rows; row++) {
          const difference = value(row) - mean;
          mean += difference / (row + 1);
          squares += difference * (value(row) - mean);
        }
        const scale = {
          mean,
          deviation: Math.sqrt(squares / rows) || 1,
          step: changes([1]),
          change: changes(leads),
        };
        if (!usable(scale))
          throw new UnrolledError("ERR_DATA", `the numbers of column ${name} are too large to scale`);
        return scale;
      }),
    );
  }

  /** Makes a scaling from a result of `toJSON`. @throws ERR_VALUE if `json` is anything else */
  static fromJSON(json: unknown): Scaling {
    if (!Array.isArray(json) || !json.every(usable)) {
      throw new UnrolledError(
        "ERR_VALUE",
        `the scaling is ${show(json)}, expected ${FIELDS.join(", ")} of each column, all but the mean above 0`,
      );
    }
    return new Scaling(json);
  }

  /** Returns the scales as plain JSON, for {@link Scaling.fromJSON}. */
  toJSON(): readonly ColumnScale[] {
    return this.columns;
  }
}

function usable(scale: Partial<ColumnScale> | null): scale is ColumnScale {
  return FIELDS.every((field) => {
    const value = scale?.[field];
    return Number.isFinite(value) && (field === "mean" || value! > 0);
  });
}
