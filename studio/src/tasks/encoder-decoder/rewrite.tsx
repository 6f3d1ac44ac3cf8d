import { useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { Slider } from "../../ui/fields.tsx";
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

/** Writes the target of a source at every key. */
export function Rewrite({ run, model }: ViewProps) {
  const { input, truth, setTried } = useTried(run);
  const [beam, setBeam] = useState(1);
  const answer = useAnswer(isFilled(input) ? () => ask(model, "predict", [input], { beam }) : undefined, [
    model.key,
    input,
    beam,
  ]);
  const [written] = (answer.value ?? []) as readonly Answer[];
  return (
    <div class="use">
      <SequenceField
        run={run}
        model={model}
        name={typeof input === "string" ? "From" : "Example"}
        value={input}
        onChange={setTried}
      />
      {answer.error && <p class="problem">{answer.error}</p>}
      <div class="output" role="status" aria-label="What it writes">
        {written && !answer.error && (
          <>
            <p class="large">{written.text || "(nothing)"}</p>
            <p class="about">It gives this text a probability of {sure(Math.exp(written.logProbability))}.</p>
            {truth !== undefined && <Compared right={truth} written={written.text} />}
          </>
        )}
      </div>
      <Slider
        name="Beam"
        about="1: it takes the likeliest symbol each time. More: it keeps that many beginnings at a time, and may find a likelier whole."
        min={1}
        max={10}
        step={1}
        value={beam}
        onChange={setBeam}
      />
    </div>
  );
}
