import { dot, pointer, text, tip } from "@observablehq/plot";
import { useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { PlaneOfRun } from "../desk/pictures.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { Plot } from "../ui/plot.tsx";
import { COLOURS, TIP } from "../ui/plot-parts.ts";
import { percent, whole } from "../ui/words.ts";
import { apart, labelledPoints, middles } from "./plane-labels.ts";
import { sign, spoken } from "./symbols.ts";
import { useDataAnswer } from "./use-run-file.ts";
import { Waiting } from "./waiting.tsx";

const HEIGHT = 460;

type What = "sequences" | "symbols";

const CHOICES = [
  ["sequences", "whole sequences of the data"],
  ["symbols", "the symbols that it reads"],
] as const;

/** Tasks whose models have a vector for a whole sequence. */
const WITH_VECTORS: readonly string[] = ["classifier", "embedder", "autoencoder"];

/** Vectors of a model as points of the plane. */
export function PlaneView({ run, model }: ViewProps) {
  const hasSequences = WITH_VECTORS.includes(run.plan.task);
  const hasSymbols = !run.spec.features;
  const [chosen, setChosen] = useState<What>("sequences");
  const what: What = !hasSequences ? "symbols" : hasSymbols ? chosen : "sequences";
  const answer = useDataAnswer(
    run,
    (data) => (what === "symbols" ? ask(model, "symbolsInPlane") : ask(model, "sequencesInPlane", data)),
    [model.key, what],
  );
  return (
    <div class="view">
      {hasSequences && hasSymbols && (
        <div class="narrow">
          <Choice name="What" choices={CHOICES} value={what} onChange={(value) => setChosen(value as What)} />
        </div>
      )}
      {answer.value ? (
        <PlaneFigure plane={answer.value} what={what} />
      ) : (
        <Waiting answer={answer} height={HEIGHT + 120} />
      )}
    </div>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly group: string;
}

const SYMBOLS = ["circle", "triangle", "square", "diamond", "cross", "star", "wye"] as const;

const ABOUT: Record<What, string> = {
  sequences:
    "Each point is a sequence. The network reads it and keeps one vector of it. What it treats alike lies close together: look for clusters, and for points in the wrong one.",
  symbols:
    "Each point is a symbol that the network reads, by its vector (its embedding). Training moves symbols together that are used alike: look for groups, such as vowels and consonants.",
};

function PlaneFigure({ plane, what }: { readonly plane: PlaneOfRun; readonly what: What }) {
  const { labels, points, explained, groups, shown, all } = plane;
  const own = labels.map(
    (name, i): Point => ({ x: points[2 * i]!, y: points[2 * i + 1]!, name, group: groups?.[i] ?? "" }),
  );
  const names = [...new Set(own.map(({ group }) => group))].sort();
  const centres = groups && what === "sequences" ? middles(points, groups) : [];
  const both = explained[0] + explained[1];
  return (
    <Figure
      title={what === "symbols" ? "Symbols in the plane" : "Sequences in the plane"}
      about={
        <>
          {ABOUT[what]} A vector has many numbers; the plane shows the two directions in which they differ
          most (PCA), with {percent(both)} of the variance.{" "}
          {shown < all && `${whole(shown)} of ${whole(all)} are shown.`}
        </>
      }
      label={`${whole(own.length)} points${names.length > 1 ? ` in the groups ${names.map(spoken).join(", ")}` : ""}; the plane shows ${percent(both)} of the variance.`}
      rows={() =>
        own.map(({ name, group, x, y }) => ({
          name: spoken(name),
          ...(groups && { group: spoken(group) }),
          x,
          y,
        }))
      }
    >
      <Plot
        height={HEIGHT}
        draw={(width) => ({
          marginLeft: 16,
          marginRight: 16,
          marginBottom: 34,
          x: {
            label: `first direction, ${percent(explained[0])} of the variance`,
            ticks: [],
            nice: true,
            inset: 14,
          },
          y: { label: `second direction, ${percent(explained[1])}`, ticks: [], nice: true, inset: 14 },
          color: { domain: names, range: names.map((_, i) => COLOURS[i % COLOURS.length]!) },
          symbol: { domain: names, range: names.map((_, i) => SYMBOLS[i % SYMBOLS.length]!) },
          marks: [
            dot(own, {
              x: "x",
              y: "y",
              stroke: "group",
              symbol: "group",
              strokeWidth: 1.5,
              r: own.length > 150 ? 3 : 4,
              strokeOpacity: 0.8,
            }),
            ...(centres.length
              ? [name(namedGroups(own, centres, width), 13, 0)]
              : [name(someNamed(own, width), 12, -10)]),
            tip(
              own,
              pointer({
                x: "x",
                y: "y",
                title: ({ name, group }: Point) => spoken(name) + (group ? `\n${group}` : ""),
                ...TIP,
              }),
            ),
          ],
        })}
      />
    </Figure>
  );
}

/** Writes the names of points. */
function name(points: readonly Point[], fontSize: number, dy: number) {
  return text(points, {
    x: "x",
    y: "y",
    text: ({ name }: Point) => (name.length > 24 ? `${sign(name).slice(0, 23)}…` : sign(name)),
    fill: "group",
    fontSize,
    dy,
    fontWeight: 700,
    stroke: "var(--card)",
    strokeWidth: 3,
    paintOrder: "stroke",
  });
}

/** Returns functions that turn values into pixels, roughly, and the values in a pixel of height. */
function pixelsOf(points: readonly Point[], width: number) {
  const span = (of: "x" | "y") => {
    const values = points.map((point) => point[of]);
    const low = values.reduce((a, b) => Math.min(a, b), 0);
    return { low, size: values.reduce((a, b) => Math.max(a, b), 0) - low || 1 };
  };
  const [x, y] = [span("x"), span("y")];
  const high = HEIGHT - 86;
  const pixel = (point: Point) => ({
    x: ((point.x - x.low) / x.size) * (width - 60),
    y: (1 - (point.y - y.low) / y.size) * high,
    label: point.name.slice(0, 24),
  });
  return { pixel, perPixel: y.size / high };
}

/** Returns points whose names have room. */
function someNamed(points: readonly Point[], width: number): readonly Point[] {
  const { pixel } = pixelsOf(points, width);
  return labelledPoints(points.map(pixel), 80).map((i) => points[i]!);
}

/** Returns the middles of groups with their names, moved apart. */
function namedGroups(
  points: readonly Point[],
  centres: readonly { readonly group: string; readonly x: number; readonly y: number }[],
  width: number,
): readonly Point[] {
  const { pixel, perPixel } = pixelsOf(points, width);
  const named = centres.map(({ group, x, y }) => ({ x, y, name: group, group })).sort((a, b) => b.y - a.y);
  const moved = apart(named.map(pixel));
  return named.map((point, i) => ({ ...point, y: point.y - moved[i]! * perPixel }));
}
