import { useState } from "preact/hooks";
import { Bars } from "../inside/bars.tsx";
import { Matrix } from "../inside/matrix.tsx";
import { Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { sure } from "../ui/words.ts";
import { useExperiment } from "./experiment.ts";
import { useLabAnswer } from "./lab-answer.ts";
import { AccuracyChart } from "./parts/accuracy-chart.tsx";
import { At } from "./parts/at.tsx";
import { Formula } from "./parts/formula.tsx";
import { Question } from "./parts/question.tsx";
import { Words } from "./parts/words.tsx";
import { RunButton } from "./run-button.tsx";

const LETTERS = ["a", "b", "c"];
const MOST = 12;
const shown = (symbol: string) => (symbol === "<EOS>" ? "■" : symbol);

/** Scores by hand, and the weights that they make. */
function Scores() {
  const [scores, setScores] = useState<readonly number[]>([0, 1, 3]);
  const exps = scores.map(Math.exp);
  const sum = exps.reduce((a, b) => a + b);
  const weights = exps.map((e) => e / sum);
  return (
    <>
      <div class="pair">
        {LETTERS.map((letter, i) => (
          <Slider
            key={letter}
            name={`Score of the state after “${letter}”`}
            min={-4}
            max={4}
            step={0.5}
            value={scores[i]!}
            onChange={(value) => setScores(scores.map((old, k) => (k === i ? value : old)))}
          />
        ))}
      </div>
      <Figure
        title="Weights of one written letter"
        about="Attention weights α: scores through the softmax. They share 100% among the states."
        label={LETTERS.map((letter, i) => `${letter}: ${sure(weights[i]!, 0)}`).join(", ")}
        rows={() => LETTERS.map((letter, i) => ({ letter, score: scores[i]!, weight: weights[i]! }))}
      >
        <Bars bars={LETTERS.map((name, i) => ({ name, value: weights[i]! }))} />
      </Figure>
    </>
  );
}

/** Why one vector is a bottleneck, and where a decoder with attention looks. */
export default function AttentionLesson() {
  const experiment = useExperiment("attentionLesson");
  const { event, result, start } = experiment;
  const [typed, setTyped] = useState("badcafehebg");
  const [source, setSource] = useState(typed);
  const models = result?.models;
  const answer = useLabAnswer("translate", models && { models, source }, [models, source]);
  const example = answer.value;
  const progress = event ?? result;
  const lengths = progress?.lengths ?? [];
  const points = (attention: boolean) =>
    (progress?.translators.find((one) => one.attention === attention)?.exact ?? []).map((accuracy, i) => ({
      x: lengths[i]!,
      accuracy,
    }));
  const latest = progress?.translators.at(-1);
  const loss = latest?.curve.at(-1)?.loss;
  const rows = example?.written.map(shown) ?? [...source].reverse();
  const columns = example?.source ?? [...source];
  const weight = (row: number, column: number) => example?.weights[row]?.[column] ?? 0;

  function type(text: string): void {
    setTyped(text);
    if (/^[a-h]{2,12}$/.test(text)) setSource(text);
  }

  return (
    <>
      <section class="card">
        <h2>Where to look: move the scores</h2>
        <p>
          A network has read “abc” and is about to write a letter. It gives each letter that it has read a
          score. Which letter does it look at most?
        </p>
        <Scores />
      </section>
      <section class="card">
        <h2>From one sequence to another</h2>
        <p>
          A translation has another length than its source: T<sub>x</sub> ≠ T<sub>y</sub>. So one network, the{" "}
          <strong>encoder</strong>, reads the source. A second one, the <strong>decoder</strong>, writes the
          target, letter by letter, as a language model that starts from the encoder's last state instead of
          0.
        </p>
        <p>
          All that the decoder knows is one vector: a <strong>bottleneck</strong>. A word of 12 letters has to
          fit into it, and so does a whole sentence. With <strong>attention</strong>, the decoder looks back
          at all states of the encoder. For each letter that it writes, each state gets a weight, and the
          weighted sum is the <strong>context</strong>:
        </p>
        <Formula>
          <At of="e" t="t,t'" /> = <At of="s" /> · <At of="a" t="t'" />
        </Formula>
        <Formula>
          <At of="α" t="t,t'" /> = exp(
          <At of="e" t="t,t'" />) / Σ exp(
          <At of="e" t="t,t''" />
          ), the sum over t''
        </Formula>
        <Formula>
          <At of="c" /> = Σ <At of="α" t="t,t'" /> <At of="a" t="t'" />, the sum over t'
        </Formula>
        <p>
          The weights α are learned without a word about which letter belongs to which. (Here c is the
          context; in the lessons on GRU and LSTM it was the memory cell.)
        </p>
      </section>
      <section class="card">
        <h2>Try it: write it backwards</h2>
        <p>
          Two networks of the same size learn to write words of 2 to 12 letters from a to h in reverse, one
          without and then one with attention.
        </p>
        <RunButton
          name="Train both"
          experiment={experiment as never}
          share={event?.share ?? 0}
          onStart={() => start()}
        />
        <p class="hint">
          {latest && loss !== undefined
            ? `Network ${latest.attention ? "with" : "without"} attention, loss ${loss.toFixed(3)}`
            : "The lines appear as each network is trained."}
        </p>
        <AccuracyChart
          title="Words without an error by length"
          xName="letters in the word"
          xDomain={[2, MOST]}
          lines={[
            { name: "without attention", points: points(false) },
            { name: "with attention", points: points(true) },
          ]}
          chance={0}
        />
        <p>
          Short words work in both. Without attention, the line falls from about 5 letters on and is at or
          near 0 for the longest. With attention it stays high for much longer.
        </p>
      </section>
      <section class="card">
        <h2>Where it looks</h2>
        <label class="field">
          A word of 2 to 12 letters from a to h
          <input
            value={typed}
            maxLength={MOST}
            spellcheck={false}
            autocomplete="off"
            aria-invalid={typed !== source}
            onInput={({ currentTarget }) => type(currentTarget.value)}
          />
        </label>
        <p class="hint">
          {typed !== source || answer.error ? (
            <span class="problem">{answer.error ?? "Only the letters a to h, 2 to 12 of them."}</span>
          ) : example ? (
            `Without attention it writes ${example.without || "nothing"}, with attention ${example.written.slice(0, -1).join("")}. Right is ${example.target}.`
          ) : (
            "Train both networks to see the weights."
          )}
        </p>
        <Figure
          title="Attention weights"
          about="A row for each written letter: the stronger the colour, the more it looked at that letter. ■ is the end."
          label={
            example
              ? example.written
                  .map((symbol, row) => {
                    const own = example.weights[row]!;
                    return `${shown(symbol)} looks most at letter ${own.indexOf(Math.max(...own)) + 1}`;
                  })
                  .join(", ")
              : "Empty until both networks are trained."
          }
          rows={() =>
            rows.flatMap((written, row) =>
              columns.map((read, column) => ({
                written,
                read,
                position: column + 1,
                weight: weight(row, column),
              })),
            )
          }
        >
          <div style={{ minHeight: "480px" }}>
            <Matrix
              rows={rows}
              columns={columns}
              rowTitle="written"
              columnTitle="read"
              shade={weight}
              tip={(row, column) =>
                `writes ${rows[row]}\nlooks at ${columns[column]} (${column + 1}): ${sure(weight(row, column), 0)}`
              }
            />
          </div>
        </Figure>
        <p>
          The dark squares run from the top right to the bottom left: to write the first letter, the decoder
          looks at the last one.
        </p>
        <Question
          question="Each row of the matrix has the sum 1. What does a row with equal weights mean?"
          answer="The decoder looks at nothing in particular; its context is the mean of all states."
        />
      </section>
      <Words
        words={[
          ["Encoder, decoder", "the halves of a network from sequence to sequence."],
          ["Attention", "weights over all steps of the source, new for each written letter."],
          ["Context c⟨t⟩", "the weighted sum of the encoder's states."],
        ]}
      />
    </>
  );
}
