import { LineChart as Lines } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { format, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { drawable, extent, type LineChart } from "./charts.ts";

export { searchChart } from "./search-chart.ts";

use([Lines, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Colours by Okabe and Ito. Colour-blind people can tell them apart. Yellow is left out, because it is too pale on white. */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9"];
/**
 * Line styles. 3 styles x 7 colours give 21 distinct lines. Each line has a different style from the next line, so the two can be
 * told apart without colour.
 */
const DASHES = ["solid", "dashed", "dotted"] as const;

const PLOT = { width: 600, height: 380 };
const MARGIN = { left: 80, top: 60, bottom: 60 };
/** Approximate width of a letter in pixels. */
const LETTER = 7;
/** Maximum number of letters of a name in the legend. Longer names are cut. */
const LONGEST = 48;

/** Draws a chart as an SVG file, without a browser. */
export function svgChart({ title, xLabel, yLabel, logY, series }: LineChart): string {
  const longest = Math.min(LONGEST, Math.max(0, ...series.map(({ name }) => name.length)));
  const legend = longest * LETTER + 80;
  const width = MARGIN.left + PLOT.width + legend;
  const height = MARGIN.top + Math.max(PLOT.height, series.length * 24) + MARGIN.bottom;
  const axis = {
    nameLocation: "middle",
    nameTextStyle: { color: "#000" },
    axisLabel: { color: "#000" },
  } as const;
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "#fff",
      color: COLORS,
      title: { text: title, left: "center", top: 12, textStyle: { fontSize: 16 } },
      legend: {
        orient: "vertical",
        selectedMode: false,
        left: MARGIN.left + PLOT.width + 20,
        top: MARGIN.top,
        itemWidth: 36,
        itemStyle: { opacity: 0 },
        textStyle: { color: "#000", width: longest * LETTER, overflow: "truncate" },
      },
      grid: {
        left: MARGIN.left,
        top: MARGIN.top,
        width: PLOT.width,
        height: height - MARGIN.top - MARGIN.bottom,
      },
      xAxis: { ...axis, type: "value", name: xLabel, nameGap: 32, min: "dataMin", max: "dataMax" },
      yAxis: {
        ...axis,
        type: logY ? "log" : "value",
        name: yLabel,
        nameGap: 52,
        axisLine: { show: true },
        axisLabel: { color: "#000", ...(logY && { formatter: powerOfTen }) },
        ...(logY && decades(series)),
      },
      series: series.map((one, i) => ({
        type: "line" as const,
        name: one.name,
        data: drawable(one, logY),
        symbol: "none",
        silent: true,
        lineStyle: { width: 2, type: DASHES[i % DASHES.length]! },
      })),
    });
    const alternative = `<title>${format.encodeHTML(title)}</title>`; // screen readers read it; browsers show it as a tooltip
    return chart
      .renderToSVGString()
      .replace(/^<svg([^>]*)>/, (_, attributes) => `<svg role="img"${attributes}>${alternative}`);
  } finally {
    chart.dispose();
  }
}

/**
 * Returns the range of the logarithmic y axis: `min`, `max`, and the `interval` between ticks in decades. The axis has at most
 * about eight ticks. If no point can be drawn, returns undefined.
 */
function decades(series: LineChart["series"]): { min: number; max: number; interval: number } | undefined {
  const exponents = series.flatMap((one) => drawable(one, true).map(([, y]) => Math.log10(y)));
  if (exponents.length === 0) return undefined;
  const [low, high] = extent(exponents);
  const interval = Math.max(1, Math.ceil((high - low) / 8));
  const first = Math.floor(low / interval);
  const last = Math.max(Math.ceil(high / interval), first + 1);
  return { min: 10 ** (first * interval), max: 10 ** (last * interval), interval };
}

/** Formats a power of ten: 0.001 -> 10⁻³ */
function powerOfTen(value: number): string {
  const exponent = String(Math.round(Math.log10(value)));
  return `10${[...exponent].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("")}`;
}
