import { differences, tokensOf } from "./differences.ts";

interface ComparedProps {
  readonly right: string;
  readonly written: string;
}

/** Shows a written text with its differences from the right one. */
export function Compared({ right, written }: ComparedProps) {
  if (right === written) return <p class="about">✓ It is the same.</p>;
  const [a, b] = tokensOf(right, written);
  const parts = differences(a!, b!);
  return (
    <p class="compared">
      {parts.map(({ kind, token }, i) =>
        kind === "same" ? (
          token
        ) : kind === "missing" ? (
          <del key={i}>{token}</del>
        ) : (
          <ins key={i}>{token}</ins>
        ),
      )}{" "}
      <span class="about">
        {parts.some(({ kind }) => kind === "missing") && <del>missing</del>}{" "}
        {parts.some(({ kind }) => kind === "extra") && <ins>too much</ins>}
      </span>
    </p>
  );
}
