import { useMemo, useRef } from "preact/hooks";
import { Figure } from "../../ui/figure.tsx";
import { HeatMap } from "../../ui/heat-map.tsx";
import { useWidth } from "../../ui/width.ts";
import { number } from "../../ui/words.ts";
import { shrink } from "./sequence.ts";

interface StepsProps {
  readonly title: string;
  readonly about?: string;
  readonly steps: readonly ArrayLike<number>[];
}

/** Room for the numbers of the rows, and for the words below. */
const [LEFT, BELOW] = [24, 18];

const MOST = { steps: 160, features: 32 };

/** The colour of the smallest number, as a share of that of the largest, so that the cells can be told from the page. */
const LEAST = 0.04;

/** The numbers of a sequence of vectors as a heat map: a column for each step, a row for each feature. */
export function StepsFigure({ title, about, steps }: StepsProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const cells = useMemo(() => shrink(steps, MOST), [steps]);
  const all = cells.flat();
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const features = cells[0]?.length ?? 0;
  const high = Math.max(4, Math.min(14, Math.floor(120 / features)));
  const height = features * high;
  const own = steps[0]?.length ?? 0;
  const count = steps.length;
  const at = (row: number, t: number) => cells[t]![features - 1 - row]!;
  const shades = useMemo(
    () => (row: number, t: number) => LEAST + ((1 - LEAST) * (at(row, t) - least)) / (most - least || 1),
    [cells],
  );
  return (
    <Figure
      title={title}
      about={about}
      label={`${count} steps of ${own} numbers each, from ${number(least, 1)} to ${number(most, 1)}`}
      rows={() =>
        steps.map((step, t) => ({
          step: t + 1,
          ...Object.fromEntries(Array.from(step, (value, k) => [`feature ${k + 1}`, value])),
        }))
      }
    >
      <div ref={place} style={{ minHeight: `${height + BELOW}px` }}>
        {width > 0 && (
          <svg width={width} height={height + BELOW} font-size={11} fill="var(--muted)" aria-hidden="true">
            <text x={LEFT - 6} y={height - 2} text-anchor="end">
              1
            </text>
            {own > 1 && (
              <text x={LEFT - 6} y={10} text-anchor="end">
                {own}
              </text>
            )}
            <text x={LEFT} y={height + 13}>
              step 1
            </text>
            <text x={width} y={height + 13} text-anchor="end">
              {`step ${count}`}
            </text>
            <HeatMap
              {...{ x: LEFT, y: 0, width: width - LEFT, height }}
              rows={features}
              columns={cells.length}
              values={shades}
              tip={(row, t) =>
                `step ${Math.round((t * count) / cells.length) + 1}, feature ${features - row}: ${number(at(row, t), 2)}`
              }
            />
          </svg>
        )}
      </div>
    </Figure>
  );
}
