import { useState } from "preact/hooks";
import type { BackpropagationResult } from "../lab/backpropagation.ts";
import { Choice, Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { useLabAnswer } from "./lab-answer.ts";
import { Formula } from "./parts/formula.tsx";
import { PassPicture, passRows } from "./parts/pass-picture.tsx";
import { Question } from "./parts/question.tsx";
import { type MatrixName, SharesPicture, shareRows } from "./parts/shares-picture.tsx";
import { Words } from "./parts/words.tsx";

const VALID = /^[a-z]{2,8}$/;
const MATRICES: readonly (readonly [MatrixName, string])[] = [
  ["Waa", "Waa: from state to state"],
  ["Wax", "Wax: from letter to state"],
  ["Wya", "Wya: from state to output"],
];

/** Lesson 2: all numbers of a forward and a backward pass. */
export default function Backpropagation() {
  const [word, setWord] = useState("hello");
  const [updates, setUpdates] = useState(0);
  const isValid = VALID.test(word);
  const { value: result, error } = useLabAnswer("backpropagation", isValid ? { word, updates } : undefined, [
    word,
    updates,
  ]);
  return (
    <>
      <section class="part">
        <h2>Forward: a prediction at each step</h2>
        <p>
          With the word “hello”, the network reads h, e, l, l and predicts e, l, l, o. Each step has a loss:
          the less probable it found the right letter, the larger the loss.
        </p>
        <Formula>L⟨t⟩ = −log ŷ⟨t⟩[right letter], and L = L⟨1⟩ + L⟨2⟩ + …</Formula>
      </section>
      <section class="part">
        <h2>Backward: who is to blame?</h2>
        <p>
          Training has to know how L changes if a weight changes. The chain rule answers, from the end to the
          start. The state a⟨t⟩ has an effect in two ways: on the prediction of its own step, and on all later
          steps through a⟨t+1⟩. So its gradient has two parts:
        </p>
        <Formula>
          da⟨t⟩ = W<sub>ya</sub>
          <sup>T</sup> (ŷ⟨t⟩ − y⟨t⟩) + W<sub>aa</sub>
          <sup>T</sup> dz⟨t+1⟩
        </Formula>
        <Formula>dz⟨t⟩ = (1 − a⟨t⟩²) da⟨t⟩</Formula>
        <p>The factor 1 − a⟨t⟩² is the slope of tanh. At the last step, the second part is 0.</p>
        <div class="card">
          <label class="field">
            A word of 2 to 8 small letters
            <input
              type="text"
              maxLength={8}
              autocapitalize="off"
              autocomplete="off"
              spellcheck={false}
              value={word}
              aria-invalid={!isValid}
              onInput={({ currentTarget }) => setWord(currentTarget.value)}
            />
          </label>
          {!isValid && (
            <p class="problem" role="alert">
              The word needs 2 to 8 letters from a to z.
            </p>
          )}
          <Slider
            name="Updates before: W ← W − 0.5 dW"
            min={0}
            max={60}
            step={1}
            value={updates}
            onChange={setUpdates}
          />
          {error && (
            <p class="problem" role="alert">
              {error}
            </p>
          )}
          {result ? <Passes result={result} /> : <div style={{ minHeight: "640px" }} />}
        </div>
        <p>
          <strong>Try it</strong>: move the updates to 10, then to 30. The loss of “hello” falls from about 6
          to below 1. Which letter becomes certain last? Look at the two letters l: the same input needs two
          different predictions, so only a⟨t⟩ can tell them apart.
        </p>
      </section>
      <section class="part">
        <h2>One weight, many steps</h2>
        <p>
          W<sub>aa</sub> is used at every step. So each step adds its share to the gradient, and the shares
          are summed:
        </p>
        <Formula>
          dW<sub>aa</sub> = Σ dz⟨t⟩ a⟨t−1⟩<sup>T</sup>, dW<sub>ax</sub> = Σ dz⟨t⟩ x⟨t⟩<sup>T</sup>, db
          <sub>a</sub> = Σ dz⟨t⟩
        </Formula>
        <div class="card">{result ? <Shares result={result} /> : <div style={{ minHeight: "340px" }} />}</div>
        <p>
          Step 1 adds nothing to dW<sub>aa</sub>, because a⟨0⟩ is 0.
        </p>
      </section>
      <section class="part">
        <h2>Check yourself</h2>
        <Question
          question="Why does dWaa of “hello” have four summands, although there is one Waa?"
          answer="Because the unrolled network uses the same matrix four times, and L depends on each use."
        />
      </section>
      <Words
        words={[
          [
            "Backpropagation through time (BPTT)",
            "the chain rule along the unrolled network, from the last step to the first.",
          ],
          [
            "Gradient dW",
            "how much L rises for each weight if that weight rises a little. Its opposite is the way down.",
          ],
          ["Truncated BPTT", "the same, cut after k steps to save time and memory."],
        ]}
      />
    </>
  );
}

function Passes({ result }: { readonly result: BackpropagationResult }) {
  const T = result.steps.length;
  /** Columns that are filled in: first forward, then backward. */
  const [at, setAt] = useState(Number.POSITIVE_INFINITY);
  const done = Math.min(at, 2 * T);
  const phase =
    done === 0
      ? "Nothing is computed yet."
      : done <= T
        ? `Forward: step ${done} is computed.`
        : `Backward: the gradients of step ${2 * T - done + 1} are computed.`;
  return (
    <>
      <div class="buttons">
        <button type="button" onClick={() => setAt(0)}>
          From the start
        </button>
        <button
          type="button"
          class="primary"
          aria-disabled={done === 2 * T}
          onClick={() => setAt(Math.min(done + 1, 2 * T))}
        >
          Next column
        </button>
        <button type="button" onClick={() => setAt(Number.POSITIVE_INFINITY)}>
          All
        </button>
      </div>
      <p class="about" role="status">
        {phase} The loss L of the word is {result.loss.toFixed(2)}.
      </p>
      <Figure
        title="Both passes with all numbers"
        about="A column for each step. The forward pass fills the upper part from left to right, the backward pass the lower part from right to left. Orange is above 0, blue below."
        label={`${phase} Losses of the steps: ${result.steps.map(({ read, expected, loss }) => `${read} to ${expected} ${loss.toFixed(2)}`).join(", ")}.`}
        rows={() => passRows(result)}
      >
        <PassPicture result={result} done={done} />
      </Figure>
    </>
  );
}

function Shares({ result }: { readonly result: BackpropagationResult }) {
  const [name, setName] = useState<MatrixName>("Waa");
  return (
    <>
      <Choice
        name="Weights"
        choices={MATRICES}
        value={name}
        onChange={(value) => setName(value as MatrixName)}
      />
      <Figure
        title={`What each step adds to d${name}`}
        about="A small matrix for each step, then their sum, then the gradient that the library computes by itself. Point at a cell for its number."
        label={`${result.steps.length} matrices and their sum. The sum differs from the library's gradient by at most ${result.difference.toExponential(1)}.`}
        rows={() => shareRows(result, name)}
      >
        <SharesPicture result={result} name={name} />
      </Figure>
      <p class="about">
        Largest difference between the sums and the library’s gradients: {result.difference.toExponential(1)}.
      </p>
    </>
  );
}
