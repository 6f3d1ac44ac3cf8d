/** Splits a tag that marks spans, such as B-PLACE, into its mark and what it names. Other tags have no mark. */
export function kindOf(tag: string): { readonly mark: string; readonly kind: string } {
  const [, mark = "", kind = tag] = /^([BILUESMW])-(.+)$/.exec(tag) ?? [];
  return { mark, kind };
}

/** Returns the kinds of tags, each once, without the tag for words that have none. */
export function kindsOf(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => kindOf(tag).kind))].filter((kind) => kind !== "O").sort();
}
