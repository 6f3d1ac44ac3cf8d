import { useEffect, useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import type { RunFile } from "../../desk/run-data.ts";
import { otherFile, runFile } from "../../desk/run-file.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { BarList } from "../../ui/bar-list.tsx";
import { number } from "../../ui/words.ts";
import { examplesOf } from "../examples.ts";
import { isFilled, type Sequence } from "../parts/sequence.ts";
import { SequenceField } from "../parts/sequence-field.tsx";
import { StepsFigure } from "../parts/steps-figure.tsx";
import { useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";

const COUNT = 8;

/** Finds what is most similar to a text among the sequences of the data, or of a list of one's own. */
export function Near({ run, model }: ViewProps) {
  const examples = examplesOf(run);
  const { input, setTried } = useTried(run);
  const [list, setList] = useState("");
  const [data, setData] = useState<RunFile>();
  useEffect(() => {
    const lines = list.split("\n").filter((line) => line.trim());
    if (lines.length) setData(otherFile(run, new File([lines.join("\n")], "your list")));
    else void runFile(run).then(setData);
  }, [run.id, list]);
  /** The examples of a data set are new to the network; they are found as well. */
  const more = list.trim() ? [] : (examples as readonly Sequence[]);
  const answer = useAnswer(
    data && isFilled(input) ? () => ask(model, "neighbours", input, data, { count: COUNT, more }) : undefined,
    [model.key, input, data],
  );
  const found = answer.error ? [] : (answer.value ?? []);
  const texts = typeof input === "string";
  return (
    <div class="use">
      <SequenceField
        run={run}
        model={model}
        name={texts ? "A text" : "Example"}
        value={input}
        onChange={setTried}
      />
      {answer.error && <p class="problem">{answer.error}</p>}
      <p class="about">
        {texts ? "The most similar texts of the data" : "The most similar sequences of the data"}. The number
        is the cosine of the angle between the two vectors: 1 is the same direction, 0 has nothing in common.
      </p>
      {!found.length && !answer.error && isFilled(input) && (
        <p class="about" role="status">
          Computing … The vectors of all texts of the data are made first.
        </p>
      )}
      <BarList
        title="The most similar"
        rows={COUNT}
        bars={found.map(({ candidate, similarity }, i) => ({
          name: typeof candidate === "string" ? candidate : `number ${i + 1}`,
          share: similarity,
          value: number(similarity, 2),
        }))}
      />
      {found[0] && typeof found[0].candidate !== "string" && (
        <StepsFigure title="The most similar one" steps={found[0].candidate} />
      )}
      {texts && (
        <details>
          <summary>Search in a list of your own</summary>
          <label class="field">
            One text in each line
            <textarea rows={5} value={list} onInput={({ currentTarget }) => setList(currentTarget.value)} />
          </label>
        </details>
      )}
    </div>
  );
}
