import { LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, ParallelComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { SearchSpace } from "../search/space.ts";
import { bestTrial, type Trial } from "../search/trial.ts";

use([LineChart, ParallelChart, ScatterChart]);
use([GridComponent, LegendComponent, ParallelComponent, TitleComponent, SVGRenderer]);

const WIDTH = 900;
const PANEL = 280;
const MARGIN = { left: 80, right: 60, top: 90, between: 130, bottom: 50 };
const BLACK = { color: "#000" };
/** Colours by Okabe and Ito. The best candidate is vermilion, other candidates are blue, failed candidates are black. */
const [BEST, OTHER, FAILED] = ["#d55e00", "#0072b2", "#000000"];

/**
 * Draws a search as an SVG file. The top half shows the loss of each candidate and the best loss so far. The bottom half has an
 * axis for each field and one for the loss. Each candidate is a line across these axes. The best candidate is drawn in front.
 */
export function searchChart(space: SearchSpace, trials: readonly Trial[], loss: string): string {
  const [above, below] = [byTrial(trials, loss), byField(space, trials, loss)];
  const chart = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: WIDTH,
    height: MARGIN.top + PANEL + MARGIN.between + PANEL + MARGIN.bottom,
  });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "#fff",
      ...above,
      ...below,
      title: [
        { text: "Validation loss by candidate", left: "center", top: 12, textStyle: { fontSize: 16 } },
        {
          text: "Candidates by hyper-parameter (thick: the best one)",
          left: "center",
          top: MARGIN.top + PANEL + 60,
          textStyle: { fontSize: 16 },
        },
      ],
      series: [...above.series, ...below.series],
    });
    return chart
      .renderToSVGString()
      .replace(/^<svg([^>]*)>/, '<svg role="img"$1><title>Validation loss by candidate</title>');
  } finally {
    chart.dispose();
  }
}

/** Plots the loss of each candidate against the number of the candidate. */
function byTrial(trials: readonly Trial[], loss: string) {
  const points = (name: string, status: Trial["status"], look: object) => {
    const drawn = trials.filter((trial) => trial.status === status && trial.best !== null);
    const data = drawn.map(({ number, best }) => [number, best]);
    return data.length ? [{ name, type: "scatter", symbolSize: 9, data, color: OTHER, ...look }] : [];
  };
  const soFar = trials.flatMap(({ number }) => {
    const best = bestTrial(trials.slice(0, number));
    return best ? [[number, best.best]] : [];
  });
  const axis = { nameLocation: "middle", nameTextStyle: BLACK, axisLabel: BLACK, scale: true } as const;
  return {
    legend: { top: 44, selectedMode: false, itemGap: 40, textStyle: BLACK },
    grid: { left: MARGIN.left, right: MARGIN.right, top: MARGIN.top, height: PANEL },
    xAxis: { ...axis, type: "value", name: "candidate", nameGap: 28, minInterval: 1, min: 1 },
    yAxis: { ...axis, type: "value", name: loss, nameGap: 52 },
    series: [
      ...points("finished", "done", {}),
      ...points("stopped (above the median)", "stopped", { symbol: "emptyCircle" }),
      ...points("failed", "failed", { symbol: "triangle", color: FAILED }),
      { name: "best so far", type: "line", step: "end", symbol: "none", data: soFar, color: BEST },
    ],
  } as const;
}

/** Plots parallel coordinates. There is one axis for each field and one axis for the loss. */
function byField(space: SearchSpace, trials: readonly Trial[], loss: string) {
  const shown = trials
    .filter(({ status, best }) => status !== "failed" && best !== null)
    .sort((a, b) => b.best! - a.best!);
  const best = bestTrial(trials);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const axes = Object.entries(space).map(([field, dimension], dim) => ({
    dim,
    name: field,
    ...("min" in dimension
      ? { type: dimension.scale === "log" ? "log" : "value", min: dimension.min, max: dimension.max }
      : { type: "category", data: dimension.map(text) }),
  }));
  return {
    parallel: {
      left: MARGIN.left,
      right: MARGIN.right,
      top: MARGIN.top + PANEL + MARGIN.between,
      height: PANEL,
    },
    parallelAxis: [...axes, { dim: axes.length, name: loss, type: "value", scale: true }].map((axis) => ({
      ...axis,
      nameTextStyle: BLACK,
      axisLabel: { ...BLACK, textBorderColor: "#fff", textBorderWidth: 4 },
    })),
    series: [
      {
        type: "parallel",
        silent: true,
        data: shown.map((trial, i) => ({
          value: [
            ...Object.entries(trial.candidate).map(([field, value]) =>
              "min" in space[field]! ? value : text(value),
            ),
            trial.best,
          ],
          lineStyle: {
            color: trial === best ? BEST : OTHER,
            width: trial === best ? 4 : 1.5,
            opacity: trial === best ? 1 : 0.15 + (0.6 * (i + 1)) / shown.length,
          },
        })),
      },
    ],
  } as const;
}
