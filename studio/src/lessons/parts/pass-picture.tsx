import { useRef } from "preact/hooks";
import type { BackpropagationResult, StepNumbers } from "../../lab/backpropagation.ts";
import type { Row } from "../../ui/figure.tsx";
import { useWidth } from "../../ui/width.ts";
import { NumberCell } from "./number-cell.tsx";

const [CELL, GAP, SIDE] = [18, 8, 66];

interface Block {
  readonly name: string;
  readonly about: string;
  readonly of: (step: StepNumbers) => readonly number[];
  readonly isBackward?: boolean;
  /** The number that has the strongest colour. */
  readonly most: number;
}

const BLOCKS: readonly Block[] = [
  { name: "z", about: "z⟨t⟩ before tanh", of: ({ z }) => z, most: 2 },
  { name: "a", about: "hidden state a⟨t⟩", of: ({ a }) => a, most: 1 },
  { name: "ŷ", about: "probability", of: ({ yHat }) => yHat, most: 1 },
  { name: "L", about: "loss of the step", of: ({ loss }) => [loss], most: 3 },
  {
    name: "da, loss",
    about: "part of da⟨t⟩ from the loss of this step",
    of: ({ daFromLoss }) => daFromLoss,
    isBackward: true,
    most: 1,
  },
  {
    name: "da, next",
    about: "part of da⟨t⟩ from the next step",
    of: ({ daFromNext }) => daFromNext,
    isBackward: true,
    most: 1,
  },
  { name: "da", about: "da⟨t⟩, the sum of both parts", of: ({ da }) => da, isBackward: true, most: 1 },
  { name: "dz", about: "dz⟨t⟩ = (1 - a⟨t⟩²) da⟨t⟩", of: ({ dz }) => dz, isBackward: true, most: 1 },
];

/** The numbers of both passes, a row for each step. */
export const passRows = ({ steps }: BackpropagationResult): Row[] =>
  steps.map((step) => ({
    t: step.t,
    reads: step.read,
    "right letter": step.expected,
    ...Object.fromEntries(
      BLOCKS.flatMap(({ name, of }) =>
        of(step).map((value, i, all) => [all.length > 1 ? `${name} ${i + 1}` : name, value]),
      ),
    ),
  }));

interface PassPictureProps {
  readonly result: BackpropagationResult;
  /** Number of columns that are filled in: first forward, then backward. */
  readonly done: number;
}

/** The unrolled network as columns of numbers. */
export function PassPicture({ result: { steps, letters }, done }: PassPictureProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const T = steps.length;
  const column = (width - SIDE) / T;
  let y = 44;
  const blocks = BLOCKS.map((block) => {
    const size = block.of(steps[0]!).length;
    const top = y;
    y += size * CELL + GAP;
    return { ...block, top, size };
  });
  const height = y;
  const isShown = (block: Block, t: number) => (block.isBackward ? t > 2 * T - done : t <= done);
  return (
    <div ref={place} style={{ minHeight: `${height}px` }}>
      {width > 100 && (
        <svg
          width={width}
          height={height}
          aria-hidden="true"
          font-size={column < 40 ? 10 : 12}
          fill="var(--muted)"
        >
          <text x={0} y={14}>
            reads
          </text>
          <text x={0} y={34}>
            right
          </text>
          {steps.map(({ t, read, expected }) => (
            <g key={t} font-size={14} text-anchor="middle">
              <text x={SIDE + (t - 0.5) * column} y={14} fill="var(--ink)" font-weight={600}>
                {read}
              </text>
              <text x={SIDE + (t - 0.5) * column} y={34} fill="var(--third)" font-weight={600}>
                {expected}
              </text>
            </g>
          ))}
          {blocks.map((block) => (
            <g key={block.name}>
              <text x={0} y={block.top + 13} font-size={12}>
                {block.name}
              </text>
              {block.name === "ŷ" &&
                letters.map((letter, i) => (
                  <text
                    key={letter}
                    x={SIDE - 10}
                    y={block.top + i * CELL + 13}
                    font-size={12}
                    text-anchor="end"
                  >
                    {letter}
                  </text>
                ))}
              {steps.map((step) =>
                block.of(step).map((value, i) => {
                  const shown = isShown(block, step.t);
                  return (
                    <NumberCell
                      key={`${step.t} ${block.name} ${i + 1}`}
                      x={SIDE + (step.t - 1) * column + 2}
                      y={block.top + i * CELL}
                      width={column - 4}
                      height={CELL}
                      value={shown ? value : 0}
                      most={block.most}
                      tip={shown ? `${block.about}, step ${step.t}\n${value.toFixed(4)}` : "not computed yet"}
                      text={shown ? value.toFixed(2) : ""}
                    />
                  );
                }),
              )}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}
