import { useCallback, useRef } from "preact/hooks";
import { HeatMap } from "../../ui/heat-map.tsx";
import { useWidth } from "../../ui/width.ts";

interface GateMapProps {
  readonly name: string;
  readonly symbols: readonly string[];
  /** [T, H], the steps' values of the units; none before training. */
  readonly values: readonly (readonly number[])[] | undefined;
  /** The units from top to bottom. */
  readonly units: readonly number[];
  /** Whether the values are from 0 to 1; else they are also below 0. */
  readonly isGate: boolean;
}

const LEFT = 44;
const LINE = 70;
const ROW = 9;
const UNITS = 24;
const HEIGHT = 20 + LINE + 14 + UNITS * ROW + 22;

const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** The mean of a gate over the units as a line, and each unit as a row of colours. Capitals are marked. */
export function GateMap({ name, symbols, values, units, isGate }: GateMapProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const T = symbols.length;
  const step = Math.max(1, width - LEFT) / T;
  const known = values?.length === T ? values : undefined;
  const end = isGate ? 1 : Math.max(1, ...(known?.flat().map(Math.abs) ?? []));
  const low = isGate ? 0 : -end;
  const y = (value: number) => 20 + LINE * (1 - (value - low) / (end - low));
  const top = 20 + LINE + 14;
  const cell = useCallback(
    (row: number, t: number) => (known ? known[t]![units[row]!]! / end : Number.NaN),
    [known, units, end],
  );
  return (
    <div ref={place} style={{ minHeight: `${HEIGHT}px` }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} font-size={11} aria-hidden="true">
          <text y={10} fill="var(--muted)">
            mean of {name}
          </text>
          {[low, (low + end) / 2, end].map((value) => (
            <g key={value}>
              <line x1={LEFT} x2={width} y1={y(value)} y2={y(value)} stroke="var(--line)" />
              <text x={LEFT - 6} y={y(value) + 4} text-anchor="end" fill="var(--muted)">
                {Number(value.toFixed(1))}
              </text>
            </g>
          ))}
          {symbols.map((symbol, t) =>
            symbol < "a" ? (
              <rect
                key={t}
                x={LEFT + t * step}
                y={20}
                width={step}
                height={HEIGHT - 20}
                fill="var(--accent)"
                fill-opacity={0.14}
              />
            ) : null,
          )}
          <rect x={LEFT} y={top} width={step * T} height={UNITS * ROW} fill="none" stroke="var(--line)" />
          <text x={LEFT - 6} y={top + 10} text-anchor="end" fill="var(--muted)">
            units
          </text>
          {known ? (
            <>
              <polyline
                points={known
                  .map((row, t) => `${(LEFT + (t + 0.5) * step).toFixed(1)},${y(mean(row)).toFixed(1)}`)
                  .join(" ")}
                fill="none"
                stroke="var(--validation)"
                stroke-width={2.5}
              />
              {known.map((row, t) => (
                <circle
                  key={t}
                  cx={LEFT + (t + 0.5) * step}
                  cy={y(mean(row))}
                  r={4}
                  fill="var(--validation)"
                  data-tip={`step ${t + 1}: ${symbols[t]}\nmean of ${name}: ${mean(row).toFixed(2)}`}
                />
              ))}
              <HeatMap
                x={LEFT}
                y={top}
                width={step * T}
                height={UNITS * ROW}
                rows={UNITS}
                columns={T}
                values={cell}
                tip={(row, t) =>
                  `step ${t + 1}: ${symbols[t]}\nunit ${units[row]! + 1}: ${name} ${known[t]![units[row]!]!.toFixed(2)}`
                }
              />
            </>
          ) : (
            <text x={(LEFT + width) / 2} y={top + 60} text-anchor="middle" font-size={13} fill="var(--muted)">
              Train an LSTM above to see its gates
            </text>
          )}
          <g text-anchor="middle" font-size={13}>
            {symbols.map((symbol, t) => (
              <text
                key={t}
                x={LEFT + (t + 0.5) * step}
                y={HEIGHT - 5}
                fill="var(--ink)"
                font-weight={symbol < "a" ? 700 : 400}
              >
                {symbol}
              </text>
            ))}
          </g>
        </svg>
      )}
    </div>
  );
}
