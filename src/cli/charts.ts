import { plot } from "simple-ascii-chart";

/** A chart of one or more lines over a common x axis. */
export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Whether the y axis is logarithmic; default false. A logarithmic axis leaves out values of 0 and below. */
  readonly logY?: boolean;
  readonly series: readonly LineSeries[];
}

export interface LineSeries {
  readonly name: string;
  /** Points [x, y]. Points with NaN or infinite values are left out. */
  readonly points: readonly (readonly [number, number])[];
}

/** Returns the points of a line, without those that cannot be drawn: NaN, infinite, or y <= 0 on a logarithmic axis. */
export function drawable({ points }: LineSeries, logY = false): [number, number][] {
  return points.flatMap(([x, y]) =>
    Number.isFinite(x) && Number.isFinite(y) && (y > 0 || !logY) ? [[x, y] as [number, number]] : [],
  );
}

/** Returns the smallest and the largest value. `Math.min(...values)` would fail for very many values. */
export function extent(values: readonly number[]): [low: number, high: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Draws a chart as text without colours. Each line is drawn with a different letter. */
export function terminalChart(chart: LineChart, { width = 72, height = 18 } = {}): string {
  const { title, xLabel, yLabel, logY, series } = chart;
  const lines = series.map((one) =>
    drawable(one, logY).map(([x, y]): [number, number] => [x, logY ? Math.log10(y) : y]),
  );
  const letter = (i: number) => LETTERS[i % LETTERS.length]!;
  const legend = series.map(
    ({ name }, i) => `  ${letter(i)}  ${name}${lines[i]!.length ? "" : " (nothing to draw)"}`,
  );
  const points = lines.flat();
  if (points.length === 0) return [title, ...legend].join("\n");
  const drawn = [...lines.keys()].filter((i) => lines[i]!.length > 0);
  let line = -1;
  const picture = plot(
    drawn.map((i) => lines[i]!),
    {
      width,
      height,
      customXAxisTicks: ticks(points.map(([x]) => x)),
      customYAxisTicks: ticks(points.map(([, y]) => y)),
      formatter: (value, { axis }) => (logY && axis === "y" ? powerOfTen(value) : shortNumber(value)),
      lineFormatter: ({ index, plotX, plotY }) => {
        if (index === 0) line++;
        return { x: plotX, y: plotY, symbol: letter(drawn[line]!) };
      },
    },
  );
  const rows = picture.split("\n").map((row) => row.trimEnd());
  return [title, "", `  ${yLabel}`, ...rows.filter((row) => row), `  ${xLabel}`, "", ...legend].join("\n");
}

/** Returns about five round numbers within the range of the values. If there are none, returns both ends of the range. */
function ticks(values: readonly number[]): number[] {
  const [low, high] = extent(values);
  const rough = (high - low) / 5;
  const scale = 10 ** Math.floor(Math.log10(rough));
  const step = scale * ([1, 2, 5, 10].find((factor) => factor * scale >= rough) ?? 1);
  const first = Math.ceil(low / step);
  const round = Array.from(
    { length: Math.floor(high / step) - first + 1 || 0 },
    (_, i) => (first + i) * step,
  );
  return round.length ? round : [...new Set([low, high])];
}

function powerOfTen(exponent: number): string {
  return Number.isInteger(exponent) ? `1e${exponent}` : (10 ** exponent).toPrecision(2);
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
