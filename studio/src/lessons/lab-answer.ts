import { useEffect, useRef } from "preact/hooks";
import { type Answer, useAnswer } from "../desk/use-answer.ts";
import type { Experiments } from "../lab/experiments.ts";
import { LabWorker } from "./lab-worker.ts";

type Result<Name extends keyof Experiments> = Awaited<ReturnType<Experiments[Name]>>;

/** Asks one question at a time. Of those that come meanwhile, only the newest is asked. */
class Newest {
  readonly #lab = new LabWorker();
  #isBusy = false;
  #next: (() => void) | undefined;

  ask(name: keyof Experiments, options: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#next = () => {
        this.#isBusy = true;
        this.#next = undefined;
        this.#lab
          .run(name, options, () => {})
          .then(resolve, reject)
          .finally(() => {
            this.#isBusy = false;
            this.#next?.();
          });
      };
      if (!this.#isBusy) this.#next();
    });
  }

  end(): void {
    this.#next = undefined;
    this.#lab.end();
  }
}

/**
 * Holds the answer of a short function of the lab, such as what a trained model writes, and asks again if `inputs` change.
 *
 * @param options what the function gets; undefined as long as there is nothing to ask
 */
export function useLabAnswer<Name extends keyof Experiments>(
  name: Name,
  options: Parameters<Experiments[Name]>[0] | undefined,
  inputs: readonly unknown[],
): Answer<Result<Name>> {
  const lab = useRef<Newest>(undefined);
  useEffect(() => () => lab.current?.end(), []);
  return useAnswer(
    options &&
      (() => {
        lab.current ??= new Newest();
        return lab.current.ask(name, options) as Promise<Result<Name>>;
      }),
    inputs,
  );
}
