import { dot, lineY, pointerX, ruleX, tip } from "@observablehq/plot";
import { smooth } from "../runs/history.ts";
import { overfitsSince } from "../runs/overfitting.ts";
import type { Run } from "../runs/run.ts";
import { Figure } from "../ui/figure.tsx";
import { keyRow } from "../ui/key-row.ts";
import { Plot } from "../ui/plot.tsx";
import { TIP } from "../ui/plot-parts.ts";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { number, whole } from "../ui/words.ts";

interface LossPoint {
  readonly run: string;
  readonly kind: "training" | "validation";
  readonly iteration: number;
  readonly loss: number;
}

interface LossProps {
  readonly runs: readonly Run[];
  readonly unit: string;
}

const points = (run: Run, kind: LossPoint["kind"]): LossPoint[] => {
  const { steps, validations } = run.losses;
  if (kind === "validation") return validations.map((point) => ({ run: run.name, kind, ...point }));
  const smoothed = smooth(steps);
  return steps.map(({ iteration }, i) => ({ run: run.name, kind, iteration, loss: smoothed[i]! }));
};

/** Says that the validation loss is rising, if it is. */
function overfittingWords({ losses }: Run): string {
  const least = overfitsSince(losses);
  return least === undefined
    ? ""
    : ` Since iteration ${whole(least)}, validation rises while training falls: the network learns its examples by heart (overfitting). The weights of the best test are kept.`;
}

/** Training and validation loss of one run, or of several over one another. */
export function Loss({ runs, unit }: LossProps) {
  const training = runs.flatMap((run) => points(run, "training"));
  const validation = runs.flatMap((run) => points(run, "validation"));
  const all = [...training, ...validation];
  const several = runs.length > 1;
  const names = several ? runs.map(({ name }) => name) : ["training", "validation"];
  const label = runs
    .map(({ name, losses }) => {
      const last = losses.validations.at(-1);
      return last
        ? `${name}: validation loss ${number(last.loss, 3)} after ${whole(last.iteration)} iterations`
        : name;
    })
    .join("; ");
  const overfitting = several ? "" : overfittingWords(runs[0]!);
  return (
    <Figure
      title="Loss"
      about={
        <>
          How far off the guesses are, in {unit}
          {unit.startsWith("nats") && <Term name="nats" about={TERMS.nat} />}: the lower, the better. Training
          is measured on what the network learns from, validation on what was kept aside.
          {several && " Of each run, the pale line is training, the strong one with dots is validation."}
          {overfitting}
        </>
      }
      label={label}
      rows={() => all.map(({ run, kind, iteration, loss }) => ({ run, kind, iteration, loss }))}
    >
      <Plot
        height={300}
        draw={(width) => {
          const key = keyRow(names, width - 64);
          return {
            marginTop: key.marginTop,
            x: { label: "iteration", nice: true },
            y: { label: `loss (${unit})`, grid: true, nice: true },
            color: key.color,
            marks: [
              lineY(training, {
                x: "iteration",
                y: "loss",
                z: "run",
                stroke: several ? "run" : "kind",
                strokeOpacity: several ? 0.45 : 1,
              }),
              lineY(validation, {
                x: "iteration",
                y: "loss",
                z: "run",
                stroke: several ? "run" : "kind",
                strokeWidth: 2,
              }),
              dot(validation, { x: "iteration", y: "loss", fill: several ? "run" : "kind", r: 2.5 }),
              ...key.marks,
              ruleX(all, pointerX({ x: "iteration", stroke: "var(--edge)" })),
              tip(
                all,
                pointerX({
                  x: "iteration",
                  y: "loss",
                  title: ({ run, kind, iteration, loss }: LossPoint) =>
                    `${several ? `${run}, ` : ""}${kind}\niteration ${iteration}\nloss ${loss.toFixed(3)}`,
                  ...TIP,
                }),
              ),
            ],
          };
        }}
      />
    </Figure>
  );
}
