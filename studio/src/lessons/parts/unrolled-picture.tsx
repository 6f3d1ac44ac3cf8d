import { useRef } from "preact/hooks";
import { useWidth } from "../../ui/width.ts";

const [HEIGHT, BOX, MIDDLE] = [220, 40, 110];
const ARROW = "unrolled-arrow";

/** The unrolled network of the course notes: one cell at each step. Arrows with the same weights have the same colour. */
export function UnrolledPicture({ word }: { readonly word: string }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const letters = [...word];
  const left = 44;
  const column = (width - left) / letters.length;
  const at = (t: number) => left + (t + 0.5) * column;
  const half = Math.min(BOX, column / 2 - 12);
  return (
    <div ref={place} style={{ minHeight: `${HEIGHT}px` }}>
      {width > 100 && (
        <svg width={width} height={HEIGHT} aria-hidden="true" font-size={14} text-anchor="middle">
          <defs>
            <marker
              id={ARROW}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="6"
              markerHeight="6"
              orient="auto"
            >
              <path d="M0 0 L8 4 L0 8 z" fill="context-stroke" />
            </marker>
          </defs>
          <text x={4} y={MIDDLE - 28} fill="var(--muted)" text-anchor="start" font-size={12}>
            a⟨0⟩=0
          </text>
          {letters.map((letter, t) => (
            <g key={t}>
              <Arrow
                x1={t ? at(t - 1) + half : 4}
                y1={MIDDLE}
                x2={at(t) - half}
                y2={MIDDLE}
                colour="var(--train)"
                tip={`Waa carries the state from step ${t} to step ${t + 1}: the same numbers at every step`}
              />
              <Arrow
                x1={at(t)}
                y1={HEIGHT - 36}
                x2={at(t)}
                y2={MIDDLE + 22}
                colour="var(--validation)"
                tip={`Wax brings in the letter ${letter}: the same numbers at every step`}
              />
              <Arrow
                x1={at(t)}
                y1={MIDDLE - 22}
                x2={at(t)}
                y2={38}
                colour="var(--third)"
                tip="Wya makes the output: the same numbers at every step"
              />
              <rect
                x={at(t) - half}
                y={MIDDLE - 22}
                width={2 * half}
                height={44}
                rx={8}
                fill="var(--tint)"
                stroke="var(--edge)"
                data-tip={`Hidden state a⟨${t + 1}⟩: all that the network knows after ${t + 1} letters`}
              />
              <text x={at(t)} y={MIDDLE + 5} fill="var(--ink)" pointer-events="none">
                a⟨{t + 1}⟩
              </text>
              <text x={at(t)} y={HEIGHT - 16} fill="var(--ink)" font-weight={600}>
                {letter}
              </text>
              <text x={at(t)} y={26} fill="var(--ink)">
                ŷ⟨{t + 1}⟩
              </text>
              <text x={at(t) + 8} y={MIDDLE + 46} fill="var(--validation)" text-anchor="start" font-size={12}>
                Wax
              </text>
              <text x={at(t) + 8} y={MIDDLE - 50} fill="var(--third)" text-anchor="start" font-size={12}>
                Wya
              </text>
              <text x={at(t) - column / 2} y={MIDDLE - 28} fill="var(--train)" font-size={12}>
                {t > 0 && "Waa"}
              </text>
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

interface ArrowProps {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly colour: string;
  readonly tip: string;
}

/** An arrow with a wide invisible line around it, for the pointer. */
function Arrow({ colour, tip, ...ends }: ArrowProps) {
  return (
    <>
      <line {...ends} stroke={colour} stroke-width={2} marker-end={`url(#${ARROW})`} />
      <line {...ends} stroke="transparent" stroke-width={16} data-tip={tip} />
    </>
  );
}
