import type { ComponentChildren } from "preact";
import type { Answer } from "../desk/use-answer.ts";

interface AnsweredProps<T> {
  readonly answer: Answer<T>;
  /** Height in pixels to keep free while there is no answer. */
  readonly height: number;
  /** What is said if nothing was asked yet. */
  readonly empty?: string;
  readonly children: (value: T) => ComponentChildren;
}

/** What one does about an empty field. */
export const NOTHING = "Type something above.";

/** Draws an answer of the desk, or keeps its place and says why there is none. */
export function Answered<T>({ answer, height, empty, children }: AnsweredProps<T>) {
  const { value, error, busy } = answer;
  if (value !== undefined && !error) return <>{children(value)}</>;
  return (
    <p
      class={error ? "problem" : "about"}
      role={error ? "alert" : "status"}
      style={{ minHeight: `${height}px` }}
    >
      {error ?? (busy || !empty ? "Computing …" : empty)}
    </p>
  );
}
