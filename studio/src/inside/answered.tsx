import type { ComponentChildren } from "preact";
import type { Answer } from "../desk/use-answer.ts";

interface AnsweredProps<T> {
  readonly answer: Answer<T>;
  /** Height in pixels to keep free while there is no answer. */
  readonly height: number;
  /** What is said while there is nothing to draw. */
  readonly empty?: string;
  readonly children: (value: T) => ComponentChildren;
}

/** Draws an answer of the desk, or says why there is none. */
export function Answered<T>({ answer, height, empty, children }: AnsweredProps<T>) {
  const { value, error, busy } = answer;
  if (error) {
    return (
      <p class="problem" role="alert" style={{ minHeight: `${height}px` }}>
        {error}
      </p>
    );
  }
  if (value !== undefined) return <>{children(value)}</>;
  return (
    <p class="about" style={{ minHeight: `${height}px` }}>
      {busy ? "Computing …" : empty}
    </p>
  );
}
