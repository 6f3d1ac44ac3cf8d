import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { type Candidate, checkSpace, type Range, type SearchSpace, type Value } from "../search/space.ts";
import { readText, withContext } from "../tasks/source.ts";
import { openText } from "./files.ts";
import type { TrainFlags } from "./flags.ts";
import { isGiven } from "./recipe-flags.ts";
import { parseTraining, trainingArguments } from "./search-trial.ts";

/** Options of a run that are no hyper-parameters: they say what is learnt, how long and where. */
const NOT_SEARCHED = new Set([
  ...["data", "validation", "task", "lines", "labelFirst", "tagColumn"],
  ...["iters", "epochs", "variant", "validateEvery", "seed"],
]);

/** Options that change what the loss is a loss of, but where it is that of a label: losses could not be compared. */
const CHANGES_LOSS = new Set([
  ...["level", "minCount", "tokens", "vocabulary", "sourceLevel", "targetLevel", "lowerCase", "condition"],
  ...["column", "target", "horizon", "strategy", "changes", "loss", "from", "steps"],
]);
const LABELS = ["classifier", "tagger"];

const COMMON: SearchSpace = {
  cell: ["gru", "lstm"],
  hidden: [32, 64, 128, 256],
  layers: [1, 2],
  lr: { min: 5e-4, max: 2e-2, scale: "log" },
};

const TOKENS: SearchSpace = {
  ...COMMON,
  embedding: [16, 32, 64, 128],
  dropout: { min: 0, max: 0.5 },
  batch: [16, 32, 64],
  clip: [1, 5, 50],
};

const DROPOUT = { min: 0, max: 0.5 };

/** What is searched by default. The streams of a text (`batch`) stay: they decide which part of it is held out. */
const SPACES: Readonly<Record<string, SearchSpace>> = {
  "language-model": { ...COMMON, embedding: [0, 32, 64], dropout: DROPOUT, clip: [1, 5, 50] },
  // The embedding is as wide as the layers, to which it is tied.
  words: { ...COMMON, hidden: [128, 256, 384], dropout: DROPOUT, inputDropout: DROPOUT, clip: [1, 5, 50] },
  forecaster: { ...COMMON, hidden: [16, 32, 64, 128], batch: [16, 32, 64], clip: [16, 64] },
};

/**
 * The space of a file, or the default one of the task without what was given as an option.
 *
 * @throws ERR_FILE; ERR_FORMAT where the file is not JSON; ERR_VALUE naming field and file where it is no space for the task
 */
export async function readSpace(
  { space: file, task, level }: Pick<TrainFlags, "task" | "level"> & { space?: string },
  command: Command,
): Promise<SearchSpace> {
  if (file === undefined) {
    const kind = task === "language-model" && level === "word" ? "words" : task;
    const fields = Object.entries(SPACES[kind] ?? TOKENS).filter(([field]) => !isGiven(command, field));
    return checkSpace(Object.fromEntries(fields));
  }
  const text = await readText(openText(file));
  return withContext(file, () => {
    const names = parseTraining([]).options.map((option) => option.attributeName());
    const space = checkSpace(
      parseJson(text),
      [...new Set(names)].filter(
        (name) => !NOT_SEARCHED.has(name) && (LABELS.includes(task) || !CHANGES_LOSS.has(name)),
      ),
    );
    for (const [field, dimension] of Object.entries(space)) {
      if (isGiven(command, field)) {
        throw new UnrolledError("ERR_VALUE", `space: ${field} is given as an option as well; take one away`);
      }
      const values = "min" in dimension ? examples(dimension) : dimension;
      for (const value of values) parseTraining(trainingArguments({ task, [field]: value }));
    }
    return space;
  });
}

/** Both ends of a range, and a number between that is whole only where all are. */
function examples({ min, max, whole }: Range): Value[] {
  const between = min + (max - min) / 3;
  return [min, whole ? Math.floor(between) : between, max];
}

/** The n-th of some candidates that together have every value of a list. */
export function exampleCandidate(space: SearchSpace, n: number): Candidate {
  return Object.fromEntries(
    Object.entries(space).map(([field, dimension]) => {
      const values = "min" in dimension ? examples(dimension) : dimension;
      return [field, values[n % values.length]!];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnrolledError("ERR_FORMAT", `not JSON: ${(cause as Error).message}`, { cause });
  }
}
