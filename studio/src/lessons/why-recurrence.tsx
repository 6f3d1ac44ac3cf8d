import { useState } from "preact/hooks";
import type { ReaderResult } from "../lab/why-recurrence.ts";
import { Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { wholePercent } from "../ui/words.ts";
import { useExperiment } from "./experiment.ts";
import { AccuracyChart } from "./parts/accuracy-chart.tsx";
import { CurveChart } from "./parts/curve-chart.tsx";
import { Formula } from "./parts/formula.tsx";
import { Question } from "./parts/question.tsx";
import { SeedButton } from "./parts/seed-button.tsx";
import { UnrolledPicture } from "./parts/unrolled-picture.tsx";
import { Words } from "./parts/words.tsx";
import { RunButton } from "./run-button.tsx";

const [LONGEST, BEYOND, ITERATIONS] = [12, 8, 1500];
const WORD = "abca";

/** Lesson 1: a window against a hidden state. */
export default function WhyRecurrence() {
  return (
    <>
      <section class="part">
        <h2>A window is too short</h2>
        <p>
          A plain network has a fixed number of inputs. To read a text, it gets a <strong>window</strong>: the
          last few letters, side by side. What left the window is gone. A larger window helps for a while, but
          it needs more weights, and each place has weights of its own. What the network learns about a letter
          at place 3 says nothing about place 4.
        </p>
      </section>
      <section class="part">
        <h2>One state, carried along</h2>
        <p>
          A <strong>recurrent network</strong> reads one letter at a time and keeps a{" "}
          <strong>hidden state</strong> a⟨t⟩, a list of numbers. Each step makes a new state from the letter
          and from the state before:
        </p>
        <Formula>
          a⟨t⟩ = tanh(W<sub>aa</sub> a⟨t−1⟩ + W<sub>ax</sub> x⟨t⟩ + b<sub>a</sub>), from a⟨0⟩ = 0
        </Formula>
        <Formula>
          ŷ⟨t⟩ = softmax(W<sub>ya</sub> a⟨t⟩ + b<sub>y</sub>) <Term name="softmax" about={TERMS.softmax} />
        </Formula>
        <p>
          The weights W<sub>aa</sub>, W<sub>ax</sub> and W<sub>ya</sub> are the same at every step. So the
          network reads words of any length with the same number of weights.
        </p>
        <div class="card">
          <Figure
            title="The unrolled network"
            about="One network, drawn once for each letter that it reads. Arrows of one colour have the same weights. Point at a part to read what it does."
            label={`The network reads ${WORD}. Each step has a box for the hidden state, an arrow from the letter below, an arrow from the state before, and an arrow up to the output.`}
            rows={() => [...WORD].map((letter, i) => ({ t: i + 1, "x⟨t⟩": letter }))}
          >
            <UnrolledPicture word={WORD} />
          </Figure>
        </div>
      </section>
      <FirstLetter />
      <section class="part">
        <h2>Check yourself</h2>
        <Question
          question="Could a window of 20 letters solve this task?"
          answer="Yes, for words of up to 20 letters, with five times as many inputs as a window of 4. At 21 letters it guesses again. The recurrent network has no such edge, but it has to learn to keep the letter, and the next lessons show how hard that can be."
        />
      </section>
      <Words
        words={[
          ["Window", "the fixed number of last inputs that a plain network reads."],
          ["Hidden state a⟨t⟩", "the numbers that a recurrent network carries from step to step."],
          [
            "Step t",
            <>
              one place of the sequence; T<sub>x</sub> is the number of steps.
            </>,
          ],
          ["One-hot vector x⟨t⟩", "a 1 at the place of the letter, 0 elsewhere."],
        ]}
      />
    </>
  );
}

/** Names a network, with the number of its weights as soon as that is known. */
const nameOf = (name: ReaderResult["name"], window: number, reader: ReaderResult | undefined) =>
  `${name === "rnn" ? "recurrent" : `window of ${window}`} (${reader?.parameters ?? "…"} weights)`;

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

function FirstLetter() {
  const experiment = useExperiment("whyRecurrence");
  const [window, setWindow] = useState(4);
  const [seed, setSeed] = useState(1);
  /** The window of the run that is shown. */
  const [ran, setRan] = useState<number>();
  const { event, running } = experiment;
  const isDone = !running && event?.share === 1;
  const result = isDone ? experiment.result : undefined;
  const shownWindow = (event || running ? ran : undefined) ?? window;
  const readers = (["window", "rnn"] as const).map((name) => {
    const reader = event?.readers.find((one) => one.name === name);
    return {
      name: nameOf(name, shownWindow, reader),
      accuracy: reader?.accuracy ?? [],
      curve: reader?.curve ?? [],
    };
  });
  function start(seed: number): void {
    setSeed(seed);
    setRan(window);
    experiment.start({ window, seed, iterations: ITERATIONS, longest: LONGEST });
  }
  return (
    <section class="part">
      <h2>Try it: what was the first letter?</h2>
      <p>
        Both networks read random words of the letters a, b, c and d and have to name the <em>first</em>{" "}
        letter. It is the hardest one for a window. They train on words of at most {LONGEST} letters, one
        network after the other. It takes about ten seconds.
      </p>
      <div class="card">
        <Slider name="Letters in the window" min={2} max={8} step={1} value={window} onChange={setWindow} />
        <RunButton
          name="Train both"
          experiment={experiment}
          share={event?.share}
          onStart={() => start(seed)}
        />
        <SeedButton seed={seed} running={running} onStart={start} />
        <AccuracyChart
          title="Right answers by length of the word"
          about="Each network is tested on new words of 1 to 20 letters while it trains."
          xName="letters in the word"
          xDomain={[1, LONGEST + BEYOND]}
          chance={0.25}
          marks={[
            { x: shownWindow, name: "window" },
            { x: LONGEST, name: "longest in training" },
          ]}
          lines={readers.map(({ name, accuracy }) => ({
            name,
            points: accuracy.map((share, i) => ({ x: i + 1, accuracy: share })),
          }))}
        />
        <CurveChart
          title="Loss while they train"
          about="0 is perfect; 1.39 is that of a guess among four letters."
          xName="iterations"
          yName="loss"
          xDomain={[0, ITERATIONS]}
          yDomain={[0, 1.6]}
          level={{ y: Math.log(4), name: "a guess" }}
          curves={readers.map(({ name, curve }) => ({
            name,
            points: curve.map(({ iteration, loss }) => ({ x: iteration, y: loss })),
          }))}
        />
        <Answers window={shownWindow} result={result} />
      </div>
      <p>
        The plain network is right as long as the first letter is in its window. One letter more, and it
        guesses: 25%. The recurrent network is also right on words that are longer than any word of its
        training.
      </p>
      <p>
        <strong>Try it</strong>: set the window to 8. Where does the edge move? How does the number of weights
        change, and that of the recurrent network?
      </p>
    </section>
  );
}

interface AnswersProps {
  readonly window: number;
  readonly result: ReturnType<typeof useExperiment<"whyRecurrence">>["result"];
}

/** A few words with the answers of both, and the outcome in a sentence. */
function Answers({ window, result }: AnswersProps) {
  const words = result?.examples ?? [2, window, window + 1, LONGEST].map(() => undefined);
  const outcome = () => {
    const [plain, rnn] = result!.readers.map(({ accuracy }) => accuracy) as [number[], number[]];
    return `In this run, the window is right on ${wholePercent(mean(plain.slice(0, window)))} of the words that fit into it and on ${wholePercent(mean(plain.slice(window)))} of the longer ones. The recurrent network is right on ${wholePercent(mean(rnn.slice(0, LONGEST)))} of the words of up to ${LONGEST} letters and on ${wholePercent(mean(rnn.slice(LONGEST)))} of the longer ones.`;
  };
  return (
    <div class="outcome">
      <table>
        <thead>
          <tr>
            <th scope="col">Word</th>
            <th scope="col">Window says</th>
            <th scope="col">Recurrent says</th>
          </tr>
        </thead>
        <tbody>
          {words.map((example, i) => (
            <tr key={i}>
              <td>
                <code>{example?.word ?? "…"}</code>
              </td>
              {[example?.window, example?.rnn].map((answer, column) => (
                <td key={column}>
                  {answer ? (
                    <>
                      <code>{answer}</code> {answer === example!.word[0] ? "✓" : "✗ wrong"}
                    </>
                  ) : (
                    "…"
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="about">
        {result ? outcome() : "After training, four new words and what each network answers stand here."}
      </p>
    </div>
  );
}
