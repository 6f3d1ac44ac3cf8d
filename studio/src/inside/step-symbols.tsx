import { roundStep } from "./round-step.ts";
import { short } from "./symbols.ts";

interface StepSymbolsProps {
  readonly symbols: readonly string[];
  /** Index of the first step that is drawn, and their number. */
  readonly from: number;
  readonly shown: number;
  /** Left end and base line. */
  readonly x: number;
  readonly y: number;
  /** Pixels of a step. */
  readonly step: number;
}

/** The symbols under the steps of a picture, or round numbers of some steps if there is no room. It belongs in an `svg`. */
export function StepSymbols({ symbols, from, shown, x, y, step }: StepSymbolsProps) {
  const fits = step >= 11;
  const every = fits ? 1 : roundStep(48 / step);
  return (
    <g class="glyphs small-glyphs" fill="var(--muted)" text-anchor="middle">
      {Array.from({ length: shown }, (_, i) =>
        (from + i + 1) % every === 0 ? (
          <text key={i} x={x + (i + 0.5) * step} y={y}>
            {fits ? short(symbols[from + i]!, Math.max(1, Math.floor((step - 3) / 8))) : from + i + 1}
          </text>
        ) : null,
      )}
    </g>
  );
}
