import type { WrittenModel } from "../network-fields.ts";
import type { KerasLayers } from "./export-layers.ts";

/** What the layers of a forecaster read of its fields. */
interface ForecasterFields {
  readonly spec: { readonly columns: readonly string[]; readonly changes: boolean };
  readonly coding: {
    readonly outputs: number;
    readonly targets: readonly number[];
    unit(column: number): number;
  };
  readonly tables: {
    readonly scaling: { readonly columns: readonly { mean: number; deviation: number; step: number }[] };
  };
}

/** Returns a matrix [rows, columns] of zeros except the given places. */
function matrix(
  rows: number,
  columns: number,
  places: readonly (readonly [row: number, column: number, value: number])[],
) {
  const numbers = new Float32Array(rows * columns);
  for (const [row, column, value] of places) numbers[row * columns + column] = value;
  return numbers;
}

/**
 * Adds the layers that scale rows and turn the network's outputs into forecasts. They are Dense layers that are not trained.
 *
 * @returns the layer that the network reads, and a function that adds the forecasts behind its output
 */
export function addRows(layers: KerasLayers, model: WrittenModel): { x: string; decode(y: string): string } {
  const { spec, coding, tables } = model as unknown as ForecasterFields;
  const scales = tables.scaling.columns;
  const width = spec.columns.length;
  const fixed = { trainable: false };
  const rows = layers.input("rows", "float32", null, width);
  const diagonal = (values: readonly number[]) =>
    matrix(
      values.length,
      values.length,
      values.map((value, i) => [i, i, value]),
    );
  const scaled = layers.dense(
    "scaling",
    rows,
    diagonal(scales.map(({ deviation }) => 1 / deviation)),
    Float32Array.from(scales, ({ mean, deviation }) => -mean / deviation),
    width,
    fixed,
  );
  let x = scaled;
  if (spec.changes) {
    // Each row minus the row before, and 0 in the first
    const later = layers.add("Cropping1D", "later", { cropping: [1, 0] }, [rows]);
    const before = layers.add("Cropping1D", "before", { cropping: [0, 1] }, [rows]);
    const change = layers.add("Subtract", "change", {}, [later, before]);
    const steps = diagonal(scales.map(({ step }) => 1 / step));
    const own = layers.dense("change_scaling", change, steps, undefined, width, fixed);
    const changes = layers.add("ZeroPadding1D", "changes", { padding: [1, 0] }, [own]);
    x = layers.add("Concatenate", "inputs", { axis: -1 }, [scaled, changes]);
  }
  return {
    x,
    decode(y) {
      const places = Array.from(
        { length: coding.outputs },
        (_, i) => coding.targets[i % coding.targets.length]!,
      );
      const units = diagonal(places.map((column) => coding.unit(column)));
      if (!spec.changes) {
        const means = Float32Array.from(places, (column) => scales[column]!.mean);
        return layers.dense("forecasts", y, units, means, places.length, fixed);
      }
      const own = layers.dense("forecast_changes", y, units, undefined, places.length, fixed);
      const chosen = matrix(
        width,
        places.length,
        places.map((column, i) => [column, i, 1]),
      );
      const origin = layers.dense("origin", rows, chosen, undefined, places.length, fixed);
      return layers.add("Add", "forecasts", {}, [own, origin]);
    },
  };
}
