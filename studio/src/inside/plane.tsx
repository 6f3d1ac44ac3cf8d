import { dot, pointer, text, tip } from "@observablehq/plot";
import { useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { PlaneOfRun } from "../desk/pictures.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { keyRow } from "../ui/key-row.ts";
import { Plot } from "../ui/plot.tsx";
import { TIP } from "../ui/plot-parts.ts";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { percent, whole } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { apart, labelledPoints, middles } from "./plane-labels.ts";
import { isControl, short, sign, spoken } from "./symbols.ts";
import { useDataAnswer } from "./use-run-file.ts";

const HEIGHT = 460;

type What = "sequences" | "symbols";

const CHOICES = [
  ["sequences", "whole sequences of the data"],
  ["symbols", "the symbols or words that it reads"],
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
      <Answered answer={answer} height={HEIGHT + 120}>
        {(plane) => <PlaneFigure plane={plane} what={what} />}
      </Answered>
    </div>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly group: string;
}

/** Shapes of groups. Their number and that of the colours have no common factor, so 42 pairs are different. */
const SHAPES = ["circle", "triangle", "square", "diamond", "times", "star", "plus"] as const;

const ABOUT: Record<What | "words", string> = {
  sequences:
    "Each point is a sequence. The network reads it and keeps one list of numbers of it. What it treats alike lies close together: look for clusters, and for points in the wrong one.",
  words:
    "Each point is a word that the network reads, by the list of numbers that it has for it (its embedding). Training moves words together that are used alike: look for groups, such as places or people. Only names that have room are written; point at a dot for its own.",
  symbols:
    "Each point is a symbol that the network reads, by the list of numbers that it has for it (its embedding). Training moves symbols together that are used alike: look for groups, such as vowels and consonants.",
};

/** Space around the points in pixels: beside them, below them, and between the frame and the outermost points. */
const [SIDE, BOTTOM, INSET] = [16, 38, 16];

function PlaneFigure({ plane, what }: { readonly plane: PlaneOfRun; readonly what: What }) {
  const [chosen, setChosen] = useState("");
  const { labels, points, explained, groups, shown, all } = plane;
  const own = labels.map(
    (name, i): Point => ({ x: points[2 * i]!, y: points[2 * i + 1]!, name, group: groups?.[i] ?? "" }),
  );
  const areWords = what === "symbols" && !groups;
  const names = [...new Set(own.map(({ group }) => group))].sort();
  const only = names.includes(chosen) ? chosen : "";
  const isFaint = ({ group }: Point) => only !== "" && group !== only;
  const bright = own.filter((point) => !isFaint(point));
  const centres =
    groups && what === "sequences"
      ? middles(points, groups).map((middle) => ({ ...middle, name: middle.group }))
      : [];
  const both = explained[0] + explained[1];
  return (
    <>
      {names.length > 1 && (
        <div class="narrow">
          <Choice
            name="Highlight"
            choices={[["", "all groups"], ...names.map((name) => [name, spoken(name)] as const)]}
            value={only}
            onChange={setChosen}
          />
        </div>
      )}
      <Figure
        title={`${what === "sequences" ? "Sequences" : areWords ? "Words" : "Symbols"} in the plane`}
        about={
          <>
            {ABOUT[areWords ? "words" : what]} Such a list is a vector{" "}
            <Term name="vectors" about={TERMS.vector} />; the plane shows the two directions in which the
            vectors differ most (PCA <Term name="PCA" about={TERMS.PCA} />
            ), with {percent(both)} of the variance.{" "}
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
          draw={(width) => {
            const shapes = names.map((_, i) => SHAPES[i % SHAPES.length]!);
            const key = keyRow(names.length > 1 ? names.map(spoken) : [], width - 2 * SIDE, shapes);
            const frame = frameOf(own, {
              left: SIDE + INSET,
              top: key.marginTop + INSET,
              right: width - SIDE - INSET,
              bottom: HEIGHT - BOTTOM - INSET,
            });
            const dots = (points: readonly Point[], strokeOpacity: number) =>
              dot(points, {
                x: "x",
                y: "y",
                stroke: "group",
                symbol: "group",
                strokeWidth: 1.5,
                r: own.length > 150 ? 3 : 4,
                strokeOpacity,
              });
            return {
              marginLeft: SIDE,
              marginRight: SIDE,
              marginTop: key.marginTop,
              marginBottom: BOTTOM,
              x: {
                label: `first direction, ${percent(explained[0])} of the variance`,
                ticks: [],
                domain: [...frame.x.domain],
                inset: INSET,
              },
              y: {
                label: `second direction, ${percent(explained[1])}`,
                ticks: [],
                domain: [...frame.y.domain],
                inset: INSET,
              },
              color: { domain: names, range: key.color.range.length ? key.color.range : ["var(--train)"] },
              symbol: { domain: names, range: shapes },
              marks: [
                dots(own.filter(isFaint), 0.2),
                dots(bright, 0.9),
                ...key.marks,
                only || !centres.length
                  ? named(someNamed(bright, frame), 12, -10)
                  : named(namedGroups(centres, frame), 13, 0),
                tip(
                  own,
                  pointer({
                    x: "x",
                    y: "y",
                    title: ({ name, group }: Point) => spoken(name) + (group ? `\n${spoken(group)}` : ""),
                    ...TIP,
                  }),
                ),
              ],
            };
          }}
        />
      </Figure>
    </>
  );
}

/** The name of a point, as it is written beside it. */
const written = ({ name }: Point) => short(isControl(name) ? spoken(name) : sign(name), 24);

/** Writes the names of points. */
function named(points: readonly Point[], fontSize: number, dy: number) {
  return text(points, {
    x: "x",
    y: "y",
    text: written,
    fill: "group",
    fontSize,
    dy,
    fontWeight: 700,
    stroke: "var(--card)",
    strokeWidth: 3,
    paintOrder: "stroke",
  });
}

/** A direction of the plane: its values, and the pixels of its two ends. */
interface Axis {
  readonly domain: readonly [low: number, high: number];
  readonly pixels: readonly [low: number, high: number];
}

interface Frame {
  readonly x: Axis;
  readonly y: Axis;
}

/** Returns the frame that holds all points between the given pixels. */
function frameOf(
  points: readonly Point[],
  { left, top, right, bottom }: Record<"left" | "top" | "right" | "bottom", number>,
): Frame {
  const domain = (of: "x" | "y") => {
    const values = points.map((point) => point[of]);
    const low = values.reduce((a, b) => Math.min(a, b), 0);
    return [low, values.reduce((a, b) => Math.max(a, b), low + 1e-9)] as const;
  };
  return {
    x: { domain: domain("x"), pixels: [left, right] },
    y: { domain: domain("y"), pixels: [bottom, top] },
  };
}

const toPixel = ({ domain: [low, high], pixels: [from, to] }: Axis, value: number) =>
  from + ((value - low) / (high - low)) * (to - from);

const toValue = ({ domain: [low, high], pixels: [from, to] }: Axis, pixel: number) =>
  low + ((pixel - from) / (to - from)) * (high - low);

const pixelsIn = (frame: Frame) => (point: Point) => ({
  x: toPixel(frame.x, point.x),
  y: toPixel(frame.y, point.y),
  label: written(point),
});

/** Returns points whose names have room. */
function someNamed(points: readonly Point[], frame: Frame): readonly Point[] {
  const [left, right] = frame.x.pixels;
  return labelledPoints(points.map(pixelsIn(frame)), 80, [left - INSET, right + INSET]).map(
    (i) => points[i]!,
  );
}

/** Returns the names of groups at their middles, moved apart. */
function namedGroups(points: readonly Point[], frame: Frame): readonly Point[] {
  const sorted = [...points].sort((a, b) => b.y - a.y);
  const [left, right] = frame.x.pixels;
  const moved = apart(sorted.map(pixelsIn(frame)), [left - INSET, right + INSET]);
  return sorted.map((point, i) => ({
    ...point,
    x: toValue(frame.x, moved[i]!.x),
    y: toValue(frame.y, moved[i]!.y),
  }));
}
