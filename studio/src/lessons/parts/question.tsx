import type { ComponentChildren } from "preact";

interface QuestionProps {
  readonly question: string;
  readonly answer: ComponentChildren;
}

/** A question to think about, whose answer opens at a click. */
export function Question({ question, answer }: QuestionProps) {
  return (
    <details class="question">
      <summary>{question}</summary>
      <p>{answer}</p>
    </details>
  );
}
