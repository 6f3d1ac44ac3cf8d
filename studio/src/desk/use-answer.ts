import { useEffect, useRef, useState } from "preact/hooks";
import { type Answer, newest } from "./newest.ts";

export type { Answer } from "./newest.ts";

/** Asks again whenever `inputs` change. Without a question there is no answer. */
export function useAnswer<T>(
  question: (() => Promise<T>) | undefined,
  inputs: readonly unknown[],
): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ busy: false });
  const asked = useRef<ReturnType<typeof newest<T>>>(undefined);
  asked.current ??= newest<T>((change) => setAnswer((before) => ({ ...before, ...change })));
  useEffect(() => {
    if (question) asked.current!.ask(question);
    else asked.current!.clear();
  }, inputs);
  useEffect(() => () => asked.current!.clear(), []);
  return answer;
}
