import { logAdd, ZERO } from "../../autograd/log-space.ts";
import type { PrefixScorer } from "./beam-search.ts";

/** A text during the search, as a node of a tree of prefixes. */
export class Path {
  readonly parent: Path | undefined;
  /** Class of the last symbol; -1 if the text is empty. */
  readonly symbol: number;
  /** State of the scorer. */
  readonly state: unknown;
  /** What the scorer adds to the rank. */
  readonly score: number;
  /** Texts with one more symbol that are kept, or that lead to texts that are kept. */
  readonly children = new Map<number, Path>();
  /** Whether the beam keeps the text. */
  kept = true;
  /** ln of the probability of the alignments that end in a blank. */
  blank = ZERO;
  /** ln of the probability of the alignments that end in the last symbol. */
  label = ZERO;
  /** What each class would add to the rank; undefined until it is needed. */
  next: ArrayLike<number> | undefined;

  constructor(parent: Path | undefined, symbol: number, state: unknown, score: number) {
    this.parent = parent;
    this.symbol = symbol;
    this.state = state;
    this.score = score;
    parent?.children.set(symbol, this);
  }

  /** Returns the classes of the symbols. */
  labels(): number[] {
    const labels: number[] = [];
    for (let path: Path = this; path.parent; path = path.parent) labels.push(path.symbol);
    return labels.reverse();
  }

  /** Returns ln of the probability that the text goes on with a symbol. Two equal symbols need a blank between them. */
  before(symbol: number): number {
    return symbol === this.symbol ? this.blank : logAdd(this.blank, this.label);
  }

  /** Leaves the beam. The node stays in the tree while texts that are kept begin with it. */
  drop(): void {
    this.kept = false;
    for (let path: Path = this; path.parent && !path.kept && !path.children.size; path = path.parent) {
      path.parent.children.delete(path.symbol);
    }
  }
}

/** A text that may be kept: a path of the beam, or a path and one more symbol. */
interface Candidate {
  readonly path: Path;
  /** Class of the symbol that is added; -1 if none is. */
  readonly symbol: number;
  readonly blank: number;
  readonly label: number;
  readonly rank: number;
}

/** The texts that a search keeps. `step` replaces them by the best texts after one more step. */
export class Beam {
  readonly #room: number;
  readonly #blank: number;
  readonly #scorer: PrefixScorer | undefined;
  paths: readonly Path[];

  constructor(room: number, blank: number, scorer: PrefixScorer | undefined) {
    this.#room = room;
    this.#blank = blank;
    this.#scorer = scorer;
    const empty = new Path(undefined, -1, scorer?.start, 0);
    empty.blank = 0;
    this.paths = [empty];
  }

  /** Reads a step. @param logs logarithms of the probabilities of the classes */
  step(logs: Float64Array): void {
    const best: Candidate[] = [];
    const offer = (path: Path, symbol: number, blank: number, label: number, score: number) => {
      const rank = logAdd(blank, label) + score;
      if (best.length === this.#room && !(rank > best.at(-1)!.rank)) return;
      let i = best.length;
      while (i > 0 && best[i - 1]!.rank < rank) i--;
      best.splice(i, 0, { path, symbol, blank, label, rank });
      if (best.length > this.#room) best.pop();
    };
    for (const path of this.paths) {
      const { parent, symbol } = path;
      const blank = logAdd(path.blank, path.label) + logs[this.#blank]!;
      let label = symbol < 0 ? ZERO : path.label + logs[symbol]!;
      if (parent?.kept) label = logAdd(label, parent.before(symbol) + logs[symbol]!);
      offer(path, -1, blank, label, path.score);
    }
    for (const path of this.paths) {
      if (this.#scorer) path.next ??= this.#scorer.next(path.state);
      for (let symbol = 0; symbol < logs.length; symbol++) {
        if (symbol === this.#blank || path.children.get(symbol)?.kept) continue;
        const added = path.next?.[symbol] ?? 0;
        offer(path, symbol, ZERO, path.before(symbol) + logs[symbol]!, path.score + added);
      }
    }
    this.#keep(best);
  }

  #keep(best: readonly Candidate[]): void {
    const kept = best.map((candidate) => [this.#pathOf(candidate), candidate] as const);
    const before = this.paths;
    this.paths = kept.map(([path]) => path);
    const chosen = new Set(this.paths);
    for (const [path, { blank, label }] of kept) {
      path.kept = true;
      path.blank = blank;
      path.label = label;
    }
    for (const path of before) if (!chosen.has(path)) path.drop();
  }

  #pathOf({ path, symbol }: Candidate): Path {
    if (symbol < 0) return path;
    const known = path.children.get(symbol);
    if (known) return known;
    const score = path.score + (path.next?.[symbol] ?? 0);
    return new Path(path, symbol, this.#scorer?.extend(path.state, symbol), score);
  }
}
