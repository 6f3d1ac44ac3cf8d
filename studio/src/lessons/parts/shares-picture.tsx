import { useRef } from "preact/hooks";
import type { BackpropagationResult, Matrix } from "../../lab/backpropagation.ts";
import type { Row } from "../../ui/figure.tsx";
import { useWidth } from "../../ui/width.ts";
import { NumberCell } from "./number-cell.tsx";

export type MatrixName = "Waa" | "Wax" | "Wya";

const [CELL, GAP, HEAD] = [18, 18, 20];

const named = ({ steps, gradient, library }: BackpropagationResult, name: MatrixName) => [
  ...steps.map(({ t, adds }) => ({ title: `t = ${t}`, matrix: adds[name] })),
  { title: "sum", matrix: gradient[name] },
  { title: "library", matrix: library[name] },
];

/** The numbers of all matrices. */
export const shareRows = (result: BackpropagationResult, name: MatrixName): Row[] =>
  named(result, name).flatMap(({ title, matrix }) =>
    matrix.flatMap((row, i) => row.map((value, j) => ({ matrix: title, row: i + 1, column: j + 1, value }))),
  );

const largest = (matrix: Matrix) => Math.max(...matrix.flat().map(Math.abs));

/** What each step adds to a gradient, their sum, and the library's. */
export function SharesPicture({
  result,
  name,
}: {
  readonly result: BackpropagationResult;
  readonly name: MatrixName;
}) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const all = named(result, name);
  const [rows, columns] = [all[0]!.matrix.length, all[0]!.matrix[0]!.length];
  const size = { width: Math.max(48, columns * CELL) + GAP, height: HEAD + rows * CELL + GAP };
  const inRow = Math.max(1, Math.floor((width + GAP) / size.width));
  const height = Math.ceil(all.length / inRow) * size.height;
  const most = Math.max(...all.map(({ matrix }) => largest(matrix)));
  return (
    <div ref={place} style={{ minHeight: `${width ? height : 200}px` }}>
      {width > 100 && (
        <svg width={width} height={height} aria-hidden="true" font-size={12} fill="var(--ink)">
          {all.map(({ title, matrix }, n) => {
            const [left, top] = [(n % inRow) * size.width, Math.floor(n / inRow) * size.height];
            return (
              <g key={title}>
                <text x={left} y={top + 13} font-weight={n < all.length - 2 ? 400 : 700}>
                  {title}
                </text>
                {matrix.map((row, i) =>
                  row.map((value, j) => (
                    <NumberCell
                      key={`${title} ${i + 1} ${j + 1}`}
                      x={left + j * CELL}
                      y={top + HEAD + i * CELL}
                      width={CELL}
                      height={CELL}
                      value={value}
                      most={most}
                      tip={`${title}, row ${i + 1}, column ${j + 1}\n${value.toFixed(4)}`}
                    />
                  )),
                )}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
