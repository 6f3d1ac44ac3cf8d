import { useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { ConfusionOfPart } from "../desk/pictures.ts";
import type { Part } from "../desk/run-data.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { percent, sure, whole } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { type Cell, examplesIn, mostConfused } from "./confusion-cells.ts";
import { Matrix } from "./matrix.tsx";
import { PartChoice, shownInWords } from "./part-choice.tsx";
import { ScoreTable } from "./score-table.tsx";
import { SeveralLabels } from "./several-labels.tsx";
import { useDataAnswer } from "./use-run-file.ts";

const HEIGHT = 420;

/** Maximum number of examples in the list of a cell. */
const MOST_LISTED = 12;

/** Which labels a classifier takes for which; if it gives several, how it decides on each. */
export function ConfusionView(props: ViewProps) {
  if (!props.run.spec.multiLabel) return <OneLabel {...props} />;
  return <SeveralLabels {...props} noun="examples" />;
}

function OneLabel({ run, model }: ViewProps) {
  const [part, setPart] = useState<Part>("kept");
  const [chosen, setChosen] = useState<Cell>();
  const answer = useDataAnswer(run, (data) => ask(model, "confusionOf", data, part), [model.key, part]);
  return (
    <div class="view">
      <PartChoice part={part} onChange={setPart} />
      <Answered answer={answer} height={HEIGHT}>
        {(view) => (
          <>
            <Picture view={view} part={part} cell={chosen ?? mostConfused(view)} onChoose={setChosen} />
            <Examples view={view} cell={chosen ?? mostConfused(view)} onChoose={setChosen} />
            <Scores view={view} />
          </>
        )}
      </Answered>
    </div>
  );
}

interface PartProps {
  readonly view: ConfusionOfPart;
  readonly cell: Cell | undefined;
  readonly onChoose: (cell: Cell) => void;
}

function Picture({ view, part, cell, onChoose }: PartProps & { readonly part: Part }) {
  const { labels, counts, accuracy } = view;
  const count = (row: number, column: number) => counts[row * labels.length + column]!;
  const sums = labels.map((_, row) => labels.reduce((sum, _, column) => sum + count(row, column), 0));
  const share = (row: number, column: number) => (sums[row] ? count(row, column) / sums[row] : 0);
  const worst = mostConfused(view);
  return (
    <Figure
      title="Confusion matrix"
      about={
        <>
          {shownInWords(view, part, "examples")} {percent(accuracy)} of them are right: these stand on the
          diagonal. A row has the examples of one label, and its cells show where they went: the stronger the
          colour, the larger the share of the row. Look for coloured cells off the diagonal: these labels are
          mixed up.
        </>
      }
      label={`${percent(accuracy)} right. ${worst ? `Most often ${worst.right} is taken for ${worst.predicted}.` : "No errors."}`}
      rows={() =>
        labels.flatMap((right, row) =>
          labels.map((given, column) => ({
            right,
            given,
            count: count(row, column),
            share: share(row, column),
          })),
        )
      }
    >
      <Matrix
        rows={labels}
        columns={labels}
        rowTitle="right"
        columnTitle="given"
        most={56}
        shade={share}
        text={(row, column) => (count(row, column) ? String(count(row, column)) : "")}
        tip={(row, column) =>
          `${labels[row]} labelled ${labels[column]}:\n${count(row, column)} of ${sums[row]} (${percent(share(row, column))})`
        }
        framed={(row, column) => labels[row] === cell?.right && labels[column] === cell?.predicted}
        onChoose={(row, column) => onChoose({ right: labels[row]!, predicted: labels[column]! })}
      />
    </Figure>
  );
}

function Examples({ view, cell, onChoose }: PartProps) {
  const { labels } = view;
  const right = cell?.right ?? labels[0]!;
  const predicted = cell?.predicted ?? labels[0]!;
  const found = examplesIn(view, { right, predicted });
  const choices = labels.map((label) => [label, label] as const);
  return (
    <section aria-label="Examples of a cell" class="view">
      <div class="pair">
        <Choice
          name="Right label"
          choices={choices}
          value={right}
          onChange={(right) => onChoose({ right, predicted })}
        />
        <Choice
          name="Given label"
          choices={choices}
          value={predicted}
          onChange={(predicted) => onChoose({ right, predicted })}
        />
      </div>
      <p class="about" role="status">
        {found.length
          ? `${whole(found.length)} ${found.length === 1 ? "example" : "examples"} of ${right} labelled ${predicted}${found.length > MOST_LISTED ? `, the first ${MOST_LISTED} of them:` : ":"}`
          : `No example of ${right} is labelled ${predicted}.`}
      </p>
      <ul class="listed" style={{ minHeight: "6rem" }}>
        {found.slice(0, MOST_LISTED).map(({ index, text, probability }) => (
          <li key={index}>
            {text}
            {probability !== undefined && <span class="about"> (sure to {sure(probability)})</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Scores({ view: { perLabel } }: { readonly view: ConfusionOfPart }) {
  return (
    <details>
      <summary>Precision and recall of each label</summary>
      <p class="about">
        Precision: of all examples that got this label, the share that deserve it. Recall: of all examples
        that deserve it, the share that got it. F1 is the mean of the two that punishes the lower one.
      </p>
      <ScoreTable
        name="Precision and recall"
        columns={["Examples", "Precision", "Recall", "F1"]}
        rows={perLabel.map(({ label, examples, precision, recall, f1 }) => [
          label,
          examples,
          percent(precision),
          percent(recall),
          percent(f1),
        ])}
      />
    </details>
  );
}
