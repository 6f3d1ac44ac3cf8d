import { useState } from "preact/hooks";
import { Bars } from "../inside/bars.tsx";
import { drawnProbabilities } from "../lab/drawn.ts";
import { Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { useExperiment } from "./experiment.ts";
import { useLabAnswer } from "./lab-answer.ts";
import { At } from "./parts/at.tsx";
import { Formula } from "./parts/formula.tsx";
import { Question } from "./parts/question.tsx";
import { Words } from "./parts/words.tsx";
import { RunButton } from "./run-button.tsx";

const NAMES = new URL("../../../examples/data/names.tsv", import.meta.url).href;
const SHOWN = 10;

/** What a trained model expects after "Sch", to move the sliders before there is a model of one's own. */
const BEFORE: readonly (readonly [string, number])[] = [
  ["a", 0.268],
  ["e", 0.193],
  ["i", 0.151],
  ["o", 0.106],
  ["u", 0.07],
  ["r", 0.034],
  ["l", 0.032],
  ["h", 0.024],
  ["n", 0.022],
  ["y", 0.02],
  ["m", 0.02],
  ["t", 0.02],
  ["w", 0.02],
  ["s", 0.02],
];

const named = (symbol: string) => (symbol === "\n" ? "end" : symbol === " " ? "space" : symbol);

async function surnames(): Promise<string> {
  const lines = (await (await fetch(NAMES)).text()).trim().split("\n");
  return `${lines.map((line) => line.split("\t")[0]).join("\n")}\n`;
}

/** A language model that learns surnames, and how to draw from it. */
export default function LanguageModelsLesson() {
  const experiment = useExperiment("characterModel");
  const { event, result, start } = experiment;
  const [problem, setProblem] = useState<string>();
  const [prefix, setPrefix] = useState("Sch");
  const [temperature, setTemperature] = useState(1);
  const [topK, setTopK] = useState(0);
  const [topP, setTopP] = useState(1);
  const [seed, setSeed] = useState(1);
  const settings = { temperature, topK, topP };
  const model = result?.bytes;
  const next = useLabAnswer("nextSymbols", model && { model, prefix }, [model, prefix]);
  const lines = useLabAnswer("writeLines", model && { model, prefix, count: 8, seed, ...settings }, [
    model,
    prefix,
    seed,
    temperature,
    topK,
    topP,
  ]);
  const known = next.value?.map(({ symbol, probability }) => [symbol, probability] as const) ?? BEFORE;
  const drawn = drawnProbabilities(
    known.map(([, p]) => p),
    settings,
  );
  const bars = known
    .slice(0, SHOWN)
    .map(([symbol, value], i) => ({ name: named(symbol), value, second: drawn[i]! }));
  const cut = drawn.filter((p) => p === 0).length;
  const points = (result ?? event)?.validation ?? [];
  const last = points.at(-1);

  async function begin(): Promise<void> {
    setProblem(undefined);
    try {
      start({ text: await surnames() });
    } catch {
      setProblem("The surnames cannot be loaded.");
    }
  }

  return (
    <>
      <section class="card">
        <h2>Draw the next letter</h2>
        <p>
          A language model has read the beginning of a surname. It gives each letter a probability, and one is
          drawn. Move the sliders: blue is what the model says, orange is what is drawn from.
        </p>
        <div class="pair">
          <Slider
            name="Temperature τ"
            min={0}
            max={2}
            step={0.1}
            value={temperature}
            onChange={setTemperature}
          />
          <Slider name="Top k (0: all letters)" min={0} max={10} step={1} value={topK} onChange={setTopK} />
          <Slider
            name="Top p (1: all letters)"
            min={0.1}
            max={1}
            step={0.05}
            value={topP}
            onChange={setTopP}
          />
          <label class="field">
            Beginning
            <input
              value={prefix}
              maxLength={12}
              disabled={!model}
              spellcheck={false}
              onInput={({ currentTarget }) => setPrefix(currentTarget.value)}
            />
          </label>
        </div>
        <p class="hint tall">
          {next.error ? (
            <span class="problem">{next.error}</span>
          ) : (
            <>
              {cut} of {known.length} letters are cut off and never drawn.
              {model ? "" : " These numbers are an example. Train below to use a model of your own."}
            </>
          )}
        </p>
        <Figure
          title={`Next letter after “${prefix}”`}
          label={bars
            .map(
              ({ name, value, second }) =>
                `${name}: model ${value.toFixed(3)}, ${second ? `drawn ${second.toFixed(3)}` : "cut off"}`,
            )
            .join("; ")}
          rows={() =>
            known.map(([symbol, probability], i) => ({ symbol: named(symbol), probability, drawn: drawn[i] }))
          }
        >
          <Bars bars={bars} names={["model", "drawn"]} />
        </Figure>
        <h3>Names written with these settings</h3>
        <p class="written lines">
          {lines.value?.join("\n") ??
            lines.error ??
            (model ? "Writing …" : "Train the model below, and it writes here.")}
        </p>
        <button type="button" aria-disabled={!model} onClick={() => model && setSeed(seed + 8)}>
          Write more
        </button>
      </section>
      <section class="card">
        <h2>A probability for a text</h2>
        <p>
          A <strong>language model</strong> says how likely a text is. It takes it letter by letter: each
          factor is the probability of a letter after those before it.
        </p>
        <Formula>
          P(
          <At of="y" t="1" />, ..., <At of="y" t="T" />) = P(
          <At of="y" t="1" />) P(
          <At of="y" t="2" /> | <At of="y" t="1" />) ... P(
          <At of="y" t="T" /> | <At of="y" t="1" />, ..., <At of="y" t="T-1" />)
        </Formula>
        <p>
          The network reads <At of="x" /> = <At of="y" t="t-1" />, and <At of="ŷ" /> is the distribution of
          the next letter. Training needs no labels: the next letter of the text is the target.
        </p>
      </section>
      <section class="card">
        <h2>Try it: learn 2463 surnames</h2>
        <RunButton
          name="Train on names"
          experiment={experiment as never}
          share={event?.share ?? 0}
          onStart={begin}
        />
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <Figure
          title="Perplexity of names it has not read"
          about="Measured ten times while it trains: the lower, the surer of the next letter."
          label={
            last
              ? `Perplexity ${last.perplexity.toFixed(1)} after ${last.iteration} iterations`
              : "Not trained yet."
          }
          rows={() => points.map(({ iteration, perplexity }) => ({ iteration, perplexity }))}
        >
          <PerplexityBars values={points.map(({ iteration, perplexity }) => [iteration, perplexity])} />
        </Figure>
        <h3>Written at this moment</h3>
        <p class="written now">{event?.written.join("\n") || "Nothing yet."}</p>
        <p>
          The loss is the mean of -log <At of="ŷ" />
          [right letter]. Its exponential is the <strong>perplexity</strong>: the model is as unsure as in a
          choice among so many equally likely letters. Here it starts at about 74, the number of symbols, and
          falls to about 12.
        </p>
      </section>
      <section class="card">
        <h2>Writing</h2>
        <p>
          To write, draw a letter from <At of="ŷ" t="1" />, read it, draw from <At of="ŷ" t="2" />, and so on
          until the line ends. How to draw is a choice. <strong>Temperature</strong> τ: probabilities become ŷ
          to the power of 1/τ, scaled to the sum 1. Below 1, likely letters become likelier; at 0, the
          likeliest is always taken. <strong>Top k</strong>: only the k likeliest letters.{" "}
          <strong>Top p</strong>: only the likeliest letters, as few as have a total of at least p.
        </p>
        <p>
          <strong>Try it</strong>: after training, empty the beginning. At τ = 0.3 names are plausible and
          alike. At 1.5 some cannot be said. Now set top k to 3: they can be said again.
        </p>
        <Question
          question="A model has a perplexity of 1. Is it a good writer?"
          answer="It is sure of each letter of the held-out text. Either the text has a rule without choices, or the model has seen these lines. New names need choices, so their perplexity stays above 1."
        />
      </section>
      <Words
        words={[
          ["Language model", "gives a probability to each text."],
          ["Perplexity", "e to the mean loss."],
          ["Sampling", "drawing each letter from ŷ⟨t⟩ and reading it back."],
          ["Temperature, top k, top p", "ways to make the draws more cautious."],
        ]}
      />
    </>
  );
}

const TESTS = 11;
const HEIGHT = 150;

function PerplexityBars({
  values,
}: {
  readonly values: readonly (readonly [iteration: number, perplexity: number])[];
}) {
  return (
    <svg
      viewBox={`0 0 660 ${HEIGHT}`}
      width="100%"
      style={{ aspectRatio: `660 / ${HEIGHT}` }}
      font-size={14}
      aria-hidden="true"
    >
      <line x2={660} y1={120} y2={120} stroke="var(--edge)" />
      {Array.from({ length: TESTS }, (_, i) => {
        const value = values[i]?.[1];
        const high = value ? Math.min(95, (95 * value) / 74) : 0;
        return (
          <g key={i} text-anchor="middle">
            <rect x={i * 60 + 8} y={120 - high} width={44} height={high} fill="var(--train)" />
            <text x={i * 60 + 30} y={114 - high} fill="var(--ink)">
              {value?.toFixed(1) ?? ""}
            </text>
            <text x={i * 60 + 30} y={138} fill="var(--muted)">
              {i * 40}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
