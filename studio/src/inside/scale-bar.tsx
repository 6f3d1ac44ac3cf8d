interface ScaleBarProps {
  readonly x: number;
  readonly y: number;
  readonly low: string;
  readonly middle?: string;
  readonly high: string;
  /** Whether the scale starts in the middle, for values that are never below 0. */
  readonly half?: boolean;
  /** Whether text stands on the colours of the picture, which are paler then. */
  readonly underText?: boolean;
}

const STEPS = 20;
const WIDTH = 120;

/** Says which colour stands for which value, in the colours of a `HeatMap` or of text in `tints`. It is 30 pixels high and belongs in an `svg`. */
export function ScaleBar({ x, y, low, middle, high, half = false, underText = false }: ScaleBarProps) {
  const values = Array.from({ length: STEPS }, (_, i) =>
    half ? (i + 0.5) / STEPS : (2 * (i + 0.5)) / STEPS - 1,
  );
  return (
    <g transform={`translate(${x} ${y})`}>
      <g class={underText ? "tints" : "scale"}>
        {values.map((value, i) => (
          <Tint key={value} x={(i * WIDTH) / STEPS} y={0} width={WIDTH / STEPS} height={10} value={value} />
        ))}
      </g>
      <rect width={WIDTH} height={10} fill="none" stroke="var(--edge)" stroke-width={0.5} />
      <g font-size={11} fill="var(--muted)">
        <text y={23}>{low}</text>
        {middle && (
          <text x={WIDTH / 2} y={23} text-anchor="middle">
            {middle}
          </text>
        )}
        <text x={WIDTH} y={23} text-anchor="end">
          {high}
        </text>
      </g>
    </g>
  );
}

interface TintProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** From -1 to 1. */
  readonly value: number;
  /** Index of the symbol that it stands under, for clicks. */
  readonly "data-t"?: number;
}

/** A part in the colour of a value. In a group of the class `tints`, text on it can be read. */
export function Tint({ value, ...box }: TintProps) {
  return (
    <rect
      {...box}
      fill={value < 0 ? "var(--train)" : "var(--validation)"}
      fill-opacity={Math.min(1, Math.abs(value)).toFixed(2)}
    />
  );
}
