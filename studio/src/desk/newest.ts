import { plain } from "../ui/plain.ts";

/** An answer of the desk, the one before it while a new one is computed, or what went wrong. */
export interface Answer<T> {
  readonly value?: T | undefined;
  readonly error?: string | undefined;
  readonly busy: boolean;
}

/**
 * Asks one question after the other, and of those that wait only the newest. So there is an answer to see even if questions come faster
 * than answers, as they do while a network is trained.
 *
 * @param show gets what changes of the answer
 */
export function newest<T>(show: (change: Partial<Answer<T>>) => void) {
  let waiting: (() => Promise<T>) | undefined;
  let asking: object | undefined;

  async function answer(mine: object): Promise<void> {
    while (waiting && asking === mine) {
      const question = waiting;
      waiting = undefined;
      const change = await question().then(
        (value): Partial<Answer<T>> => ({ value, error: undefined }),
        (error): Partial<Answer<T>> =>
          waiting ? {} : { value: undefined, error: plain((error as Error).message) },
      );
      if (asking === mine) show({ ...change, busy: waiting !== undefined });
    }
    if (asking === mine) asking = undefined;
  }

  return {
    ask(question: () => Promise<T>): void {
      waiting = question;
      show({ error: undefined, busy: true });
      if (asking) return;
      asking = {};
      void answer(asking);
    },
    /** Drops all questions and their answers. */
    clear(): void {
      waiting = undefined;
      asking = undefined;
      show({ value: undefined, error: undefined, busy: false });
    },
  };
}
