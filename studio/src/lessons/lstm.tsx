import { sure } from "../ui/words.ts";
import "../inside/inside.css";
import { useState } from "preact/hooks";
import { Matrix } from "../inside/matrix.tsx";
import type { ForgetMode, ForgetReading } from "../lab/forget-gate.ts";
import { Figure } from "../ui/figure.tsx";
import { useExperiment } from "./experiment.ts";
import { useLabAnswer } from "./lab-answer.ts";
import { GateMap } from "./lstm/gate-map.tsx";
import { OneCell } from "./lstm/one-cell.tsx";
import { AccuracyChart } from "./parts/accuracy-chart.tsx";
import { At } from "./parts/at.tsx";
import { Before } from "./parts/before.tsx";
import { Formula } from "./parts/formula.tsx";
import { OwnGates } from "./parts/own-gates.tsx";
import { Question } from "./parts/question.tsx";
import { Toggle } from "./parts/toggle.tsx";
import { Words } from "./parts/words.tsx";
import { RunButton } from "./run-button.tsx";

const ITERATIONS = 1000;
const LONGEST = 50;
const CAPITALS = ["A", "B", "C", "D"];
const SEQUENCES = ["AbcadbBdacbdcabdCcbad", "Abcdabcd", "AB", "ABC"];
const MOST = 24;

const MODES: readonly (readonly [ForgetMode, string])[] = [
  ["learned", "Γf as learned"],
  ["zero", "Γf always 0"],
  ["one", "Γf always 1"],
];

const FINDINGS: Readonly<Record<ForgetMode, string>> = {
  learned: "As learned: right at every distance, with one capital and with two.",
  zero: "Always 0: right only if “?” follows the capital at once. After a few small letters it guesses. There is no memory.",
  one: "Always 1: nearly always right with one capital. With two it is little better than a guess, because the first capital is never erased.",
};

type Part = "forget" | "update" | "output" | "cell";
const PARTS: readonly (readonly [Part, string])[] = [
  ["forget", "Γf"],
  ["update", "Γu"],
  ["output", "Γo"],
  ["cell", "c"],
];

const isCapital = (symbol: string) => symbol < "a";

/** Returns the units, those first whose Γf falls most at capitals. */
function byDrop({ forget }: ForgetReading, symbols: readonly string[]): number[] {
  const mean = (unit: number, capital: boolean) => {
    const rows = forget.filter((_, t) => isCapital(symbols[t] ?? "a") === capital);
    return rows.length ? rows.reduce((sum, row) => sum + row[unit]!, 0) / rows.length : 0;
  };
  const drops = forget[0]!.map((_, unit) => mean(unit, false) - mean(unit, true));
  return drops.map((_, unit) => unit).sort((a, b) => drops[b]! - drops[a]!);
}

const IN_ORDER = Array.from({ length: 24 }, (_, unit) => unit);

/** What a forget gate does: by hand, in a trained network, and by force. */
export default function LstmLesson() {
  const experiment = useExperiment("forgetGate");
  const { event, result, start } = experiment;
  const [sequence, setSequence] = useState(SEQUENCES[0]!);
  const [typed, setTyped] = useState(sequence);
  const [mode, setMode] = useState<ForgetMode>("learned");
  const [part, setPart] = useState<Part>("forget");
  const answer = useLabAnswer("readSequence", result && { weights: result.weights, sequence }, [
    result,
    sequence,
  ]);
  const symbols = [...sequence];
  const all = result && answer.value?.[0]?.forget.length === symbols.length ? answer.value : undefined;
  const reading = all?.find((one) => one.mode === mode);
  const units = all ? byDrop(all[0]!, symbols) : IN_ORDER;
  const curve = (result ?? event)?.training?.curve ?? event?.training?.curve ?? [];
  const ablation = result?.ablations.find((one) => one.mode === mode);
  const gaps = result?.gaps ?? [];
  const byGap = (shares: readonly number[] = []) => shares.map((accuracy, i) => ({ x: gaps[i]!, accuracy }));
  const [, partName] = PARTS.find(([own]) => own === part)!;
  const best = reading?.remembered.map((row) => row.indexOf(Math.max(...row)));

  function type(text: string): void {
    setTyped(text);
    if (/^[A-Da-d]+$/.test(text) && text.length <= MOST) setSequence(text);
  }
  const isBad = typed !== sequence;

  return (
    <>
      <Before words={["hidden state", "gate", "candidate"]} />
      <OneCell />
      <section class="card">
        <h2>The same in symbols</h2>
        <p>
          A GRU can only write as much as it erases. A <strong>long short-term memory</strong> (LSTM) has a
          gate for each, and a <strong>cell state</strong> <At of="c" /> beside the hidden state <At of="a" />
          . In each unit:
        </p>
        <Formula>
          <At of="c̃" /> = tanh(W<sub>c</sub> [<At of="a" t="t-1" />, <At of="x" />] + b<sub>c</sub>)
        </Formula>
        <Formula>
          Γu = σ(W<sub>u</sub> [<At of="a" t="t-1" />, <At of="x" />] + b<sub>u</sub>), Γf and Γo in the same
          way
        </Formula>
        <Formula>
          <strong>
            <At of="c" /> = Γu <At of="c̃" /> + Γf <At of="c" t="t-1" />
          </strong>
        </Formula>
        <Formula>
          <At of="a" /> = Γo tanh(
          <At of="c" />)
        </Formula>
        <p>
          Γf is the <strong>forget gate</strong>. Its name is the wrong way round: near 1 the cell{" "}
          <em>keeps</em> its memory, near 0 it forgets. σ squeezes any number into the range from 0 to 1. So
          the network computes each gate from what it reads and from its last state, at each step and for each
          unit. Γo, the <strong>output gate</strong>, says how much of the cell the rest of the network sees.
        </p>
      </section>
      <section class="card">
        <h2>Look at it work</h2>
        <p>
          The task: read capitals and small letters, and at “?” name the <em>last capital</em>. The small
          letters are only in the way, up to {LONGEST} of them. The network has 24 units and learns from
          examples alone.
        </p>
        <RunButton
          name="Train an LSTM"
          experiment={experiment as never}
          share={event?.share ?? (result ? 1 : 0)}
          onStart={() => start({ longest: LONGEST, iterations: ITERATIONS })}
        />
        <AccuracyChart
          title="Right answers while it trains"
          xName="iteration"
          xDomain={[0, ITERATIONS]}
          lines={[
            { name: "LSTM", points: curve.map(({ iteration, accuracy }) => ({ x: iteration, accuracy })) },
          ]}
          chance={0.25}
          height={220}
        />
      </section>
      <section class="card">
        <h2>What it remembers, and which gate does it</h2>
        <p>
          The trained network reads this line. You can change it. What if you force Γf to 0 or to 1 in all
          units? Nothing else is changed, and nothing is trained again.
        </p>
        <div class="controls">
          <label class="field">
            Capitals A to D, small letters a to d
            <input
              value={typed}
              maxLength={MOST}
              spellcheck={false}
              autocomplete="off"
              aria-invalid={isBad}
              onInput={({ currentTarget }) => type(currentTarget.value)}
            />
          </label>
          <div class="chips">
            {SEQUENCES.map((one) => (
              <button
                key={one}
                type="button"
                class="small"
                aria-pressed={one === sequence}
                onClick={() => type(one)}
              >
                {one.length > 8 ? "A…B…C…" : one}
              </button>
            ))}
          </div>
        </div>
        <p class="hint">
          {isBad ? <span class="problem">Only the letters A to D and a to d, at least one.</span> : null}
          {answer.error ? <span class="problem">{answer.error}</span> : null}
        </p>
        <Toggle name="The forget gate" choices={MODES} value={mode} onChange={setMode} />
        <Figure
          title="What it remembers"
          about={
            reading
              ? "If “?” came after this letter, how sure would it be of A, B, C and D? The stronger the colour, the surer."
              : "Empty until the LSTM is trained: how sure it would be of A, B, C and D if “?” came after each letter."
          }
          label={
            best
              ? `It remembers ${best.map((row, t) => `${CAPITALS[row]} after ${symbols[t]}`).join(", ")}.`
              : "Empty until the LSTM is trained."
          }
          rows={() =>
            symbols.map((symbol, t) => ({
              step: t + 1,
              symbol,
              ...Object.fromEntries(CAPITALS.map((name, i) => [name, reading?.remembered[t]?.[i]])),
            }))
          }
        >
          <div style={{ minHeight: "172px" }}>
            <Matrix
              rows={CAPITALS}
              columns={symbols}
              rowTitle="sure of"
              columnTitle="after it has read"
              shade={(row, t) => reading?.remembered[t]?.[row] ?? 0}
              tip={(row, t) =>
                `step ${t + 1}, after ${symbols[t]}\n${CAPITALS[row]}: ${reading ? sure(reading.remembered[t]![row]!, 0) : "not trained yet"}`
              }
            />
          </div>
        </Figure>
        <Toggle name="Show" choices={PARTS} value={part} onChange={setPart} />
        <Figure
          title={`${partName} over the steps`}
          about={
            part === "cell"
              ? "The cell state of each unit, orange above 0, blue below. The stripes mark capitals."
              : "Each row is a unit: no colour is 0, full colour is 1. Units whose Γf falls most at capitals come first. The stripes mark capitals."
          }
          label={
            reading
              ? `Mean of ${partName} after each symbol: ${reading[part].map((row, t) => `${symbols[t]} ${(row.reduce((a, b) => a + b) / row.length).toFixed(2)}`).join(", ")}.`
              : "Empty until the LSTM is trained."
          }
          rows={() =>
            symbols.map((symbol, t) => ({
              step: t + 1,
              symbol,
              ...Object.fromEntries(IN_ORDER.map((unit) => [`unit ${unit + 1}`, reading?.[part][t]?.[unit]])),
            }))
          }
        >
          <GateMap
            name={partName}
            symbols={symbols}
            values={reading?.[part]}
            units={units}
            isGate={part !== "cell"}
          />
        </Figure>
        <p>
          As learned, the line of Γf falls at each capital: many units drop their old memory there, while the
          new capital is written. At small letters it is higher, and some units stay near 1: they carry the
          letter. In “What it remembers”, these are steps: A until B comes, then B.
        </p>
      </section>
      <section class="card">
        <h2>Break it</h2>
        <p>
          To force a part of a trained network and see what breaks is called an <strong>ablation</strong>.
          Switch here or above.
        </p>
        <Toggle name="The forget gate" choices={MODES} value={mode} onChange={setMode} />
        <output class="verdict">
          {result ? FINDINGS[mode] : "Train the LSTM first. Then guess what each of the three does."}
        </output>
        <AccuracyChart
          title="Right answers by distance"
          about="100 new sequences for each point. With two capitals, the second one counts."
          xName="small letters before “?”"
          xDomain={[0, LONGEST]}
          lines={[
            { name: "one capital", points: byGap(ablation?.one) },
            { name: "two capitals", points: byGap(ablation?.two) },
          ]}
          chance={0.25}
          height={240}
        />
        <p>
          <strong>Try it</strong>: choose “always 1” and the line AB, above. The network is still sure of A.
          Go back to “as learned”.
        </p>
      </section>
      <section class="card">
        <h2>Check yourself</h2>
        <OwnGates cell="lstm" name="LSTM" />
        <Question
          question="In your own words: what does a forget gate do?"
          answer="At each step it multiplies the old cell state by a number from 0 to 1. Near 1 the memory stays, near 0 it is dropped. The network computes that number from what it reads, so it learns when to forget."
        />
        <Question
          question="Why do many LSTMs start with a bias of 1 in the forget gate?"
          answer="σ(1) = 0.73, so a fresh cell keeps more than half of its memory at each step, and gradients reach further back from the start."
        />
      </section>
      <Words
        words={[
          ["Cell state c⟨t⟩", "the memory of an LSTM, which only gates change."],
          ["Forget gate Γf", "the share of the old cell state that stays."],
          ["Update gate Γu", "the share of the new value that is written."],
          ["Output gate Γo", "the share of the cell that becomes a⟨t⟩."],
          ["Ablation", "to remove or force a part of a trained network and see what breaks."],
        ]}
      />
    </>
  );
}
