import { useState } from "preact/hooks";
import { Bars } from "../inside/bars.tsx";
import { Matrix } from "../inside/matrix.tsx";
import type { TaggerResult, TagTask } from "../lab/directions.ts";
import { Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { wholePercent } from "../ui/words.ts";
import { useExperiment } from "./experiment.ts";
import { At } from "./parts/at.tsx";
import { Formula } from "./parts/formula.tsx";
import { Question } from "./parts/question.tsx";
import { Toggle } from "./parts/toggle.tsx";
import { Words } from "./parts/words.tsx";
import { RunButton } from "./run-button.tsx";

const NETWORKS = [
  { name: "one way", bidirectional: false, layers: 1 },
  { name: "one way, 2 layers", bidirectional: false, layers: 2 },
  { name: "both ways", bidirectional: true, layers: 1 },
  { name: "both ways, 2 layers", bidirectional: true, layers: 2 },
] as const;
const TASKS: readonly (readonly [TagTask, string])[] = [
  ["next", "next"],
  ["same", "same"],
];
/** The sequence of the experiment's first seed. */
const EXAMPLE = [..."b...a..b..a.aa"];
const SENTENCE = ["He", "said", "Teddy", "Roosevelt", "was", "a", "president"];

/** What a step of the network can have read. */
function Reach() {
  const [step, setStep] = useState(3);
  const [ways, setWays] = useState<"one" | "both">("one");
  const sees = (t: number) => t < step || ways === "both";
  const read = SENTENCE.filter((_, t) => sees(t));
  return (
    <>
      <Toggle
        name="The network reads"
        choices={[
          ["one", "one way"],
          ["both", "both ways"],
        ]}
        value={ways}
        onChange={setWays}
      />
      <Slider
        name="It answers at word"
        {...{ min: 1, max: SENTENCE.length, step: 1, value: step }}
        onChange={setStep}
      />
      <Figure
        title="What an answer can depend on"
        label={`The answer at ${SENTENCE[step - 1]} depends on ${read.join(" ")}.`}
        rows={() => SENTENCE.map((word, t) => ({ word, read: sees(t) }))}
      >
        <Matrix
          rows={["read"]}
          columns={SENTENCE}
          rowTitle=""
          columnTitle={`is “${SENTENCE[step - 1]}” part of a name?`}
          shade={(_, t) => (sees(t) ? 0.85 : 0)}
          framed={(_, t) => t === step - 1}
          tip={(_, t) => `${SENTENCE[t]}: ${sees(t) ? "read before the answer" : "not read yet"}`}
        />
      </Figure>
    </>
  );
}

/** What a second direction and a second layer are good for. */
export default function DirectionsLesson() {
  const experiment = useExperiment("directions");
  const { event, result, start } = experiment;
  const [task, setTask] = useState<TagTask>("next");
  const taggers = (event ?? result)?.taggers ?? [];
  const find = (
    own: TagTask,
    { bidirectional, layers }: (typeof NETWORKS)[number],
  ): TaggerResult | undefined =>
    taggers.find((one) => one.task === own && one.bidirectional === bidirectional && one.layers === layers);
  const symbols = result?.example.symbols ?? EXAMPLE;
  const right = result?.example.right[task];
  const rows = right ? ["right", ...NETWORKS.map(({ name }) => name)] : NETWORKS.map(({ name }) => name);
  const tag = (row: number, t: number) =>
    right && row === 0 ? right[t] : find(task, NETWORKS[row - (right ? 1 : 0)]!)?.tags[t];
  const isWrong = (row: number, t: number) => right !== undefined && row > 0 && tag(row, t) !== right[t];
  const short = (name: string | null | undefined) =>
    name === "same" ? "=" : name === "different" ? "≠" : (name ?? "");
  return (
    <>
      <section class="card">
        <h2>What comes later can matter now</h2>
        <p>
          “He said, <em>Teddy bears</em> are on sale” and “He said, <em>Teddy Roosevelt</em> was a president”:
          whether Teddy is a name depends on the words after it. A network that reads from left to right has
          to answer before it has read them.
        </p>
        <Reach />
      </section>
      <section class="card">
        <h2>Two networks, one in each direction</h2>
        <p>
          A <strong>bidirectional</strong> network has a second layer that reads from the end. The output sees
          both states:
        </p>
        <Formula>
          <At of="ŷ" /> = softmax(W<sub>y</sub> [<At of="a→" />, <At of="a←" />] + b<sub>y</sub>)
        </Formula>
        <p>
          It needs the whole sequence before its first answer. So it can tag a sentence, but it cannot predict
          the next word of a text that is being written.
        </p>
        <p>
          A <strong>deep</strong> network has layers on top of each other. Layer l reads the states of layer
          l-1:
        </p>
        <Formula>
          a<sup>[l]</sup>⟨t⟩ = tanh(W<sub>a</sub> [a<sup>[l]</sup>⟨t-1⟩, a<sup>[l-1]</sup>⟨t⟩] + b<sub>a</sub>
          ), with weights of its own for each layer
        </Formula>
      </section>
      <section class="card">
        <h2>Try it: two questions about dots</h2>
        <p>
          Sequences look like <code>{EXAMPLE.join("")}</code>. At each dot there is a question.{" "}
          <strong>next</strong>: which letter comes after the dots? <strong>same</strong>: are the letters
          before and after the dots the same? Before you press the button, guess all eight numbers. A coin is
          right in 50%.
        </p>
        <RunButton
          name="Train 8 networks"
          experiment={experiment as never}
          share={event?.share ?? 0}
          onStart={() => start()}
        />
        {TASKS.map(([own, name]) => (
          <Figure
            key={own}
            title={`Right answers: ${name}`}
            label={NETWORKS.map((network) => {
              const found = find(own, network);
              return `${network.name}: ${found ? wholePercent(found.accuracy) : "not trained yet"}`;
            }).join("; ")}
            rows={() =>
              NETWORKS.map((network) => ({
                network: network.name,
                parameters: find(own, network)?.parameters,
                "right answers": find(own, network)?.accuracy,
              }))
            }
          >
            <NetworkBars values={NETWORKS.map((network) => find(own, network)?.accuracy)} />
          </Figure>
        ))}
        <p>
          One way, the network guesses on both questions, with one layer and with two: the answer is not in
          what it has read. Both ways, one layer is enough for <em>next</em>.
        </p>
        <p>
          Why is one layer in both directions not enough for <em>same</em>? Each direction knows one of the
          two letters, and a linear output can only <em>add</em> what they say. “Equal” is no sum: a and a are
          the same, b and b too. A second layer reads both and can compare.
        </p>
      </section>
      <section class="card">
        <h2>The answers for one sequence</h2>
        <Toggle name="Question" choices={TASKS} value={task} onChange={setTask} />
        <Figure
          title="Answers at each dot"
          about="Coloured cells with a frame are wrong. ×2 has two layers, = is same, ≠ is different."
          label={
            right
              ? NETWORKS.map(
                  ({ name }, i) => `${name}: ${symbols.filter((_, t) => isWrong(i + 1, t)).length} wrong`,
                ).join("; ")
              : "Not trained yet."
          }
          rows={() =>
            rows.flatMap((network, row) =>
              symbols.map((symbol, t) => ({ network, step: t + 1, symbol, answer: tag(row, t) })),
            )
          }
        >
          <div style={{ minHeight: "216px" }}>
            <Matrix
              rows={rows.map((name) => name.replace(", 2 layers", " ×2"))}
              columns={symbols}
              rowTitle="network"
              columnTitle="sequence"
              most={36}
              shade={(row, t) => (isWrong(row, t) ? 0.3 : 0)}
              framed={isWrong}
              text={(row, t) => short(tag(row, t))}
              tip={(row, t) => `${rows[row]} at ${symbols[t]} (${t + 1}): ${tag(row, t) ?? "no answer"}`}
            />
          </div>
        </Figure>
      </section>
      <section class="card">
        <h2>Check yourself</h2>
        <Question
          question="Could a bidirectional network be a language model?"
          answer="No. At step t it has read y⟨t⟩ from the other side already, so it would copy it instead of predicting it."
        />
      </section>
      <Words
        words={[
          ["Bidirectional", "reads from both ends; its output is [a→⟨t⟩, a←⟨t⟩]."],
          ["Layer, deep", "recurrent networks on top of each other, each with weights of its own."],
          ["Tagging", "an answer for each step of the input, so both have the same length."],
        ]}
      />
    </>
  );
}

function NetworkBars({ values }: { readonly values: readonly (number | undefined)[] }) {
  return (
    <Bars
      bars={NETWORKS.map(({ name }, i) => ({
        name: name.replace(", 2 layers", " ×2"),
        value: values[i],
      }))}
    />
  );
}
