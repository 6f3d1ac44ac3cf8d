import { DOMParser } from "@xmldom/xmldom";
import { describe, expect, it } from "vitest";
import { type LineChart, terminalChart } from "../../src/cli/charts.ts";
import { svgChart } from "../../src/cli/svg-chart.ts";

const powers = (factor: number, length = 41) => Array.from({ length }, (_, x) => [x, factor ** x] as const);

const CHART: LineChart = {
  title: "Falls & rises",
  xLabel: "distance <steps>",
  yLabel: "norm",
  logY: true,
  series: [
    { name: "falls", points: powers(0.5) },
    { name: "rises", points: powers(1.5) },
  ],
};

describe("terminalChart", () => {
  it("draws each line with a letter, over decades", () => {
    const lines = terminalChart(CHART, { width: 40, height: 12 }).split("\n");
    expect(lines[0]).toBe("Falls & rises");
    const text = lines.join("\n");
    expect(text).toMatch(/^ {2}a {2}falls\n {2}b {2}rises$/m);
    expect(text).toMatch(/^ {2}distance <steps>$/m);
    const labels = [...text.matchAll(/^ *(1e-?\d+)┤/gm)].map(([, label]) => label);
    expect(labels).toEqual(["1e5", "1e0", "1e-5", "1e-10"]);
    expect(text).toMatch(/^ +0 +10 +20 +30 +40$/m);
    const column = (letter: string) => lines.findIndex((line) => line.includes("│") && line.includes(letter));
    expect(column("b"), "what rises ends on top").toBeLessThan(column("a"));
    const widest = Math.max(...lines.map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(50);
    expect(text).not.toMatch(/ $/m);
  });

  it("draws lines of any length, as the SVG does", () => {
    const long = { ...CHART, series: [{ name: "long", points: powers(1, 200_000) }] };
    expect(terminalChart(long)).toMatch(/┤a+$/m);
    expect(svgChart(long)).toContain("<svg");
  });

  it("draws an exponential as a straight line on a logarithmic axis", () => {
    const picture = terminalChart({ ...CHART, series: CHART.series.slice(0, 1) }, { width: 41, height: 41 });
    const drawn = picture.split("\n").flatMap((line) => {
      const [, area] = line.split(/[│┤]/);
      return area?.includes("a") ? [area.indexOf("a")] : [];
    });
    expect(drawn).toEqual(Array.from({ length: 41 }, (_, i) => i));
  });

  it("leaves out values without a logarithm, and says which line has nothing to draw", () => {
    const zeros = {
      name: "zeros",
      points: [
        [0, 0],
        [1, -1],
        [2, Number.NaN],
        [3, Infinity],
      ] as const,
    };
    const series = [zeros, { name: "point", points: [[5, 0.1]] as const }];
    expect(terminalChart({ ...CHART, series })).toMatch(/a {2}zeros \(nothing to draw\)\n {2}b {2}point$/);
    expect(terminalChart({ ...CHART, series })).toMatch(/┤.*b/);
    expect(terminalChart({ ...CHART, series: [zeros] })).toBe("Falls & rises\n  a  zeros (nothing to draw)");
    expect(terminalChart({ ...CHART, logY: false, series: [zeros] })).toMatch(/┤.*a/);
  });
});

/** Returns the picture's texts in order, and the paths of its lines by colour. Throws if it is not well-formed. */
function read(svg: string) {
  const document = new DOMParser({
    onError: (_, message) => {
      throw new Error(message);
    },
  }).parseFromString(svg, "image/svg+xml");
  const texts = [...document.getElementsByTagName("text")].map(({ textContent }) => textContent);
  const lines = [...document.getElementsByTagName("path")]
    .filter((path) => path.getAttribute("stroke-width") === "2" && path.getAttribute("fill") === "none")
    .map((path) => ({
      color: path.getAttribute("stroke"),
      dashes: path.getAttribute("stroke-dasharray") ?? "",
      numbers: (path.getAttribute("d")!.match(/-?[\d.]+/g) ?? []).map(Number),
    }));
  return { root: document.documentElement!, texts, lines };
}

describe("svgChart", () => {
  it("draws title, axes, names and lines that differ in colour and dashes", () => {
    const { root, texts, lines } = read(svgChart(CHART));
    expect(root.tagName).toBe("svg");
    expect(root.firstChild).toMatchObject({ nodeName: "title", textContent: "Falls & rises" });
    expect(root.getAttribute("xmlns")).toBe("http://www.w3.org/2000/svg");
    for (const text of [
      "Falls & rises",
      "distance <steps>",
      "norm",
      "falls",
      "rises",
      "0",
      "40",
      "10⁰",
      "10⁻⁹",
    ]) {
      expect(texts).toContain(text);
    }
    expect(new Set(lines.map(({ color }) => color)).size).toBe(2);
    expect(new Set(lines.map(({ dashes }) => dashes)).size).toBe(2);
  });

  it("draws equal factors as equal lengths on a logarithmic axis", () => {
    const [line] = read(svgChart(CHART)).lines.filter(({ numbers }) => numbers.length === 82);
    const y = line!.numbers.filter((_, i) => i % 2 === 1);
    const step = (y.at(-1)! - y[0]!) / 40;
    expect(step).toBeGreaterThan(1);
    y.forEach((value, i) => {
      expect(value).toBeCloseTo(y[0]! + i * step, 0);
    });
  });

  it("draws 21 lines that can be told apart", () => {
    const series = Array.from({ length: 21 }, (_, i) => ({ name: `line ${i}`, points: powers(1 - i / 50) }));
    const { lines, texts } = read(svgChart({ ...CHART, series }));
    expect(new Set(lines.map(({ color, dashes }) => `${color} ${dashes}`)).size).toBe(21);
    expect(texts).toContain("line 20");
  });

  it.each<[string, LineChart["series"]]>([
    ["nothing", []],
    ["nothing that can be drawn", [{ name: "zero", points: [[0, 0]] }]],
    ["a single point", [{ name: "one", points: [[3, 10]] }]],
    ["a very long name", [{ name: "n".repeat(300), points: powers(2) }]],
    [
      "the whole range of floats",
      [
        {
          name: "all",
          points: [
            [0, 1e-45],
            [1, 3e38],
          ],
        },
      ],
    ],
  ])("%s", (_, series) => {
    const { root, texts } = read(svgChart({ ...CHART, series }));
    expect(texts).toContain("Falls & rises");
    expect(Number(root.getAttribute("width"))).toBeLessThan(1200);
    expect(texts.length).toBeLessThan(40);
  });

  it("shows a whole decade of a logarithmic axis if all values are equal", () => {
    const { texts } = read(
      svgChart({
        ...CHART,
        series: [
          {
            name: "flat",
            points: [
              [0, 10],
              [1, 10],
            ],
          },
        ],
      }),
    );
    expect(texts).toEqual(expect.arrayContaining(["10¹", "10²"]));
  });

  it("has a linear axis by default", () => {
    const series = [{ name: "line", points: [[0, -3] as const, [10, 7] as const] }];
    const { texts } = read(svgChart({ ...CHART, logY: false, series }));
    expect(texts).toEqual(expect.arrayContaining(["-4", "0", "8"]));
  });
});
