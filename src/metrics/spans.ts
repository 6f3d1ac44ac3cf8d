import { checkIterable, checkTexts } from "../checks.ts";
import { type Scores, scores } from "./classes.ts";
import { checkListPairs } from "./pairs.ts";

/** A span: the tokens `start` to `end` - 1, with a type such as PER. */
export interface Span {
  /** The type, which is the part of the tag after `B-` or `I-`. It is empty if the tags have no types. */
  readonly type: string;
  /** Index of the first token. */
  readonly start: number;
  /** Index of the last token, plus 1. */
  readonly end: number;
}

/**
 * The letters of each scheme of tags besides O: BIO (also IOB1), BIOES, BILOU, BMES and BMEWO. B begins a span, I or M continues
 * it, E or L ends it, and S, U or W is a span of one token.
 */
const SCHEMES = ["BI", "BIES", "BILU", "BMES", "BMEW"] as const;

/** Letters that mean the same as a letter of BIOES. */
const SAME: Readonly<Record<string, string>> = { M: "I", L: "E", U: "S", W: "S" };

/**
 * Tells whether tags mark spans. All tags are then O or tags of one scheme: BIO, IOB1, BIOES, BILOU, BMES or BMEWO. Either each
 * has a type, such as B-PER, or none has one, such as B. At least one tag is not O. Without types, B and either I or M occur.
 */
export function areSpanTags(tags: Iterable<string>): boolean {
  const all = [...new Set(checkTexts("tags", [...checkIterable("tags", tags)]))].filter((tag) => tag !== "O");
  const match = (pattern: string) => all.every((tag) => new RegExp(`^${pattern}$`, "s").test(tag));
  const bare = all.includes("B") && (all.includes("I") || all.includes("M"));
  return (
    all.length > 0 && SCHEMES.some((letters) => match(`[${letters}]-.+`) || (bare && match(`[${letters}]`)))
  );
}

/**
 * Finds the spans of tags of any scheme that `areSpanTags` knows, by the rules of conlleval and of seqeval's default mode. A B or
 * S tag starts a span. Another tag starts a span if it is the first one, follows O, E or S, or follows a tag of a different type.
 * A span ends after an E or S tag and before a tag that starts a span or is O. The type of a tag without a type is "".
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
    const letter = SAME[tag[0]!] ?? tag[0]!;
    if ("OBS".includes(letter) || open?.type !== type) close(i);
    if (letter !== "O") open ??= { type, start: i };
    if ("ES".includes(letter)) close(i + 1);
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
