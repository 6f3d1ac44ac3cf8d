/** A code block of a page, and the text block below it, which shows what it prints. */
export interface Block {
  readonly language: string;
  readonly code: string;
  /** The line of the page at which the block begins. */
  readonly line: number;
  /** A file of the repository that contains the code. */
  readonly source?: string | undefined;
  readonly output?: string | undefined;
}

const FENCE = /^(?:<!-- from (\S+) -->\n+)?```(\w*)\n([\s\S]*?)^```$/gm;

/**
 * Returns the code blocks of a Markdown page. A block of language `text` is the output of the block before it. Blocks without a
 * language are drawings and formulas.
 */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  for (const { 0: whole, 1: source, 2: language = "", 3: code = "", index } of page.matchAll(FENCE)) {
    const line = page.slice(0, index + whole.indexOf("```")).split("\n").length;
    const last = blocks.at(-1);
    if (language === "") continue;
    if (language !== "text") blocks.push({ language, code, line, source });
    else if (last && last.output === undefined) blocks[blocks.length - 1] = { ...last, output: code };
  }
  return blocks;
}

/** Returns a pattern for an output in which "…" stands for anything. */
export function outputPattern(output: string): RegExp {
  const literal = output.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("…", "[^]*?")}$`);
}
