import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { AttentionView } from "../look/attention.ts";
import type { Sequence } from "../tasks/parts/sequence.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Figure } from "../ui/figure.tsx";
import { sure } from "../ui/words.ts";
import { Answered, NOTHING } from "./answered.tsx";
import { Matrix } from "./matrix.tsx";
import { sign, spoken } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";

const HEIGHT = 480;

/** Where an encoder-decoder looks in its source while it writes. */
export function Attention({ run, model }: ViewProps) {
  const { input, editor } = useTaskInput(run);
  const answer = useAnswer(
    input === undefined ? undefined : () => ask(model, "attention", input as Sequence),
    [model.key, input],
  );
  return (
    <div class="view">
      {editor}
      {run.spec.attention === "none" ? (
        <p class="about">
          This network has no attention: it keeps all that it read in one vector, a list of numbers.
        </p>
      ) : (
        <Answered answer={answer} height={HEIGHT} empty={NOTHING}>
          {(view) => view && <AttentionFigure view={view} />}
        </Answered>
      )}
    </div>
  );
}

function AttentionFigure({ view: { source, target, text, weights } }: { readonly view: AttentionView }) {
  const weight = (row: number, column: number) => weights[row * source.length + column]!;
  const favourite = target.map((symbol, row) => {
    const best = source.reduce((a, _, column) => (weight(row, column) > weight(row, a) ? column : a), 0);
    return `${spoken(symbol)} looks most at ${spoken(source[best]!)}`;
  });
  return (
    <Figure
      title="Attention"
      about={
        <>
          The network wrote <strong>{text || "nothing"}</strong>, one row after the other. The cells of a row
          show how much it looked at each symbol that it had read: the stronger the colour, the more, 100% in
          all. Look for a path: if the order stays the same, it runs down from left to right. ■ is the end.
        </>
      }
      label={`It wrote ${text}. ${favourite.join(", ")}.`}
      rows={() =>
        target.flatMap((written, row) =>
          source.map((read, column) => ({
            step: row + 1,
            written,
            position: column + 1,
            read,
            weight: weight(row, column),
          })),
        )
      }
    >
      <div style={{ minHeight: `${HEIGHT - 120}px` }}>
        <Matrix
          rows={target.map(sign)}
          columns={source.map(sign)}
          rowTitle="written"
          columnTitle="read"
          shade={weight}
          tip={(row, column) =>
            `writes ${spoken(target[row]!)}\nlooks at ${spoken(source[column]!)} (${column + 1}): ${sure(weight(row, column))}`
          }
        />
      </div>
    </Figure>
  );
}
