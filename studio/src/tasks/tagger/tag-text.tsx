import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { COLOURS } from "../../ui/plot-parts.ts";
import { isFilled } from "../parts/sequence.ts";
import { SequenceField } from "../parts/sequence-field.tsx";
import { useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";
import { kindOf, kindsOf } from "./tags.ts";

/** Shows the tag of each word of a sentence, or of each step of vectors. */
export function TagText({ run, model }: ViewProps) {
  const { input, setTried } = useTried(run);
  const answer = useAnswer(isFilled(input) ? () => ask(model, "tag", input) : undefined, [model.key, input]);
  const { tokens, tags = [], labels = [] } = answer.value ?? {};
  const kinds = kindsOf(labels);
  // Several tags of one word have no kind of their own.
  const colour = (tag: string) => COLOURS[Math.max(0, kinds.indexOf(kindOf(tag).kind)) % COLOURS.length];
  return (
    <div class="use">
      <SequenceField
        run={run}
        model={model}
        name={typeof input === "string" ? "A sentence" : "Example"}
        value={input}
        onChange={setTried}
      />
      {answer.error && <p class="problem">{answer.error}</p>}
      <ol class="tags" aria-label="Words and their tags">
        {tags.map((tag, i) => {
          const { mark, kind } = kindOf(tag);
          const plain = kind === "O" || !kind;
          return (
            <li
              key={i}
              class={`${plain ? "plain" : ""} ${mark === "I" ? "inside" : ""}`}
              style={plain ? {} : { borderColor: colour(tag) }}
            >
              <span>{tokens?.[i] ?? `step ${i + 1}`}</span>
              <span class="tag" style={plain ? {} : { color: colour(tag) }}>
                {plain ? "–" : mark === "I" ? `… ${kind}` : kind}
              </span>
            </li>
          );
        })}
      </ol>
      {kinds.length > 0 && (
        <p class="about">It knows the tags {kinds.join(", ")}; – is a word without one.</p>
      )}
    </div>
  );
}
