import { useRef } from "preact/hooks";
import { Figure } from "../../ui/figure.tsx";
import { useWidth } from "../../ui/width.ts";
import { number } from "../../ui/words.ts";
import { shrink } from "./sequence.ts";

interface HeatMapProps {
  readonly title: string;
  readonly about?: string;
  readonly steps: readonly ArrayLike<number>[];
}

const MOST = { steps: 160, features: 32 };

/** The numbers of a sequence of vectors: a column for each step, a row for each feature. */
export function HeatMap({ title, about, steps }: HeatMapProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const cells = shrink(steps, MOST);
  const all = cells.flat();
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const features = cells[0]?.length ?? 0;
  const high = Math.max(4, Math.min(14, Math.floor(120 / features)));
  const wide = width / cells.length;
  const height = features * high;
  const count = steps.length;
  return (
    <Figure
      title={title}
      about={about}
      label={`${count} steps of ${steps[0]?.length ?? 0} numbers each, from ${number(least, 1)} to ${number(most, 1)}`}
      rows={() =>
        steps.map((step, t) => ({
          step: t + 1,
          ...Object.fromEntries(Array.from(step, (value, k) => [`feature ${k + 1}`, value])),
        }))
      }
    >
      <div ref={place} style={{ minHeight: `${height}px` }}>
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true">
            {cells.map((step, t) =>
              step.map((value, k) => (
                <rect
                  key={`${t} ${k}`}
                  x={t * wide}
                  y={height - (k + 1) * high}
                  width={wide + 0.5}
                  height={high + 0.5}
                  fill="var(--train)"
                  fill-opacity={0.04 + (0.96 * (value - least)) / (most - least || 1)}
                  data-tip={`step ${Math.round((t * count) / cells.length) + 1}, feature ${k + 1}: ${number(value, 2)}`}
                />
              )),
            )}
          </svg>
        )}
      </div>
    </Figure>
  );
}
