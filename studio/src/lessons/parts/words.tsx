import type { ComponentChildren } from "preact";

interface WordsProps {
  /** Each new word with its meaning. */
  readonly words: readonly (readonly [word: string, meaning: ComponentChildren])[];
}

/** The new words of a lesson. */
export function Words({ words }: WordsProps) {
  return (
    <section class="card">
      <h2>New words</h2>
      <dl class="words">
        {words.map(([word, meaning]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
