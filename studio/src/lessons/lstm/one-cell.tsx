import { useRef, useState } from "preact/hooks";
import { Slider } from "../../ui/fields.tsx";
import { Figure } from "../../ui/figure.tsx";
import { useWidth } from "../../ui/width.ts";
import { At } from "../parts/at.tsx";
import { type CellStep, cellSteps } from "./cell-steps.ts";

const CANDIDATES = [0.9, 0, 0, 0, 0, -0.6, 0, 0, 0, 0];
const FIRST = 0;
const SECOND = 5;

const PRESETS = [
  ["Keep", 1],
  ["Fade", 0.7],
  ["Forget", 0],
] as const;

const digits = (value: number) => (Math.abs(value) < 0.005 ? "0" : value.toFixed(2));
const inBrackets = (value: number) => (value < -0.005 ? `(${digits(value)})` : digits(value));

/** What the reader sees at this setting, in words. */
function verdict(forget: number, drops: readonly number[], steps: readonly CellStep[]): string {
  const last = steps[SECOND - 1]!.cell;
  const first = steps[FIRST]!.cell;
  if (!first) return "Γu is 0: nothing is written, so there is nothing to keep.";
  if (drops.includes(SECOND))
    return `At step 6 Γf is 0: the old ${digits(steps[SECOND]!.before)} is dropped, and only the new value stands there.`;
  if (drops.length) return `At step ${drops[0]! + 1} Γf is 0: what was in the cell is gone from there on.`;
  const share = `${Math.round((100 * last) / first)}%`;
  if (forget === 1)
    return "Γf is 1: four steps later all of the first value is still there. At step 6 the new value is added to the old one.";
  if (forget === 0) return "Γf is 0: one step after it was written, the value is gone. There is no memory.";
  return `Γf is ${forget}: each step keeps ${Math.round(100 * forget)}% of the step before. Four steps later, ${share} of the first value is left.`;
}

/** One LSTM cell whose gates the reader sets, and its memory over ten steps. Nothing is trained. */
export function OneCell() {
  const [forget, setForget] = useState(0.9);
  const [update, setUpdate] = useState(1);
  const [drops, setDrops] = useState<readonly number[]>([]);
  const [at, setAt] = useState(SECOND);
  const steps = cellSteps(CANDIDATES, update, forget, drops);
  const { candidate, before, cell, forget: own } = steps[at]!;
  return (
    <section class="card">
      <h2>A memory with a valve: move it</h2>
      <p>
        This is one cell. It holds one number, its memory <At of="c" />. Something new arrives at step 1 and
        at step 6. Move <strong>Γf</strong> and watch what becomes of the first value.
      </p>
      <div class="pair">
        <Slider
          name="Forget gate Γf"
          about="How much of the old memory stays."
          {...{ min: 0, max: 1, step: 0.05, value: forget }}
          onChange={setForget}
        />
        <Slider
          name="Update gate Γu"
          about="How much of the new value is written."
          {...{ min: 0, max: 1, step: 0.05, value: update }}
          onChange={setUpdate}
        />
      </div>
      <div class="chips">
        {PRESETS.map(([name, value]) => (
          <button
            key={name}
            type="button"
            class="small"
            aria-pressed={forget === value}
            onClick={() => {
              setForget(value);
              setDrops([]);
            }}
          >
            {name}: Γf = {value}
          </button>
        ))}
      </div>
      <output class="verdict">{verdict(forget, drops, steps)}</output>
      <Figure
        title="One cell over ten steps"
        about="Blue is kept from the step before, orange is new. The line is the memory after the step."
        label={`Memory after each step: ${steps.map((step) => digits(step.cell)).join(", ")}.`}
        rows={() =>
          steps.map((step, t) => ({
            step: t + 1,
            "c̃⟨t⟩": step.candidate,
            Γu: step.update,
            Γf: step.forget,
            "c⟨t-1⟩": step.before,
            "c⟨t⟩": step.cell,
          }))
        }
      >
        <Steps steps={steps} at={at} onChoose={setAt} />
      </Figure>
      <fieldset class="drops">
        <legend>Set Γf to 0 at one step</legend>
        <div>
          {steps.map((_, t) => (
            <button
              key={t}
              type="button"
              class="small"
              aria-label={`Γf = 0 at step ${t + 1}`}
              aria-pressed={drops.includes(t)}
              onClick={() =>
                setDrops(
                  drops.includes(t)
                    ? drops.filter((other) => other !== t)
                    : [...drops, t].sort((a, b) => a - b),
                )
              }
            >
              {t + 1}
            </button>
          ))}
        </div>
      </fieldset>
      <Slider
        name="The sum at step"
        {...{ min: 1, max: steps.length, step: 1, value: at + 1 }}
        onChange={(value) => setAt(value - 1)}
      />
      <p class="sum">
        <span>
          <At of="c" t={at + 1} /> = Γu <At of="c̃" t={at + 1} /> + Γf <At of="c" t={at} />
        </span>
        <span>
          = {digits(update)} · {inBrackets(candidate)} + {digits(own)} · {inBrackets(before)}
        </span>
        <span>
          = <strong>{digits(cell)}</strong>
        </span>
      </p>
      <p>
        <strong>Try it</strong>: choose Keep. The second value is added to the first, and the memory is a
        mixture of both. Now press 6: the cell forgets the first value at the very step at which it writes the
        second. A gate that is high most of the time, and low at the right moment, is what a trained LSTM has
        to find. Its many units share the work, so each gate keeps only a part.
      </p>
    </section>
  );
}

const TOP = 18;
const NEW = 44;
const GATE = 40;
const CELL = 130;
/** Room for the number above the highest bar. */
const ROOM = 14;
const HEIGHT = TOP + NEW + TOP + GATE + TOP + ROOM + CELL + 24;

interface StepsProps {
  readonly steps: readonly CellStep[];
  readonly at: number;
  readonly onChoose: (t: number) => void;
}

function Steps({ steps, at, onChoose }: StepsProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const column = width / steps.length;
  const gateTop = TOP + NEW + TOP;
  const cellTop = gateTop + GATE + TOP + ROOM;
  const y = (value: number) => cellTop + (CELL / 2) * (1 - value);
  return (
    <div ref={place} style={{ minHeight: `${HEIGHT}px` }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} font-size={12} aria-hidden="true">
          <text y={12} fill="var(--muted)">
            {"new value c̃⟨t⟩"}
          </text>
          <text y={gateTop - 6} fill="var(--muted)">
            forget gate Γf
          </text>
          <text y={cellTop - ROOM - 6} fill="var(--muted)">
            {"memory c⟨t⟩"}
          </text>
          <line x2={width} y1={y(0)} y2={y(0)} stroke="var(--edge)" />
          {steps.map((step, t) => {
            const middle = (t + 0.5) * column;
            const [wide, thin] = [column * 0.64, column * 0.3];
            return (
              <g key={t}>
                {step.candidate !== 0 && (
                  <g>
                    <circle
                      cx={middle}
                      cy={TOP + 15}
                      r={Math.max(0, Math.min(15, column / 2 - 1))}
                      fill="var(--validation)"
                    />
                    <text
                      x={middle}
                      y={TOP + 19}
                      text-anchor="middle"
                      font-size={11}
                      font-weight={700}
                      fill="var(--card)"
                    >
                      {step.candidate}
                    </text>
                    <path
                      d={`M${middle} ${TOP + 32}v8m-4 -4l4 4l4 -4`}
                      fill="none"
                      stroke="var(--validation)"
                      stroke-width={2}
                    />
                  </g>
                )}
                <rect
                  x={middle - wide / 2}
                  y={gateTop}
                  width={wide}
                  height={GATE - 16}
                  rx={3}
                  fill="none"
                  stroke="var(--edge)"
                />
                <rect
                  x={middle - wide / 2}
                  y={gateTop + (GATE - 16) * (1 - step.forget)}
                  width={wide}
                  height={(GATE - 16) * step.forget}
                  rx={3}
                  fill="var(--third)"
                />
                <text x={middle} y={gateTop + GATE - 3} text-anchor="middle" font-size={11} fill="var(--ink)">
                  {step.forget}
                </text>
                <rect
                  x={middle - wide / 2}
                  y={Math.min(y(0), y(step.kept))}
                  width={wide}
                  height={Math.abs(y(0) - y(step.kept))}
                  fill="var(--train)"
                  fill-opacity={0.6}
                />
                <rect
                  x={middle - thin / 2}
                  y={Math.min(y(step.kept), y(step.cell))}
                  width={thin}
                  height={Math.abs(y(step.kept) - y(step.cell))}
                  fill="var(--validation)"
                />
                <line
                  x1={middle - wide / 2 - 2}
                  x2={middle + wide / 2 + 2}
                  y1={y(step.cell)}
                  y2={y(step.cell)}
                  stroke="var(--ink)"
                  stroke-width={2.5}
                />
                <text
                  x={middle}
                  y={step.cell < -0.005 ? y(step.cell) + 14 : y(step.cell) - 5}
                  text-anchor="middle"
                  font-size={column < 34 ? 10 : 11}
                  fill="var(--ink)"
                >
                  {column < 34 ? digits(step.cell).replace("0.", ".") : digits(step.cell)}
                </text>
                <text
                  x={middle}
                  y={HEIGHT - 6}
                  text-anchor="middle"
                  fill={t === at ? "var(--ink)" : "var(--muted)"}
                  font-weight={t === at ? 700 : 400}
                >
                  {t + 1}
                </text>
                {/* biome-ignore lint/a11y/noStaticElementInteractions: a short cut for the pointer; the slider does the same */}
                <rect
                  class="hover"
                  x={t * column}
                  width={column}
                  height={HEIGHT}
                  style={{ cursor: "pointer" }}
                  onClick={() => onChoose(t)}
                  data-tip={`step ${t + 1}\nkept: Γf ${digits(step.forget)} of ${digits(step.before)} = ${digits(step.kept)}\nnew: Γu ${digits(step.update)} of ${digits(step.candidate)} = ${digits(step.written)}\nmemory: ${digits(step.cell)}`}
                />
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
