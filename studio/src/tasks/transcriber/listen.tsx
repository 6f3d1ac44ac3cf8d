import { useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { Slider } from "../../ui/fields.tsx";
import { TERMS } from "../../ui/terms.ts";
import { sure } from "../../ui/words.ts";
import { Compared } from "../parts/compared.tsx";
import { isFilled } from "../parts/sequence.ts";
import { SequenceField } from "../parts/sequence-field.tsx";
import { useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";

interface Answer {
  readonly text: string;
  readonly logProbability: number;
}

/** Writes the text of a recording, or of any other sequence of vectors. */
export function Listen({ run, model }: ViewProps) {
  const { input, truth, setTried } = useTried(run);
  const [beam, setBeam] = useState(1);
  const options = beam > 1 ? { beam } : {};
  const answer = useAnswer(isFilled(input) ? () => ask(model, "predict", [input], options) : undefined, [
    model.key,
    input,
    beam,
  ]);
  const [written] = (answer.value ?? []) as readonly Answer[];
  return (
    <div class="use">
      <SequenceField run={run} model={model} name="Example" value={input} onChange={setTried} />
      {answer.error && <p class="problem">{answer.error}</p>}
      <div class="output" role="status" aria-label="What it reads">
        {written && !answer.error && (
          <>
            <p class="about">It reads</p>
            <p class="large">{written.text || "(nothing yet)"}</p>
            {truth !== undefined && (
              <>
                {truth !== written.text && <Compared right={truth} written={written.text} />}
                <p class="about">
                  {truth === written.text ? "✓ That is right." : `Right is ${truth || "nothing"}.`} It gives
                  its text a probability of {sure(Math.exp(written.logProbability))}.
                </p>
              </>
            )}
          </>
        )}
      </div>
      <Slider
        name="Beam"
        term={TERMS.beam}
        about="1: the best symbol of each step. More: it keeps that many texts at a time, and adds up all ways to align them with the steps."
        min={1}
        max={20}
        step={1}
        value={beam}
        onChange={setBeam}
      />
    </div>
  );
}
