import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { AttentionView } from "../look/attention.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Figure } from "../ui/figure.tsx";
import { percent } from "../ui/words.ts";
import { Matrix } from "./matrix.tsx";
import { SourceField, useInput } from "./source-field.tsx";
import { sign, spoken } from "./symbols.ts";
import { Waiting } from "./waiting.tsx";

const HEIGHT = 480;

/** Where an encoder-decoder looks in its source while it writes. */
export function Attention({ run, model }: ViewProps) {
  const field = useInput(run);
  const { input, isEmpty } = field;
  const answer = useAnswer(isEmpty ? undefined : () => ask(model, "attention", input as never), [
    model.key,
    input,
  ]);
  return (
    <div class="view">
      <SourceField name="What it reads" {...field} />
      {answer.value ? (
        <AttentionFigure view={answer.value} />
      ) : run.spec.attention === "none" ? (
        <p class="about">This network has no attention: it keeps all that it read in one vector.</p>
      ) : (
        <Waiting answer={answer} height={HEIGHT} />
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
          show how much it looked at each symbol that it had read: the stronger the colour, the more, 100 % in
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
            `writes ${spoken(target[row]!)}\nlooks at ${spoken(source[column]!)} (${column + 1}): ${percent(weight(row, column))}`
          }
        />
      </div>
    </Figure>
  );
}
