import { computed, type ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useWidth } from "../ui/width.ts";
import { Tint } from "./scale-bar.tsx";
import { isControl, seen, short } from "./symbols.ts";
import { layOut } from "./text-layout.ts";

/** Size of a column and of a row, in pixels. */
const COLUMN = 11;
const ROW = 24;
/** Height of what stands above the text. */
const HEAD = 40;

interface TextPictureProps {
  readonly symbols: readonly string[];
  readonly areWords: boolean;
  /** Colour of each symbol, from -1 to 1. */
  readonly values: ArrayLike<number>;
  /** What the pointer shows at a symbol. It is called when it is shown. */
  readonly tip: (t: number) => string;
  readonly onPick?: ((t: number) => void) | undefined;
  /** The symbol with a frame. With `veil`, symbols after it are faint. */
  readonly at?: ReadonlySignal<number>;
  readonly veil?: boolean;
  /** What stands above the text, 30 pixels high. */
  readonly head: ComponentChildren;
}

/** A text whose symbols have colours, as one `svg`. */
export function TextPicture({ symbols, areWords, values, tip, onPick, at, veil, head }: TextPictureProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const columns = Math.max(8, Math.floor(width / COLUMN) - 1);
  const { places, rows } = useMemo(() => layOut(symbols, columns, areWords), [symbols, columns, areWords]);
  const height = HEAD + rows * ROW + 6;
  const glyphs = useMemo(
    () =>
      places.map(({ column, row, width }, t) => {
        const symbol = symbols[t]!;
        const isMark = seen(symbol) !== symbol || isControl(symbol);
        if (symbol === " ") return null;
        return (
          <text
            key={t}
            x={(column + width / 2) * COLUMN}
            y={HEAD + row * ROW + 16}
            fill={isMark ? "var(--muted)" : "var(--ink)"}
          >
            {short(symbol, columns)}
          </text>
        );
      }),
    [symbols, places, columns],
  );
  const tints = useMemo(
    () =>
      places.map(({ column, row, width }, t) => (
        <Tint
          key={t}
          x={column * COLUMN}
          y={HEAD + row * ROW}
          width={width * COLUMN}
          height={ROW - 2}
          value={values[t]!}
          data-t={t}
        />
      )),
    [places, values],
  );
  const frame = useMemo(() => {
    if (!at) return undefined;
    const last = places.length - 1;
    const now = computed(() => places[Math.min(at.value, last)] ?? { column: 0, row: 0, width: 0 });
    return {
      x: computed(() => now.value.column * COLUMN),
      y: computed(() => HEAD + now.value.row * ROW),
      width: computed(() => now.value.width * COLUMN),
      end: computed(() => (now.value.column + now.value.width) * COLUMN),
      after: computed(() => Math.max(0, width - (now.value.column + now.value.width) * COLUMN)),
      below: computed(() => HEAD + (now.value.row + 1) * ROW),
      rest: computed(() => (rows - now.value.row - 1) * ROW),
    };
  }, [at, places, rows, width]);
  return (
    <div ref={place} style={{ minHeight: `${height}px` }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          aria-hidden="true"
          class={onPick && "picks"}
          onPointerMove={({ target }) => {
            const t = (target as Element).getAttribute("data-t");
            if (t) (target as Element).setAttribute("data-tip", tip(Number(t)));
          }}
          onClick={({ target }) => {
            const t = (target as Element).getAttribute("data-t");
            if (t) onPick?.(Number(t));
          }}
        >
          {head}
          <g class="tints">{tints}</g>
          <g class="glyphs" text-anchor="middle">
            {glyphs}
          </g>
          {frame && veil && (
            <g fill="var(--card)" opacity={0.75} pointer-events="none">
              <rect x={frame.end} y={frame.y} width={frame.after} height={ROW} />
              <rect y={frame.below} width={width} height={frame.rest} />
            </g>
          )}
          {frame && (
            <rect
              x={frame.x}
              y={frame.y}
              width={frame.width}
              height={ROW - 2}
              fill="none"
              stroke="var(--ink)"
              stroke-width={2}
              pointer-events="none"
            />
          )}
        </svg>
      )}
    </div>
  );
}
