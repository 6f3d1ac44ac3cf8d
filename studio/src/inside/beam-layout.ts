import type { Beams } from "../look/beams.ts";

/** A hypothesis with its place in the tree. */
export interface PlacedNode {
  readonly index: number;
  /** Column, from 0. */
  readonly step: number;
  /** Row in its column: 0 is the best of that step. */
  readonly rank: number;
  /** Index of the node that it continues; -1 if it is the first. */
  readonly parent: number;
  /** Whether the best hypothesis of the end goes through it. */
  readonly isBest: boolean;
}

/** Places the nodes of a search: a column for each step, the best of a step first. */
export function placeBeams({ nodes, hypotheses }: Beams): {
  readonly placed: readonly PlacedNode[];
  readonly steps: number;
  readonly ranks: number;
} {
  const best = new Set<number>();
  for (let at = hypotheses[0]?.node ?? -1; at >= 0; at = nodes[at]!.parent) best.add(at);
  const used: number[] = [];
  const placed = nodes.map(({ parent, step }, index) => {
    const rank = used[step] ?? 0;
    used[step] = rank + 1;
    return { index, step: step - 1, rank, parent, isBest: best.has(index) };
  });
  return { placed, steps: used.length - 1, ranks: used.reduce((a, b) => Math.max(a, b), 1) };
}
