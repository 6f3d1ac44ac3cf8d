import type { Answer } from "../desk/use-answer.ts";

/** Keeps the place of a picture that has no answer yet, and says why. */
export function Waiting({
  answer: { error },
  height,
}: {
  readonly answer: Answer<unknown>;
  readonly height: number;
}) {
  return (
    <div style={{ minHeight: `${height}px` }}>
      {error ? <p class="problem">{error}</p> : <p class="about">Computing …</p>}
    </div>
  );
}
