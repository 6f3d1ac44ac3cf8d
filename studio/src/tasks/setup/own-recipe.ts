import type { TaskName } from "unrolled/worker";
import { whole } from "../../ui/words.ts";
import type { Dataset } from "../datasets.ts";
import { type Recipe, recipeOf } from "./settings.ts";

/** Fields of a spec that fit any data. The others fit the data set that they were chosen for. */
const ANY_DATA = [
  "cell",
  "layers",
  "hidden",
  "embedding",
  "dropout",
  "inputDropout",
  "wordDropout",
  "characters",
  "characterHidden",
  "size",
];

const MOST_EPOCHS = 100;

/** A recipe for data of one's own, and where it comes from, in a sentence. */
export interface OwnRecipe extends Recipe {
  readonly why: string;
}

/** Returns the data set of a task whose recipe fits own data best. @param level kind of token, if it was chosen */
export function modelFor(datasets: readonly Dataset[], level: string | undefined): Dataset {
  const usual = datasets[0]!.task === "forecaster" ? datasets.at(-1)! : datasets[0]!;
  return datasets.find(({ options }) => level && (options as { level?: string })?.level === level) ?? usual;
}

/** Scales the recipe of a data set to data of another size, so that training takes about as long. */
export function ownRecipe(dataset: Dataset, bytes: number): OwnRecipe {
  const { spec, recipe, length } = recipeOf(dataset);
  const fitting = Object.fromEntries(Object.entries(spec).filter(([name]) => ANY_DATA.includes(name)));
  const like = `The network and the learning rate are those of “${dataset.title}”`;
  if ("iterations" in length) {
    const small = smallText(dataset.task, recipe, bytes);
    return {
      spec: fitting,
      recipe: { ...recipe, ...small },
      length,
      why: `${like}, and so is the time: ${whole(length.iterations)} iterations, whatever the size of the data${"batch" in small ? ". The text is short, so fewer pieces of it are read at a time" : ""}.`,
    };
  }
  const epochs = Math.min(MOST_EPOCHS, Math.max(1, Math.round((length.epochs * dataset.bytes) / bytes)));
  const much = bytes / dataset.bytes;
  const size = much > 1.2 ? `${much.toFixed(1)} times as large` : much < 0.8 ? "smaller" : "about as large";
  return {
    spec: fitting,
    recipe,
    length: { epochs },
    why: `${like}. Your data are ${size}, so they are read ${epochs === 1 ? "once" : `${epochs} times`} instead of ${length.epochs} times: training takes about as long.`,
  };
}

/** Takes smaller batches of a text that is too short for those of the recipe. A batch is `batch` pieces of `seq` characters. */
function smallText(task: TaskName, recipe: object, bytes: number): { readonly batch?: number } {
  if (task !== "language-model") return {};
  const { batch = 50, seq = 50 } = recipe as { batch?: number; seq?: number };
  const most = Math.max(1, Math.floor(bytes / seq / 8));
  return most < batch ? { batch: most } : {};
}
