import { useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { Slider } from "../../ui/fields.tsx";
import { number } from "../../ui/words.ts";
import { examplesOf } from "../examples.ts";
import { Compared } from "../parts/compared.tsx";
import { firstText, isFilled } from "../parts/sequence.ts";
import { SequenceField } from "../parts/sequence-field.tsx";
import { StepsFigure } from "../parts/steps-figure.tsx";
import { UnknownHint } from "../parts/unknown.tsx";
import { useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";

interface Rebuilt {
  readonly text?: string;
  /** The vectors of the steps and their error, if the model reads vectors. */
  readonly output?: readonly ArrayLike<number>[];
  readonly error?: number;
}

/** Packs a sequence into numbers, and shows what the network makes of them. */
export function Rebuild({ run, model }: ViewProps) {
  const { input, setTried } = useTried(run);
  const answer = useAnswer(isFilled(input) ? () => ask(model, "predict", [input]) : undefined, [
    model.key,
    input,
  ]);
  const [rebuilt] = (answer.value ?? []) as readonly Rebuilt[];
  const shown = !answer.error && isFilled(input) && rebuilt;
  return (
    <div class="use">
      <SequenceField
        run={run}
        model={model}
        name={typeof input === "string" ? "A text" : "Example"}
        value={input}
        onChange={setTried}
      />
      {answer.error && <p class="problem">{answer.error}</p>}
      <div class="output" role="status" aria-label="Its copy">
        {shown && rebuilt.text !== undefined && typeof input === "string" && (
          <>
            <p class="about">From the numbers alone, it writes</p>
            <p class="large">{rebuilt.text || "(nothing)"}</p>
            <Compared right={input.normalize()} written={rebuilt.text} />
          </>
        )}
        {shown && rebuilt.output && rebuilt.output.length === input.length && (
          <>
            <StepsFigure title="Its copy" steps={rebuilt.output} />
            <StepsFigure
              title="The difference"
              about={`The mean squared error is ${number(rebuilt.error, 3)}; a copy that is always the mean of the data has about 1.`}
              steps={rebuilt.output.map((step, t) =>
                Array.from(step, (value, k) => Math.abs(value - (input[t] as ArrayLike<number>)[k]!)),
              )}
            />
          </>
        )}
      </div>
      {typeof input === "string" && (
        <Between model={model} from={input} to={otherText(examplesOf(run), input)} />
      )}
    </div>
  );
}

/** Returns an example that differs from a text. */
const otherText = (examples: readonly unknown[], text: string) =>
  firstText(examples.filter((example) => example !== text));

interface BetweenProps extends Pick<ViewProps, "model"> {
  readonly from: string;
  /** The other text, until another one is typed. */
  readonly to: string;
}

/** Writes what lies between two texts. */
function Between({ model, from, to }: BetweenProps) {
  const [typed, setTyped] = useState<string>();
  const [share, setShare] = useState(50);
  const other = typed ?? to;
  const filled = from.trim() && other.trim();
  const written = useAnswer(filled ? () => ask(model, "blend", [from, other], share / 100) : undefined, [
    model.key,
    from,
    other,
    share,
  ]);
  return (
    <>
      <label class="field">
        Mix with
        <input
          value={other}
          maxLength={200}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
      <UnknownHint model={model} text={other} />
      <Slider
        name="Percent of the way"
        about="Both texts are lists of numbers now, so it can write the text of a point between them."
        min={0}
        max={100}
        step={10}
        value={share}
        onChange={setShare}
      />
      {written.error ? (
        <p class="problem">{written.error}</p>
      ) : (
        <p class="large" role="status" aria-label="Between the two">
          {filled ? written.value : ""}
        </p>
      )}
    </>
  );
}
