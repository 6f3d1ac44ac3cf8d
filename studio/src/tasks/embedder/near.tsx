import { useEffect, useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { dataFile } from "../../runs/shelf.ts";
import { number } from "../../ui/words.ts";
import { examplesOf } from "../examples.ts";
import { Bars } from "../parts/bars.tsx";
import { HeatMap } from "../parts/heat-map.tsx";
import { firstText, isFilled, type Sequence } from "../parts/sequence.ts";
import { SequenceField } from "../parts/sequence-field.tsx";
import type { ViewProps } from "../task.ts";

const COUNT = 8;

/** Finds what is most similar to a text among the sequences of the data, or of a list of one's own. */
export function Near({ run, model }: ViewProps) {
  const examples = examplesOf(run);
  const [input, setInput] = useState<Sequence>(firstText(examples));
  const [list, setList] = useState("");
  const [data, setData] = useState<File>();
  useEffect(() => {
    const lines = list.split("\n").filter((line) => line.trim());
    if (lines.length) setData(new File([lines.join("\n")], "your list"));
    else void dataFile(run).then(setData);
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
        onChange={setInput}
      />
      {answer.error && <p class="problem">{answer.error}</p>}
      <p class="about">
        {texts ? "The most similar texts of the data" : "The most similar sequences of the data"}. The number
        is the cosine of the angle between the two vectors: 1 is the same direction, 0 has nothing in common.
      </p>
      <Bars
        title="The most similar"
        rows={COUNT}
        bars={found.map(({ candidate, similarity }, i) => ({
          name: typeof candidate === "string" ? candidate : `number ${i + 1}`,
          share: similarity,
          value: number(similarity, 2),
        }))}
      />
      {found[0] && typeof found[0].candidate !== "string" && (
        <HeatMap title="The most similar one" steps={found[0].candidate} />
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
