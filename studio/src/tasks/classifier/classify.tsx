import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { BarList } from "../../ui/bar-list.tsx";
import { sure } from "../../ui/words.ts";
import { isFilled } from "../parts/sequence.ts";
import { SequenceField } from "../parts/sequence-field.tsx";
import { useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";

interface Answer {
  readonly label: string;
  /** The labels that reach their thresholds, if the model gives sets of labels. */
  readonly labels?: readonly string[];
  readonly probability: number;
  readonly probabilities: Readonly<Record<string, number>>;
}

const MOST = 6;

/** What a model says that gives a text none of its labels. */
const NONE = "none of the labels";

/** Classifies a text at every key, or an example of vectors. */
export function Classify({ run, model }: ViewProps) {
  const { input, truth, setTried } = useTried(run);
  const answer = useAnswer(isFilled(input) ? () => ask(model, "predict", [input]) : undefined, [
    model.key,
    input,
  ]);
  const [best] = (answer.value ?? []) as readonly Answer[];
  const probabilities = Object.entries(best?.probabilities ?? {}).sort(([, a], [, b]) => b - a);
  const rest = probabilities.length - MOST;
  const said = best?.labels ? best.labels.join(", ") : best?.label;
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
      <p role="status" class="result">
        {best && !answer.error && (
          <>
            It says <strong>{said || NONE}</strong>
            {!best.labels && `, ${sure(best.probability)} sure`}
            {truth !== undefined &&
              (truth === said ? ". That is right." : `. Right would be ${truth || NONE}.`)}
          </>
        )}
      </p>
      <BarList
        title="Probabilities"
        rows={MOST}
        bars={probabilities.slice(0, MOST).map(([name, share]) => ({ name, share, value: sure(share) }))}
      />
      {rest > 0 && <p class="about">{rest} more labels are less likely.</p>}
    </div>
  );
}
