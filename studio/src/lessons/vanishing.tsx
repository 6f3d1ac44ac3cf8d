import { useState } from "preact/hooks";
import type { LiveFlowCell } from "../lab/live-flow.ts";
import { Slider } from "../ui/fields.tsx";
import { percent } from "../ui/words.ts";
import { useExperiment } from "./experiment.ts";
import { useLabAnswer } from "./lab-answer.ts";
import { CurveChart } from "./parts/curve-chart.tsx";
import { Formula } from "./parts/formula.tsx";
import { Question } from "./parts/question.tsx";
import { SeedButton } from "./parts/seed-button.tsx";
import { Words } from "./parts/words.tsx";
import { RunButton } from "./run-button.tsx";

/** Lesson 3: gradients that vanish or explode, and clipping. */
export default function Vanishing() {
  return (
    <>
      <section class="part">
        <h2>The same factor, again and again</h2>
        <p>On its way back, the gradient passes one step after the other:</p>
        <Formula>
          da⟨t−1⟩ = W<sub>aa</sub>
          <sup>T</sup> (1 − a⟨t⟩²) da⟨t⟩
        </Formula>
        <p>
          Each step multiplies by the same matrix W<sub>aa</sub> and by slopes of tanh, which are at most 1.
          If that makes a vector a little shorter, fifty steps make it tiny: 0.9<sup>50</sup> is 0.005. If it
          makes it longer, fifty steps make it huge: 1.5<sup>50</sup> is about 600 million.
        </p>
        <ByDistance />
        <p>
          Below 1, both lines fall together: the gradient <strong>vanishes</strong>. At 1 it stays nearly as
          it is. Above 1 it grows and in the end <strong>explodes</strong>, but with tanh much less than W
          <sub>aa</sub> alone would make it: the states are larger, and tanh is flatter there.
        </p>
        <p>
          <strong>Try it</strong>: find the radius at which the gradient neither grows nor falls, with tanh
          and without.
        </p>
      </section>
      <section class="part">
        <h2>What it means for learning</h2>
        <p>
          A vanished gradient does not stop training. The network still learns from the last few steps, which
          are louder. It only never learns what lies far back. An exploded one is seen at once: one step
          throws the weights so far that the next numbers are infinite.
        </p>
      </section>
      <Clipping />
      <ThreeCells />
      <section class="part">
        <h2>Check yourself</h2>
        <Question
          question="Does clipping help if gradients vanish?"
          answer="No. It only makes long gradients short. What was lost on the way is among the rounding errors, and no factor brings it back. That needs another cell: the next two lessons."
        />
      </section>
      <Words
        words={[
          [
            "Spectral radius",
            "the size of a matrix's largest eigenvalue; in the long run, the factor of each multiplication.",
          ],
          ["Norm ‖g‖", "the length of a vector."],
          ["Gradient clipping", "limits the norm of the gradient before a step of training."],
        ]}
      />
    </>
  );
}

const STEPS = 50;

function ByDistance() {
  const [radius, setRadius] = useState(0.9);
  const [isTanh, setTanh] = useState(true);
  const activation = isTanh ? "tanh" : "linear";
  const { value: result, error } = useLabAnswer("gradientByDistance", { radius, activation, steps: STEPS }, [
    radius,
    activation,
  ]);
  const curve = (norms: readonly number[] = []) => norms.map((y, x) => ({ x, y }));
  return (
    <div class="card">
      <Slider
        name="Spectral radius of Waa: its factor for each step"
        min={0.5}
        max={1.5}
        step={0.01}
        value={radius}
        onChange={setRadius}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={isTanh}
          onChange={({ currentTarget }) => setTanh(currentTarget.checked)}
        />
        with tanh
      </label>
      <CurveChart
        title="Strength of the gradient by distance"
        about="How long the gradient vector is after so many steps back, in a network without any training. Each line of the grid is many times the one below it."
        xName="steps back from the loss"
        yName="norm of da"
        xDomain={[0, STEPS]}
        yDomain={[1e-14, 1e10]}
        logarithmic
        curves={[
          { name: "measured", points: curve(result?.norms) },
          {
            name: "Waa alone (dashed)",
            points: curve(result?.byWeights),
            dashed: true,
          },
        ]}
      />
      <dl class="figures">
        <div>
          <dt>The gradient</dt>
          <dd>{result?.diagnosis.verdict ?? "…"}</dd>
        </div>
        <div>
          <dt>Factor for each step</dt>
          <dd>{result?.diagnosis.factor.toFixed(3) ?? "…"}</dd>
        </div>
        <div>
          <dt>Mean slope of tanh</dt>
          <dd>{result ? (isTanh ? result.slope.toFixed(2) : "no tanh") : "…"}</dd>
        </div>
      </dl>
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

const [LIMIT, CLIP_ITERATIONS] = [1, 400];

function Clipping() {
  const experiment = useExperiment("clipping");
  const [seed, setSeed] = useState(1);
  const { event, running } = experiment;
  const runs = [false, true].map((clipped) => event?.runs.find((run) => run.clipped === clipped));
  const result = !running && event?.share === 1 ? experiment.result : undefined;
  const curves = (of: "loss" | "norm") =>
    runs.map((run, i) => ({
      name: i ? "clipped" : "not clipped",
      points: (run?.[of] ?? []).map((y, at) => ({ x: at + 1, y })),
    }));
  function start(seed: number): void {
    setSeed(seed);
    experiment.start({ seed, limit: LIMIT, iterations: CLIP_ITERATIONS });
  }
  const broke = runs[0]?.brokeAt;
  const outcome = () => {
    const last = runs[1]!.loss.slice(-20);
    const end = last.reduce((a, b) => a + b, 0) / last.length;
    const first = broke
      ? `Without clipping, the numbers are infinite at iteration ${broke}, and the run ends.`
      : "Without clipping, this run happened to survive.";
    return `${first} With clipping, the loss falls to ${end.toFixed(2)}; a guess among all letters has ${result!.guess.toFixed(2)}.`;
  };
  return (
    <section class="part">
      <h2>Clipping</h2>
      <p>
        There is a simple cure for gradients that explode. If the norm of the gradient is above a limit θ,
        shorten it. Its direction stays:
      </p>
      <Formula>g ← g · θ / ‖g‖ if ‖g‖ &gt; θ</Formula>
      <p>
        The experiment trains the same network twice, from the same weights and on the same data: lines such
        as “forty-two = 42”. Its W<sub>aa</sub> starts large, with a spectral radius of 1.8. The first run is
        without clipping, the second with θ = 1. It takes a few seconds.
      </p>
      <div class="card">
        <RunButton
          name="Train twice"
          experiment={experiment}
          share={event?.share}
          onStart={() => start(seed)}
        />
        <SeedButton seed={seed} running={running} onStart={start} />
        <CurveChart
          title="Loss with and without clipping"
          about="Each mark on the left is many times the one below. A line that shoots up and ends is a run that broke."
          xName="iterations"
          yName="loss"
          xDomain={[0, CLIP_ITERATIONS]}
          yDomain={[0.1, 1000]}
          logarithmic
          curves={curves("loss")}
          level={{ y: 3.5, name: "a guess" }}
          {...(broke && { note: { x: broke, y: 400, name: `not clipped: infinite at iteration ${broke}` } })}
        />
        <CurveChart
          title="Norm of the gradient, before clipping"
          xName="iterations"
          yName="norm"
          xDomain={[0, CLIP_ITERATIONS]}
          yDomain={[0.1, 1000]}
          logarithmic
          curves={curves("norm")}
          level={{ y: LIMIT, name: "θ: what is above is shortened" }}
        />
        <div class="outcome">
          <p class="about">
            {result
              ? outcome()
              : broke
                ? `Without clipping, the numbers are infinite at iteration ${broke}.`
                : "What happened to both runs stands here at the end."}
          </p>
        </div>
      </div>
    </section>
  );
}

const [FLOW_STEPS, FLOW_ITERATIONS, EVERY] = [40, 400, 20];
const CELLS = ["rnn", "gru", "lstm"] as const;
const NAMES = { rnn: "RNN", gru: "GRU", lstm: "LSTM" } as const;

function ThreeCells() {
  const experiment = useExperiment("liveFlow");
  const [seed, setSeed] = useState(1);
  /** The measurement that is shown; without, the last one. */
  const [chosen, setChosen] = useState<number>();
  const { event, running } = experiment;
  const cells: (LiveFlowCell | undefined)[] = CELLS.map((cell) =>
    event?.cells.find((one) => one.cell === cell),
  );
  const count = cells[0]?.flow.length ?? 0;
  const at = Math.max(0, Math.min(chosen ?? count - 1, count - 1));
  const iteration = cells[0]?.flow[at]?.iteration ?? 0;
  function start(seed: number): void {
    setSeed(seed);
    setChosen(undefined);
    experiment.start({ seed, iterations: FLOW_ITERATIONS, every: EVERY, steps: FLOW_STEPS });
  }
  return (
    <section class="part">
      <h2>Three cells side by side</h2>
      <p>
        The next two lessons show two cells that were made against vanishing gradients: GRU and LSTM. Here
        they train beside a plain RNN. The task: name the last capital of a sequence in which up to{" "}
        {FLOW_STEPS} small letters follow it. Every {EVERY} iterations, the gradient of the answer is
        measured, from the end back to the capital. It takes about ten seconds.
      </p>
      <div class="card">
        <RunButton
          name="Train all three"
          experiment={experiment}
          share={event?.share}
          onStart={() => start(seed)}
        />
        <SeedButton seed={seed} running={running} onStart={start} />
        <Slider
          name="Show the gradient after this many iterations"
          min={0}
          max={FLOW_ITERATIONS}
          step={EVERY}
          value={iteration}
          onChange={(value) => setChosen(value === FLOW_ITERATIONS ? undefined : value / EVERY)}
        />
        <CurveChart
          title="Gradient flow in three cells"
          about="How strong the gradient of the answer still is after so many steps back. A line that falls to the bottom means that the network cannot learn from what stands there."
          xName="steps back from the answer"
          yName="norm of da"
          xDomain={[0, FLOW_STEPS]}
          yDomain={[1e-16, 10]}
          logarithmic
          height={300}
          curves={cells.map((cell, i) => ({
            name: NAMES[CELLS[i]!],
            points: (cell?.flow[at]?.norms ?? [])
              .map((y, x) => ({ x, y }))
              .filter(({ x, y }) => x <= FLOW_STEPS && y > 0),
          }))}
        />
        <dl class="figures">
          {cells.map((cell, i) => (
            <div key={CELLS[i]}>
              <dt>
                {NAMES[CELLS[i]!]}: left after {FLOW_STEPS} steps
              </dt>
              <dd>{cell?.flow[at] ? shareLeft(cell.flow[at].norms) : "…"}</dd>
            </div>
          ))}
        </dl>
        <CurveChart
          title="Loss of three cells"
          about="1.39 is that of a guess among four capitals."
          xName="iterations"
          yName="loss"
          xDomain={[0, FLOW_ITERATIONS]}
          yDomain={[0, 2]}
          level={{ y: Math.log(4), name: "a guess" }}
          curves={cells.map((cell, i) => ({
            name: NAMES[CELLS[i]!],
            points: smooth(cell?.curve ?? []),
          }))}
        />
      </div>
      <p>
        At the start, the gradient vanishes in all three. The gates of GRU and LSTM learn to let it through,
        and then their loss falls. When a network answers everything right, its whole line sinks: there is
        little left to learn. What counts then is the share that is left at its end.
      </p>
    </section>
  );
}

/** Writes how much of the largest gradient is left at the end of the picture. */
function shareLeft(norms: readonly number[]): string {
  const shown = norms.slice(0, FLOW_STEPS + 1);
  return percent(shown.at(-1)! / Math.max(...shown));
}

/** Averages each ten losses, so that the lines of three networks can be told apart. */
function smooth(curve: LiveFlowCell["curve"]) {
  const width = 10;
  return Array.from({ length: Math.floor(curve.length / width) }, (_, i) => {
    const part = curve.slice(i * width, (i + 1) * width);
    return { x: (i + 1) * width, y: part.reduce((sum, { loss }) => sum + loss, 0) / width };
  });
}
