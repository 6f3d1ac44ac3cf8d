import { useRef } from "preact/hooks";
import { useWidth } from "../ui/width.ts";
import { matrixLayout } from "./matrix-layout.ts";

interface MatrixProps {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** What rows and columns are. */
  readonly rowTitle: string;
  readonly columnTitle: string;
  /** How dark a cell is, from 0 to 1. */
  readonly shade: (row: number, column: number) => number;
  /** The text in a cell, if there is room. */
  readonly text?: (row: number, column: number) => string;
  /** What is shown under the pointer. */
  readonly tip: (row: number, column: number) => string;
  /** Cells to frame, such as those that were chosen. */
  readonly framed?: (row: number, column: number) => boolean;
  readonly onChoose?: (row: number, column: number) => void;
  /** Maximum width and height of a cell in pixels. */
  readonly most?: number;
}

const FONT = 12;

/** A matrix of cells, the stronger the colour the larger, with names beside rows and above columns. */
export function Matrix(props: MatrixProps) {
  const place = useRef<HTMLDivElement>(null);
  const available = useWidth(place);
  return <div ref={place}>{available > 0 && <Cells {...props} available={available} />}</div>;
}

function Cells({
  rows,
  columns,
  rowTitle,
  columnTitle,
  shade,
  text,
  tip,
  framed,
  onChoose,
  most = 40,
  available,
}: MatrixProps & { readonly available: number }) {
  const { left, top, cell, high, width, height, turned } = matrixLayout(rows, columns, available, most);
  const cells = rows.flatMap((_, row) => columns.map((_, column) => [row, column] as const));
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <text x={left} y={FONT} font-size={FONT} fill="var(--muted)">
        {columnTitle} →
      </text>
      <text x={0} y={top - 6} font-size={FONT} fill="var(--muted)">
        {rowTitle && `${rowTitle} ↓`}
      </text>
      {columns.map((name, column) => {
        const x = left + (column + 0.5) * cell;
        return (
          <text
            key={column}
            transform={turned ? `translate(${x + 4} ${top - 6}) rotate(-55)` : `translate(${x} ${top - 6})`}
            text-anchor={turned ? "start" : "middle"}
            font-size={FONT}
            fill="var(--ink)"
          >
            {name}
          </text>
        );
      })}
      {rows.map((name, row) => (
        <text
          key={row}
          x={left - 8}
          y={top + (row + 0.5) * high}
          text-anchor="end"
          dominant-baseline="central"
          font-size={FONT}
          fill="var(--ink)"
        >
          {name}
        </text>
      ))}
      {cells.map(([row, column]) => {
        const dark = shade(row, column);
        const isFramed = framed?.(row, column);
        const own = {
          x: left + column * cell,
          y: top + row * high,
          width: cell - 1,
          height: high - 1,
        };
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the fields below the picture do the same by keyboard
          <g
            key={`${row} ${column}`}
            data-tip={tip(row, column)}
            onClick={onChoose && (() => onChoose(row, column))}
            style={onChoose && { cursor: "pointer" }}
          >
            <rect {...own} fill="var(--line)" fill-opacity={0.45} />
            <rect
              {...own}
              fill="var(--accent)"
              fill-opacity={dark}
              stroke={isFramed ? "var(--ink)" : "none"}
              stroke-width={2}
            />
            {text && cell >= 20 && (
              <text
                x={own.x + own.width / 2}
                y={own.y + own.height / 2}
                text-anchor="middle"
                dominant-baseline="central"
                font-size={FONT}
                font-weight={600}
                fill={dark > 0.65 ? "var(--on-accent)" : "var(--ink)"}
              >
                {text(row, column)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
