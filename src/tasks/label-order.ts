import { labelSet } from "../data/label-set.ts";
import { UnrolledError } from "../errors.ts";
import { areLabelSets } from "./label-sets.ts";

/** Number of labels from which on it is suspicious that most of them have a single example. */
const SUSPICIOUS = 10;

/**
 * @throws ERR_DATA naming the option if labels seem to be something else: most of them have a single example, or there are far fewer
 * different texts than labels
 */
export function checkOrder(
  texts: readonly string[],
  cells: readonly string[],
  name: string,
  { labelFirst, multiLabel }: { readonly labelFirst: boolean; readonly multiLabel: boolean },
): void {
  const labels = multiLabel ? cells.flatMap(labelSet) : cells;
  const different = new Set(labels).size;
  const rare = different * 2 > cells.length;
  const swapped = () => {
    const found = new Set<string>();
    return !texts.some((text) => found.add(text).size * 2 >= different);
  };
  if (!(different >= SUSPICIOUS ? rare || swapped() : different > 3 && rare && swapped())) return;
  const order = labelFirst ? "leave out --label-first" : "use --label-first";
  const lists = !multiLabel && areLabelSets(cells) ? "; if labels are lists, use --multi-label" : "";
  const how = `${order}; if the label is in another column, use --label-column${lists}`;
  throw new UnrolledError(
    "ERR_DATA",
    `${name}: ${different} labels of ${cells.length} examples; if text and label are the other way round, ${how}`,
  );
}
