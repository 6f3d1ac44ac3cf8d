import { useEffect, useState } from "preact/hooks";
import { plain } from "../ui/plain.ts";

/** An answer of the desk, the one before it while a new one is computed, or what went wrong. */
export interface Answer<T> {
  readonly value?: T | undefined;
  readonly error?: string | undefined;
  readonly busy: boolean;
}

/** Asks again whenever `inputs` change, and drops answers that come too late. Without a question there is no answer. */
export function useAnswer<T>(
  question: (() => Promise<T>) | undefined,
  inputs: readonly unknown[],
): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ busy: false });
  useEffect(() => {
    if (!question) return setAnswer({ busy: false });
    let current = true;
    setAnswer(({ value }) => ({ value, busy: true }));
    question().then(
      (value) => current && setAnswer({ value, busy: false }),
      (error) => current && setAnswer({ error: plain((error as Error).message), busy: false }),
    );
    return () => {
      current = false;
    };
  }, inputs);
  return answer;
}
