import { useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { LabelCountsOfPart } from "../desk/pictures.ts";
import type { Part } from "../desk/run-data.ts";
import type { LabelCounts } from "../look/label-counts.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { percent, whole } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { Matrix } from "./matrix.tsx";
import { PartChoice, shownInWords } from "./part-choice.tsx";
import { ScoreTable } from "./score-table.tsx";
import { useDataAnswer } from "./use-run-file.ts";

const HEIGHT = 420;

interface SeveralProps extends ViewProps {
  /** What the data have: `examples`, or `sentences`, whose words have the labels. */
  readonly noun: "examples" | "sentences";
}

/** How a model that gives several labels, or none, decides on each label: a confusion table of two rows and columns for each. */
export function SeveralLabels({ run, model, noun }: SeveralProps) {
  const [part, setPart] = useState<Part>("kept");
  const [chosen, setChosen] = useState<string>();
  const answer = useDataAnswer(run, (data) => ask(model, "labelCountsOf", data, part), [model.key, part]);
  return (
    <div class="view">
      <PartChoice part={part} onChange={setPart} />
      <Answered answer={answer} height={HEIGHT}>
        {(view) => {
          const { perLabel } = view;
          const own = perLabel.find(({ label }) => label === chosen) ?? mostErrors(perLabel);
          return (
            own && (
              <>
                <div class="narrow">
                  <Choice
                    name="Label"
                    choices={perLabel.map(({ label }) => [label, label] as const)}
                    value={own.label}
                    onChange={setChosen}
                  />
                </div>
                <OneTable {...{ view, part, noun, own }} />
                <p class="about">
                  Precision: of all that got the label, the share that has it, TP / (TP + FP). Recall: of all
                  that have it, the share that got it, TP / (TP + FN). F1 is the mean of the two that punishes
                  the lower one.
                </p>
                <ScoreTable
                  name="Decisions on each label"
                  columns={["TP", "FP", "FN", "TN", "Precision", "Recall", "F1"]}
                  rows={perLabel.map(({ label, precision, recall, f1, ...counts }) => [
                    label,
                    counts.truePositives,
                    counts.falsePositives,
                    counts.falseNegatives,
                    counts.trueNegatives,
                    percent(precision),
                    percent(recall),
                    percent(f1),
                  ])}
                />
              </>
            )
          );
        }}
      </Answered>
    </div>
  );
}

const errorsOf = ({ falsePositives, falseNegatives }: LabelCounts) => falsePositives + falseNegatives;

/** Returns the label with the most wrong decisions; undefined if there are no labels. */
const mostErrors = (perLabel: readonly LabelCounts[]): LabelCounts | undefined =>
  perLabel.reduce<LabelCounts | undefined>(
    (most, one) => (!most || errorsOf(one) > errorsOf(most) ? one : most),
    undefined,
  );

const NAMES = [
  ["true positives", "false negatives"],
  ["false positives", "true negatives"],
] as const;

interface OneTableProps extends Pick<SeveralProps, "noun"> {
  readonly view: LabelCountsOfPart;
  readonly part: Part;
  readonly own: LabelCounts;
}

/** The confusion table of a label. */
function OneTable({ view, part, noun, own }: OneTableProps) {
  const { items, exact, micro, perLabel } = view;
  const counts = [
    [own.truePositives, own.falseNegatives],
    [own.falsePositives, own.trueNegatives],
  ] as const;
  const count = (row: number, column: number) => counts[row]![column]!;
  const sum = (row: number) => count(row, 0) + count(row, 1);
  const share = (row: number, column: number) => (sum(row) ? count(row, column) / sum(row) : 0);
  const things = noun === "examples" ? "examples" : "words";
  return (
    <Figure
      title="Decisions on a label"
      about={
        <>
          This network decides on each label alone. {shownInWords(view, part, noun)}{" "}
          {noun === "sentences" && `They have ${whole(items)} words. `}
          All labels are right in {percent(exact)} of the {things}; F1 over all decisions is{" "}
          {percent(micro.f1)}. Above are the {things} that have the label: found (true positives, TP) or
          missed (false negatives, FN). Below are those that do not have it: given it all the same (false
          positives, FP) or rightly left without it (true negatives, TN).
        </>
      }
      label={`${own.label}: ${NAMES.flatMap((names, row) => names.map((name, column) => `${count(row, column)} ${name}`)).join(", ")}. Precision ${percent(own.precision)}, recall ${percent(own.recall)}.`}
      rows={() =>
        perLabel.map(({ label, precision, recall, f1, ...counts }) => ({
          label,
          "true positives": counts.truePositives,
          "false positives": counts.falsePositives,
          "false negatives": counts.falseNegatives,
          "true negatives": counts.trueNegatives,
          precision,
          recall,
          f1,
        }))
      }
    >
      <Matrix
        rows={["has it", "does not"]}
        columns={["given", "not given"]}
        rowTitle={own.label}
        columnTitle="the network"
        most={84}
        shade={share}
        text={(row, column) => whole(count(row, column))}
        tip={(row, column) =>
          `${NAMES[row]![column]}: ${whole(count(row, column))} of ${whole(sum(row))} (${percent(share(row, column))})`
        }
      />
    </Figure>
  );
}
