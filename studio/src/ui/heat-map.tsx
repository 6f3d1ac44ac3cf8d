import { useMemo } from "preact/hooks";
import { useScale } from "./colours.ts";
import { heatImage } from "./heat-image.ts";

interface HeatMapProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
  /** The number at a row and a column, from -1 to 1. A new function paints again. */
  readonly values: (row: number, column: number) => number;
  /** What the pointer shows at a cell. */
  readonly tip: (row: number, column: number) => string;
  readonly onPick?: (row: number, column: number) => void;
}

/** Numbers as coloured cells. It belongs in an `svg`. */
export function HeatMap({ x, y, width, height, rows, columns, values, tip, onPick }: HeatMapProps) {
  const scale = useScale();
  const href = useMemo(
    () => (rows && columns ? heatImage(rows, columns, values, scale) : undefined),
    [rows, columns, values, scale],
  );
  const cellAt = (event: MouseEvent): [row: number, column: number] => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const place = (share: number, count: number) =>
      Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    return [
      place((event.clientY - box.top) / box.height, rows),
      place((event.clientX - box.left) / box.width, columns),
    ];
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a short cut for the pointer; fields beside the picture do the same
    <image
      {...{ x, y, width, height, href }}
      preserveAspectRatio="none"
      style={{ imageRendering: "pixelated", cursor: onPick && "pointer" }}
      onPointerMove={(event) => {
        (event.currentTarget as Element).setAttribute("data-tip", tip(...cellAt(event)));
      }}
      onClick={(event) => onPick?.(...cellAt(event))}
    />
  );
}
