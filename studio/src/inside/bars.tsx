import { useRef } from "preact/hooks";
import { useWidth } from "../ui/width.ts";
import { sure } from "../ui/words.ts";
import { chance } from "./surprise.ts";

interface BarsProps {
  readonly bars: readonly {
    readonly name: string;
    readonly value: number | undefined;
    readonly second?: number;
  }[];
  /** Names of the two bars of each row, if there are two. */
  readonly names?: readonly [first: string, second: string];
}

const NAME = 92;
const NUMBER = 84;

/** Probabilities as bars from 0 to 1, one or two in each row. One that is not known yet has no bar. */
export function Bars({ bars, names }: BarsProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const row = names ? 34 : 24;
  const head = names ? 24 : 0;
  const height = head + bars.length * row;
  const full = Math.max(0, width - NAME - NUMBER);
  const thick = names ? 13 : 16;
  return (
    <div ref={place} style={{ minHeight: `${height}px` }}>
      {width > 0 && (
        <svg width={width} height={height} font-size={13} aria-hidden="true">
          {names?.map((name, i) => (
            <g key={name} transform={`translate(${8 + i * 90} 4)`}>
              <rect width={12} height={12} fill={i ? "var(--validation)" : "var(--train)"} />
              <text x={18} y={11} fill="var(--ink)">
                {name}
              </text>
            </g>
          ))}
          {bars.map(({ name, value, second }, i) => (
            <g key={`${i} ${name}`} transform={`translate(0 ${head + i * row})`}>
              <text x={NAME - 8} y={row / 2 + 4} text-anchor="end" fill="var(--ink)">
                {name}
              </text>
              {[value, ...(second === undefined ? [] : [second])].map((one, k, { length }) => (
                <g key={k} transform={`translate(${NAME} ${length > 1 ? 3 + k * (thick + 1) : 4})`}>
                  <rect width={full} height={thick} fill="var(--line)" fill-opacity={0.5} />
                  <rect
                    width={one === undefined ? 0 : Math.max(1, full * one)}
                    height={thick}
                    fill={k ? "var(--validation)" : "var(--train)"}
                    data-tip={one === undefined ? undefined : `${name} ${sure(one, 2)}`}
                  />
                  <text x={full + 8} y={thick - 2} fill="var(--muted)">
                    {one === undefined ? "–" : chance(one)}
                  </text>
                </g>
              ))}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}
