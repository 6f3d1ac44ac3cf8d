interface NumberCellProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly value: number;
  /** The number that has the strongest colour. */
  readonly most: number;
  readonly tip: string;
  /** Text in the cell. */
  readonly text?: string | undefined;
}

/** A cell of an `svg` whose colour shows sign and size of a number, pale enough for text. */
export function NumberCell({ x, y, width, height, value, most, tip, text }: NumberCellProps) {
  const strength = 0.55 * Math.min(1, Math.abs(value) / (most || 1));
  return (
    <g data-tip={tip}>
      <rect {...{ x, y, width, height }} fill="var(--card)" stroke="var(--line)" />
      <rect
        {...{ x, y, width, height }}
        fill={value < 0 ? "var(--train)" : "var(--validation)"}
        fill-opacity={strength}
      />
      {text !== undefined && (
        <text x={x + width / 2} y={y + height - 5} text-anchor="middle" fill="var(--ink)">
          {text}
        </text>
      )}
    </g>
  );
}
