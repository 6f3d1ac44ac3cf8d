import { address } from "../../ui/router.ts";

const WORDS = {
  "hidden state": ["the numbers a⟨t⟩ that a recurrent network carries from step to step", "why-recurrence"],
  gradient: ["how much the loss changes if a number changes a little", "backpropagation"],
  gate: ["a number from 0 to 1, computed at each step, that multiplies something else", "gru"],
  candidate: ["the new content c̃⟨t⟩ that a cell could write", "gru"],
} as const;

/** The words of earlier lessons that a lesson needs, each with its meaning and the way to its lesson. */
export function Before({ words }: { readonly words: readonly (keyof typeof WORDS)[] }) {
  return (
    <section class="card">
      <h2>Words from before</h2>
      <dl class="words">
        {words.map((word) => (
          <div key={word}>
            <dt>
              <a href={address("lesson", WORDS[word][1])}>{word}</a>
            </dt>
            <dd>{WORDS[word][0]}.</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
