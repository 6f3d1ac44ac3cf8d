import { dot, lineY, pointerX, ruleX, tip } from "@observablehq/plot";
import { useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { LayerFlowView } from "../look/gradient-flow.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { keyRow } from "../ui/key-row.ts";
import { Plot } from "../ui/plot.tsx";
import { TIP } from "../ui/plot-parts.ts";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { Answered } from "./answered.tsx";
import { flowPoints, layerName, leftInWords, meaning, power, wholeTicks } from "./flow-words.ts";
import { useDataAnswer } from "./use-run-file.ts";

const HEIGHT = 330;

/** How far back in time the gradient of a loss reaches. */
export function Flow({ run, model }: ViewProps) {
  const [steps, setSteps] = useState(50);
  const answer = useDataAnswer(run, (data) => ask(model, "flow", data, steps), [model.key, steps]);
  return (
    <div class="view">
      {run.plan.task === "language-model" && (
        <Slider name="Steps back" min={10} max={200} step={10} value={steps} onChange={setSteps} />
      )}
      <Answered answer={answer} height={HEIGHT + 150}>
        {({ layers }) => <FlowFigure layers={layers} cell={String(run.spec.cell ?? "lstm")} />}
      </Answered>
    </div>
  );
}

interface FlowFigureProps {
  readonly layers: readonly LayerFlowView[];
  readonly cell: string;
}

function FlowFigure({ layers, cell }: FlowFigureProps) {
  const points = layers.flatMap(flowPoints);
  const names = layers.map(layerName);
  const verdicts = layers.map(
    (layer) => `${layerName(layer)}: the gradient ${layer.verdict}, ${leftInWords(layer)}`,
  );
  return (
    <>
      <Figure
        title="Gradient flow"
        about={
          <>
            To learn from something far back, the network must send its error that far back in time. The curve
            shows how strong this message (the gradient <Term name="the gradient" about={TERMS.gradient} /> of
            the loss by the hidden state) still is after so many steps. Each mark on the left is ten times the
            one below. A curve that falls steeply means that the network cannot learn from what stands far
            back.
          </>
        }
        label={verdicts.join(" ")}
        rows={() =>
          points.map(({ name, distance, norm }) => ({ layer: name, "steps back": distance, gradient: norm }))
        }
      >
        <Plot
          height={HEIGHT}
          draw={(width) => {
            const key = keyRow(names, width - 72);
            return {
              marginTop: key.marginTop,
              marginLeft: 52,
              x: { label: "steps back in time", ticks: wholeTicks(points, width), tickFormat: "d" },
              y: { label: "strength of the gradient", type: "log", grid: true, tickFormat: power, ticks: 5 },
              color: key.color,
              marks: [
                lineY(points, { x: "distance", y: "norm", z: "name", stroke: "name", strokeWidth: 2 }),
                dot(
                  points.filter(({ isLast }) => isLast),
                  { x: "distance", y: "norm", fill: "name", r: 3.5 },
                ),
                ...key.marks,
                ruleX(points, pointerX({ x: "distance", stroke: "var(--edge)" })),
                tip(
                  points,
                  pointerX({
                    x: "distance",
                    y: "norm",
                    title: ({ name, distance, norm }: ReturnType<typeof flowPoints>[number]) =>
                      `${name}\n${distance} steps back\ngradient ${norm.toExponential(1)}`,
                    ...TIP,
                  }),
                ),
              ],
            };
          }}
        />
      </Figure>
      <ul class="verdicts">
        {layers.map((layer) => (
          <li key={layerName(layer)}>
            <strong>
              {layerName(layer)}: {layer.verdict}.
            </strong>{" "}
            {leftInWords(layer)}
          </li>
        ))}
      </ul>
      {[...new Set(layers.map(({ verdict }) => verdict))].map((verdict) => (
        <p key={verdict} class="about">
          {meaning(verdict, cell)}
        </p>
      ))}
    </>
  );
}
