import { UnrolledError } from "../errors.ts";
import { type Candidate, checkSpace, type Range, type SearchSpace, type Value } from "../search/space.ts";
import { readText, withContext } from "../tasks/source.ts";
import { openText } from "./files.ts";
import type { TrainFlags } from "./flags.ts";
import type { Given } from "./given.ts";
import { runOptions } from "./search-trial.ts";
import { checkConflicts, optionValue } from "./search-values.ts";
import { ALL, taskOf } from "./tasks/index.ts";
import { checkTaskOptions } from "./tasks/options.ts";

/**
 * Options of a run that cannot be searched, because they are not hyper-parameters. They decide what the model learns, how long it
 * trains and which build of the kernels it uses.
 */
const NOT_SEARCHED = new Set([
  ...["data", "validation", "vectors", "task", "lines", "labelFirst", "tagColumn", "format", "cut"],
  ...["header", "textColumn", "labelColumn", "tokenColumn"],
  ...["iters", "epochs", "variant", "validateEvery", "seed"],
]);

/**
 * Returns the names of options that change what the loss measures in at least one task. If two runs differ in such an option,
 * their losses cannot be compared.
 */
const changesLoss = () => new Set(Object.values(ALL).flatMap((commands) => commands.changesLoss ?? []));

/**
 * Reads the search space from a file. If no file is given, returns the task's default space without the fields that the user set
 * as options.
 *
 * @param given options that the user set
 * @throws ERR_FILE; ERR_FORMAT if the file is not JSON; ERR_VALUE if the space does not fit the task. The error names the file
 * and the field.
 */
export async function readSpace(
  { space: file, task, level }: Pick<TrainFlags, "task" | "level"> & { space?: string },
  given: Given,
): Promise<SearchSpace> {
  const commands = taskOf({ task, ...(level && { level }) });
  if (file === undefined) {
    const has = (...names: string[]) => names.every((name) => Object.hasOwn(given, name));
    // The vectors of a file have their size. Layers of encoder and decoder are all layers.
    const fixed = (field: string) =>
      has(field) ||
      (field === "embedding" && has("vectors")) ||
      (field === "layers" && has("encoderLayers", "decoderLayers"));
    return checkSpace(Object.fromEntries(Object.entries(commands.space).filter(([field]) => !fixed(field))));
  }
  const text = await readText(openText(file));
  return withContext(file, () => {
    const options = runOptions();
    const names = new Set(options.map((option) => option.attributeName()));
    for (const name of NOT_SEARCHED) names.delete(name);
    // Candidates are compared by their loss, so options that change the meaning of the loss cannot be searched. An example is
    // `level`: the loss is per character if `level` is `char`, and per word if `level` is `word`.
    const json = parseJson(text);
    const changed = commands.changesLoss?.find((name) => Object.hasOwn(Object(json), name));
    if (changed) {
      const problem = `space: ${changed} changes what the loss measures, so losses could not be compared`;
      throw new UnrolledError("ERR_VALUE", `${problem}; give it as an option, and search for each value`);
    }
    if (commands.changesLoss) for (const name of changesLoss()) names.delete(name);
    const space = checkSpace(json, [...names]);
    for (const [field, dimension] of Object.entries(space)) {
      if (Object.hasOwn(given, field)) {
        throw new UnrolledError(
          "ERR_VALUE",
          `space: ${field} is also given as an option; remove one of the two`,
        );
      }
      checkTaskOptions({ [field]: dimension }, task);
      checkConflicts(options, field, given);
      const values = "min" in dimension ? examples(dimension) : dimension;
      for (const value of values) optionValue(options, field, value);
    }
    return space;
  });
}

/** Returns both ends of a range and a number between them. If the range has only whole numbers, this number is whole too. */
function examples({ min, max, whole }: Range): Value[] {
  const between = min + (max - min) / 3;
  return [min, whole ? Math.floor(between) : between, max];
}

/**
 * Returns example candidate n, counted from 0. Each field has a list of values, and the candidate has value n of this list. After
 * the last value, the list starts again.
 */
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
