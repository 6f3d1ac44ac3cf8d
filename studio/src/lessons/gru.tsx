import { useRef, useState } from "preact/hooks";
import type { RecallReading, RememberLesson } from "../lab/remember.ts";
import { Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { HeatMap } from "../ui/heat-map.tsx";
import { useWidth } from "../ui/width.ts";
import { percent, sure } from "../ui/words.ts";
import { useExperiment } from "./experiment.ts";
import { useLabAnswer } from "./lab-answer.ts";
import { AccuracyChart } from "./parts/accuracy-chart.tsx";
import { Before } from "./parts/before.tsx";
import { Formula } from "./parts/formula.tsx";
import { OwnGates } from "./parts/own-gates.tsx";
import { Question } from "./parts/question.tsx";
import { SeedButton } from "./parts/seed-button.tsx";
import { Words } from "./parts/words.tsx";
import { RunButton } from "./run-button.tsx";

const [LONGEST, ITERATIONS] = [40, 500];
const CELLS = ["rnn", "gru"] as const;
const NAMES = { rnn: "RNN", gru: "GRU" } as const;

/** Lesson 4: the update gate. */
export default function Gru() {
  return (
    <>
      <Before words={["hidden state", "gradient"]} />
      <section class="part">
        <h2>The task</h2>
        <p>
          A sequence like <code>AbcaBdacb?</code> has capitals and small letters. At <code>?</code>, name the
          last capital: B. The small letters are only in the way, up to {LONGEST} of them. A plain RNN
          overwrites its whole state at every step, so whatever it keeps has to survive each tanh and each W
          <sub>aa</sub>.
        </p>
      </section>
      <section class="part">
        <h2>A gate decides</h2>
        <p>
          A <strong>gated recurrent unit</strong> (GRU) computes what it <em>could</em> write, the candidate
          c̃⟨t⟩, and a number between 0 and 1 that says how much of it is written:
        </p>
        <Formula>
          Γr = σ(W<sub>r</sub> [c⟨t−1⟩, x⟨t⟩] + b<sub>r</sub>)
        </Formula>
        <Formula>
          c̃⟨t⟩ = tanh(W<sub>c</sub> [Γr · c⟨t−1⟩, x⟨t⟩] + b<sub>c</sub>)
        </Formula>
        <Formula>
          Γu = σ(W<sub>u</sub> [c⟨t−1⟩, x⟨t⟩] + b<sub>u</sub>)
        </Formula>
        <Formula>c⟨t⟩ = Γu · c̃⟨t⟩ + (1 − Γu) · c⟨t−1⟩, and a⟨t⟩ = c⟨t⟩</Formula>
        <p>
          Γu is the <strong>update gate</strong>, one number for each unit. If Γu is 0, then c⟨t⟩ = c⟨t−1⟩:
          the memory stays exactly as it is, and so does its gradient. If Γu is 1, the unit forgets and writes
          c̃⟨t⟩. Γr, the <strong>relevance gate</strong> (or reset gate), says how much of the old memory the
          candidate sees.
        </p>
        <OneUnit />
      </section>
      <Remember />
      <section class="part">
        <h2>Check yourself</h2>
        <OwnGates cell="gru" name="GRU" />
        <Question
          question="A unit has Γu = 0.02 for ten steps. How much of its memory is left?"
          answer="0.98 to the power of 10: 82%. With Γu = 0.5 it would be a thousandth."
        />
      </section>
      <Words
        words={[
          ["Gate", "a number from 0 to 1, made by a sigmoid, that multiplies something else."],
          ["Candidate c̃⟨t⟩", "the new content that a cell could write."],
          ["Update gate Γu", "how much of the candidate is written. PyTorch's z is 1 − Γu."],
          ["Relevance gate Γr", "how much of the old memory the candidate reads."],
        ]}
      />
    </>
  );
}

/** Memory and candidate of the unit that is shown. */
const [OLD, NEW, AHEAD] = [0.8, -0.5, 10];

/** One unit with a slider for its gate, and what is left of its memory if the gate stays so. */
function OneUnit() {
  const [gate, setGate] = useState(0.1);
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const value = gate * NEW + (1 - gate) * OLD;
  const left = Array.from({ length: AHEAD + 1 }, (_, n) => (1 - gate) ** n);
  const x = (number: number) => 16 + ((number + 1) / 2) * (width - 32);
  const column = width / left.length;
  return (
    <div class="card">
      <Slider name="Update gate Γu" min={0} max={1} step={0.01} value={gate} onChange={setGate} />
      <Figure
        title="One unit of a GRU"
        about="Above: the new memory c⟨t⟩ between the old one and the candidate. Below: how much of the old memory is left if the gate stays so for ten steps."
        label={`With Γu = ${gate}, the memory moves from ${OLD} to ${value.toFixed(2)}; the candidate is ${NEW}. After ${AHEAD} such steps ${percent(left[AHEAD]!, 0)} of the old memory is left.`}
        rows={() => left.map((share, steps) => ({ steps, "share of the old memory": share }))}
      >
        <div ref={place} style={{ minHeight: "230px" }}>
          {width > 100 && (
            <svg
              width={width}
              height={230}
              aria-hidden="true"
              font-size={12}
              text-anchor="middle"
              fill="var(--ink)"
            >
              <line x1={x(-1)} x2={x(1)} y1={45} y2={45} stroke="var(--edge)" />
              {[-1, 0, 1].map((tick) => (
                <text key={tick} x={x(tick)} y={64} fill="var(--muted)">
                  {tick}
                </text>
              ))}
              <circle cx={x(OLD)} cy={45} r={6} fill="none" stroke="var(--train)" stroke-width={2} />
              <text x={x(OLD)} y={20} fill="var(--train)">
                old
              </text>
              <circle cx={x(NEW)} cy={45} r={6} fill="none" stroke="var(--validation)" stroke-width={2} />
              <text x={x(NEW)} y={20} fill="var(--validation)">
                candidate
              </text>
              <circle cx={x(value)} cy={45} r={8} fill="var(--third)" />
              <text x={x(value)} y={84} fill="var(--third)" font-weight={600}>
                c⟨t⟩ = {value.toFixed(2)}
              </text>
              {left.map((share, n) => (
                <g key={n}>
                  <rect
                    x={n * column + 2}
                    y={205 - 90 * share}
                    width={column - 4}
                    height={90 * share}
                    fill="var(--train)"
                    data-tip={`After ${n} steps: ${percent(share)}`}
                  />
                  <text x={(n + 0.5) * column} y={222} fill="var(--muted)">
                    {n}
                  </text>
                </g>
              ))}
            </svg>
          )}
        </div>
      </Figure>
    </div>
  );
}

const FIRST_EXAMPLE = "AbcadbBdacbdcabdcCbadc?";
const VALID = /^[A-Da-d]*[A-D][A-Da-d]*$/;

function Remember() {
  const experiment = useExperiment("remember");
  const [seed, setSeed] = useState(1);
  const { event, running } = experiment;
  const result = !running && event?.share === 1 ? experiment.result : undefined;
  const cells = CELLS.map((cell) => ({ cell, state: event?.cells.find((one) => one.cell === cell) }));
  function start(seed: number): void {
    setSeed(seed);
    experiment.start({ seed, longest: LONGEST, iterations: ITERATIONS, example: FIRST_EXAMPLE });
  }
  return (
    <section class="part">
      <h2>Try it</h2>
      <p>
        An RNN and a GRU, both with 24 units, learn the task one after the other. It takes about ten seconds.
      </p>
      <div class="card">
        <RunButton
          name="Train RNN and GRU"
          experiment={experiment}
          share={event?.share}
          onStart={() => start(seed)}
        />
        <SeedButton seed={seed} running={running} onStart={start} />
        <AccuracyChart
          title="Right answers while they train"
          about="Measured on new sequences every 25 iterations."
          xName="iterations"
          xDomain={[0, ITERATIONS]}
          chance={0.25}
          lines={cells.map(({ cell, state }) => ({
            name: NAMES[cell],
            points: (state?.curve ?? []).map(({ iteration, accuracy }) => ({ x: iteration, accuracy })),
          }))}
        />
        <AccuracyChart
          title="Right answers by distance"
          about="After training, by the number of small letters between the last capital and the question."
          xName="small letters between"
          xDomain={[0, LONGEST]}
          chance={0.25}
          lines={cells.map(({ cell, state }) => ({
            name: NAMES[cell],
            points: (result ? (state?.accuracy ?? []) : []).map((accuracy, i) => ({
              x: result!.gaps[i]!,
              accuracy,
            })),
          }))}
        />
        <Gates result={result} />
      </div>
      <p>
        The GRU is right at nearly every distance. The RNN is somewhere between guessing and knowing, and it
        differs from seed to seed. In the first rows of the picture, the gate is open at capitals and less so
        at small letters. Not every unit takes part, and no unit was told what a capital is.
      </p>
      <p>
        <strong>Try it</strong>: type <code>AbbbbbbbbC</code> and look at the units that open at C. Then leave
        out C.
      </p>
    </section>
  );
}

/** Units that are shown, those first that open at capitals most. */
const [SHOWN, ROW, HEAD, SIDE] = [12, 18, 30, 58];

function Gates({ result }: { readonly result: RememberLesson | undefined }) {
  const [text, setText] = useState(FIRST_EXAMPLE.slice(0, -1));
  const isValid = VALID.test(text);
  const { value: reading } = useLabAnswer(
    "updateGates",
    result && isValid ? { gru: result.gru, example: `${text}?`, units: result.gates.units } : undefined,
    [result, text],
  );
  const shown = result ? reading : undefined;
  return (
    <>
      <label class="field">
        A sequence of your own: capitals A to D and small letters a to d
        <input
          type="text"
          maxLength={40}
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          value={text}
          aria-invalid={!isValid}
          onInput={({ currentTarget }) => setText(currentTarget.value.replace(/\?$/, ""))}
        />
      </label>
      <p class={isValid ? "about" : "problem"} role="status">
        {isValid ? answerOf(shown) : "Only A to D and a to d, with one capital at least."}
      </p>
      <Figure
        title="Update gates of the GRU over a sequence"
        about="A row for each of 12 units, a column for each letter. The stronger the colour, the more the unit writes there (Γu near 1)."
        label={
          shown
            ? `Γu of ${SHOWN} units over ${shown.symbols.join("")}. The first unit has ${shown.symbols.map((symbol, t) => `${symbol} ${shown.update[t]![shown.units[0]!]!.toFixed(2)}`).join(", ")}.`
            : "The gates stand here after training."
        }
        rows={() =>
          (shown?.symbols ?? []).map((symbol, t) => ({
            t: t + 1,
            symbol,
            ...Object.fromEntries(
              shown!.units
                .slice(0, SHOWN)
                .map((unit) => [`Γu of unit ${unit + 1}`, shown!.update[t]![unit]!]),
            ),
          }))
        }
      >
        <GatePicture shown={shown} />
      </Figure>
    </>
  );
}

function answerOf(reading: RecallReading | undefined): string {
  if (!reading) return "After training, the GRU answers here.";
  const best = reading.answer.indexOf(Math.max(...reading.answer));
  return `At the question mark, the GRU answers ${"ABCD"[best]} (${sure(reading.answer[best]!, 0)} sure).`;
}

function GatePicture({ shown }: { readonly shown: RecallReading | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const height = HEAD + SHOWN * ROW;
  const columns = shown?.symbols.length ?? 1;
  const column = (width - SIDE) / columns;
  const isCapital = (symbol: string) => symbol >= "A" && symbol <= "D";
  return (
    <div ref={place} style={{ minHeight: `${height}px` }}>
      {width > 100 && (
        <svg width={width} height={height} aria-hidden="true" font-size={12} fill="var(--muted)">
          <rect
            x={SIDE}
            y={HEAD}
            width={width - SIDE}
            height={SHOWN * ROW}
            fill="none"
            stroke="var(--line)"
          />
          {!shown && (
            <text x={SIDE + (width - SIDE) / 2} y={HEAD + (SHOWN * ROW) / 2} text-anchor="middle">
              Train both to see the gates.
            </text>
          )}
          {shown && (
            <>
              <HeatMap
                x={SIDE}
                y={HEAD}
                width={width - SIDE}
                height={SHOWN * ROW}
                rows={SHOWN}
                columns={columns}
                values={(row, t) => shown.update[t]![shown.units[row]!]!}
                tip={(row, t) => {
                  const unit = shown.units[row]!;
                  return `unit ${unit + 1} at ${shown.symbols[t]}\nΓu = ${shown.update[t]![unit]!.toFixed(2)}\nc⟨t⟩ = ${shown.memory[t]![unit]!.toFixed(2)}`;
                }}
              />
              {shown.symbols.map((symbol, t) => (
                <text
                  key={t}
                  x={SIDE + (t + 0.5) * column}
                  y={20}
                  text-anchor="middle"
                  font-weight={isCapital(symbol) ? 700 : 400}
                  fill={isCapital(symbol) ? "var(--accent)" : "var(--muted)"}
                >
                  {symbol}
                </text>
              ))}
              {shown.units.slice(0, SHOWN).map((unit, row) => (
                <text key={unit} x={0} y={HEAD + (row + 0.7) * ROW}>
                  unit {unit + 1}
                </text>
              ))}
            </>
          )}
        </svg>
      )}
    </div>
  );
}
