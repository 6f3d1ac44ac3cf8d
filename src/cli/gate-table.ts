import { counted } from "../errors.ts";
import { layerName } from "./flow.ts";
import { count } from "./progress.ts";
import type { TracedLayer } from "./traced-gates.ts";
import { visible } from "./visible.ts";

// Shows gates in a terminal.

/** From light to dark. */
const SHADES = " ░▒▓█";

/** Maximum number of shades of a line. If there are more units, a shade is the mean of several neighbours. */
const WIDTH = 64;

/** Maximum number of lines, one for each symbol. */
const LINES = 60;

/** Number of units that are named for their means, and for staying open or closed. */
const NAMED = 3;

/** A gate counts as open above this value, and as closed below 1 minus it. */
const OPEN = 0.9;

const meanOf = (values: ArrayLike<number>): number =>
  Array.prototype.reduce.call<ArrayLike<number>, [(sum: number, x: number) => number, number], number>(
    values,
    (sum, x) => sum + x,
    0,
  ) / values.length;

/** Returns the range of a value's colours: 0 to 1 if all values are in it, else the same distance on both sides of 0. */
export function rangeOf(values: Float32Array): readonly [low: number, high: number] {
  let most = 0;
  let within = true;
  for (const value of values) {
    most = Math.max(most, Math.abs(value));
    within &&= value >= 0 && value <= 1;
  }
  return within ? [0, 1] : [-most, most];
}

/** Returns the means of the gates of each layer, as a table. */
export function meansTable(layers: readonly TracedLayer[]): string[] {
  const names = Object.keys(layers[0]!.gates);
  const width = Math.max(...layers.map((one) => layerName(one).length));
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(8)).join("")}`;
  return [
    `${line("mean", names)}`,
    ...layers.map((one) =>
      line(
        layerName(one),
        names.map((name) => meanOf(one.gates[name]!).toFixed(3)),
      ),
    ),
  ];
}

/** Returns a gate of a layer with a line for each symbol and a shade for each unit, and names the units that stand out. */
export function gateTable(layer: TracedLayer, gate: string): string[] {
  const values = layer.gates[gate]!;
  const { hidden: H, symbols } = layer;
  const [low, high] = rangeOf(values);
  const group = Math.ceil(H / WIDTH);
  const shade = (value: number) => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return SHADES[Math.min(SHADES.length - 1, Math.max(0, Math.floor(share * SHADES.length)))]!;
  };
  const rows = symbols.slice(0, LINES).map((symbol, t) => {
    const row = values.subarray(t * H, (t + 1) * H);
    const cells = Array.from({ length: Math.ceil(H / group) }, (_, i) =>
      shade(meanOf(row.subarray(i * group, (i + 1) * group))),
    );
    return [visible(JSON.stringify(symbol)), meanOf(row).toFixed(3), cells.join("")] as const;
  });
  const width = Math.min(20, Math.max(6, ...rows.map(([name]) => name.length)));
  const each = group > 1 ? `${group} units each` : "a unit each";
  const rest = symbols.length - rows.length;
  return [
    `${gate} of ${layerName(layer)}: ${count(H, "unit")}, ${count(symbols.length, "step")}`,
    `  ${"symbol".padEnd(width)}    mean  ${each}, from ${short(low)} (blank) to ${short(high)} (█)`,
    ...rows.map(([name, mean, cells]) => `  ${name.padEnd(width)}${mean.padStart(8)}  ${cells}`.trimEnd()),
    ...(rest > 0 ? [`  and ${count(rest, "more step")}; --json has all`] : []),
    ...extremes(values, H, low === 0),
  ];
}

const short = (value: number) => String(Number(value.toPrecision(2)));

/** Names the units with the highest and the lowest means and, of a gate, those that stay open or closed for the most steps. */
function extremes(values: Float32Array, H: number, isGate: boolean): string[] {
  const steps = values.length / H;
  const units = Array.from({ length: H }, (_, unit) => {
    const own = Float32Array.from({ length: steps }, (_, t) => values[t * H + unit]!);
    const runs = [longestRun(own, (value) => value > OPEN), longestRun(own, (value) => value < 1 - OPEN)];
    return { unit, mean: meanOf(own), open: runs[0]!, closed: runs[1]! };
  }).sort((a, b) => b.mean - a.mean || a.unit - b.unit);
  const line = (title: string, some: readonly string[]) => `  ${title.padEnd(19)}${some.join(", ")}`;
  const means = (title: string, some: typeof units) =>
    line(
      title,
      some.map(({ unit, mean }) => `unit ${unit} ${mean.toFixed(3)}`),
    );
  const runs = (title: string, key: "open" | "closed") => {
    const longest = units.filter((one) => one[key] > 1).sort((a, b) => b[key] - a[key] || a.unit - b.unit);
    const some = longest
      .slice(0, NAMED)
      .map((one) => `unit ${one.unit} for ${counted(one[key], "step", "steps")}`);
    return isGate && some.length ? [line(title, some)] : [];
  };
  return [
    means("highest means", units.slice(0, NAMED)),
    means("lowest means", units.slice(-NAMED).reverse()),
    ...runs(`stays above ${OPEN}`, "open"),
    ...runs(`stays below ${short(1 - OPEN)}`, "closed"),
  ];
}

/** Returns the length of the longest run of values of which `holds` is true. */
function longestRun(values: Float32Array, holds: (value: number) => boolean): number {
  let longest = 0;
  let run = 0;
  for (const value of values) {
    run = holds(value) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
