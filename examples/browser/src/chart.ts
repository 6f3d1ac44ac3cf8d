import uPlot from "uplot";
import { type Losses, smooth } from "./history.ts";

const HEIGHT = 240;
/** Maximum number of validations with a dot for each; more are only a line. */
const MOST_DOTS = 40;

/** A live chart of the losses of a run, in the colours of the page. */
export class LossChart {
  readonly #place: HTMLElement;
  #plot: uPlot | undefined;
  #losses: Losses = { steps: [], each: 1, validations: [] };

  constructor(place: HTMLElement) {
    this.#place = place;
    new ResizeObserver(() => this.#plot?.setSize({ width: place.clientWidth, height: HEIGHT })).observe(
      place,
    );
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw());
  }

  show(losses: Losses): void {
    this.#losses = losses;
    if (!this.#plot) this.#plot = new uPlot(options(this.#place.clientWidth), [[]], this.#place);
    this.#plot.setData(data(losses));
    this.#place.setAttribute("aria-label", inWords(losses));
  }

  #redraw(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.show(this.#losses);
  }
}

function data({ steps, validations }: Losses): uPlot.AlignedData {
  const iterations = steps.map(({ iteration }) => iteration);
  const losses = steps.map(({ loss }) => loss);
  return uPlot.join([
    [iterations, losses, smooth(steps)],
    [validations.map(({ iteration }) => iteration), validations.map(({ loss }) => loss)],
  ]);
}

function options(width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { stroke: colour("line"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  const line = { spanGaps: true, points: { show: false } };
  return {
    width,
    height: HEIGHT,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      y: { range: (_plot, low, high) => [(low ?? 0) * 0.9, (high ?? 4) * 1.03] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_plot, splits) => splits.map((split) => (split % 1 ? "" : String(split))),
      },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      { ...line, stroke: colour("train-faint"), width: 1 },
      { ...line, stroke: colour("train"), width: 2 },
      {
        stroke: colour("validation"),
        width: 2,
        spanGaps: true,
        points: {
          show: (plot) => Array.from(plot.data[3]!).filter((loss) => loss != null).length < MOST_DOTS,
          size: 6,
          fill: colour("validation"),
          stroke: colour("validation"),
        },
      },
    ],
  };
}

/** Describes the chart for screen readers. */
function inWords({ steps, validations }: Losses): string {
  const [first, last, validation] = [steps[0], steps.at(-1), validations.at(-1)];
  if (!first || !last) return "Chart of the loss, empty so far";
  const now = smooth(steps).at(-1)!;
  return (
    `Chart of the loss: from ${first.loss.toFixed(2)} at iteration ${first.iteration} ` +
    `to ${now.toFixed(2)} at iteration ${last.iteration}` +
    (validation ? `; validation ${validation.loss.toFixed(2)}` : "")
  );
}
