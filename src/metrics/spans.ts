import { checkIterable, checkTexts } from "../checks.ts";
import { type Scores, scores } from "./classes.ts";
import { checkListPairs } from "./pairs.ts";

/** A span: the tokens `start` to `end` - 1, with a type such as PER. */
export interface Span {
  /** The type, which is the part of the tag after `B-` or `I-`. */
  readonly type: string;
  /** Index of the first token. */
  readonly start: number;
  /** Index of the last token, plus 1. */
  readonly end: number;
}

/** Tells whether tags are BIO tags: each tag is O, B-type or I-type, and at least one tag is not O. */
export function areSpanTags(tags: Iterable<string>): boolean {
  const all = checkTexts("tags", [...checkIterable("tags", tags)]);
  return all.some((tag) => tag !== "O") && all.every((tag) => /^(O|[BI]-.+)$/.test(tag));
}

/**
 * Finds the spans of BIO tags by the rules of conlleval (CoNLL-2000). Every B tag starts a span. An I tag starts a span if it is
 * the first tag or follows O or a tag of a different type.
 */
export function spansOf(tags: readonly string[]): Span[] {
  checkTexts("tags", tags);
  const spans: Span[] = [];
  let open: { type: string; start: number } | undefined;
  const close = (end: number) => {
    if (open) spans.push({ ...open, end });
    open = undefined;
  };
  tags.forEach((tag, i) => {
    const type = tag.slice(2);
    if (tag === "O" || tag.startsWith("B-") || open?.type !== type) close(i);
    if (tag !== "O") open ??= { type, start: i };
  });
  close(tags.length);
  return spans;
}

/**
 * Computes precision, recall and F1 over the spans of all sentences. A hit has the right type, start and end.
 *
 * @param right the correct tags of each sentence
 *
 * @example
 * ```js
 * const right = [["B-PER", "I-PER", "O", "B-LOC"]];
 * const predicted = [["B-PER", "I-PER", "O", "B-ORG"]];
 * console.log(spanScores(right, predicted)); // { precision: 0.5, recall: 0.5, f1: 0.5 }
 * ```
 */
export function spanScores(
  right: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
): Scores {
  checkListPairs(right, predicted, "right", "predicted");
  let [hits, found, expected] = [0, 0, 0];
  right.forEach((tags, i) => {
    const keys = (tags: readonly string[]) =>
      spansOf(tags).map(({ type, start, end }) => `${start} ${end} ${type}`);
    const [gold, guess] = [new Set(keys(tags)), keys(predicted[i]!)];
    hits += guess.filter((key) => gold.has(key)).length;
    found += guess.length;
    expected += gold.size;
  });
  return scores(hits, found, expected);
}
