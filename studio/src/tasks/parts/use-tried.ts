import { kept } from "../../runs/kept.ts";
import type { Run } from "../../runs/run.ts";
import { examplesOf } from "../examples.ts";
import { firstText, type Sequence } from "./sequence.ts";

/** What is tried with a model. The panel of its task and all pictures of its inside share it. */
export interface Tried {
  readonly input: Sequence;
  /** What belongs to the input in the data, such as its label, if it is from there. */
  readonly truth?: string | undefined;
}

/** Returns what is tried with a run's model, and a function that tries something else. */
export function useTried(run: Run) {
  const tried = kept<Tried>(run.id, "tried", { input: firstOf(run) });
  const setTried = (input: Sequence, truth?: string): void => {
    tried.value = { input, truth };
  };
  return { ...tried.value, setTried };
}

/** What a language model continues in the panel of its task. Whoever changes it there also tries it in the pictures. */
export const promptOf = (run: Run) => kept(run.id, "prompt", firstText(examplesOf(run)));

/** Returns the first example of the data set. Language models begin with a passage of their text, which is read later. */
function firstOf(run: Run): Sequence {
  const examples = examplesOf(run);
  if (run.plan.task === "language-model") return "";
  return ((run.plan.task === "forecaster" ? examples : examples[0]) ?? "") as Sequence;
}
