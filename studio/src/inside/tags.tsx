import { useRef, useState } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { Shown } from "../desk/pictures.ts";
import type { Part } from "../desk/run-data.ts";
import type { TaggedSentence, TagView } from "../look/tag-view.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Figure } from "../ui/figure.tsx";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { useWidth } from "../ui/width.ts";
import { percent, sure, whole } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { PartChoice, shownInWords } from "./part-choice.tsx";
import { SeveralLabels } from "./several-labels.tsx";
import { placeTokens, textWidth } from "./token-layout.ts";
import { useDataAnswer } from "./use-run-file.ts";

const HEIGHT = 520;

/** Number of sentences that are shown at a time. */
const PAGE = 6;

/** Sentences with their given and right tags; if a word can have several, how the model decides on each. */
export function Tags(props: ViewProps) {
  if (!props.run.spec.multiLabel) return <OneTag {...props} />;
  return <SeveralLabels {...props} noun="sentences" />;
}

function OneTag({ run, model }: ViewProps) {
  const [part, setPart] = useState<Part>("kept");
  const [onlyErrors, setOnlyErrors] = useState(false);
  const [page, setPage] = useState(0);
  const answer = useDataAnswer(run, (data) => ask(model, "tagsOf", data, part), [model.key, part]);
  const { value } = answer;
  const all = value?.sentences ?? [];
  const sentences = onlyErrors ? all.filter(({ errors }) => errors.length) : all;
  const pages = Math.max(1, Math.ceil(sentences.length / PAGE));
  const shown = Math.min(page, pages - 1);
  return (
    <div class="view">
      <PartChoice
        part={part}
        onChange={(value) => {
          setPart(value);
          setPage(0);
        }}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={onlyErrors}
          onChange={({ currentTarget }) => {
            setOnlyErrors(currentTarget.checked);
            setPage(0);
          }}
        />
        Only sentences with errors
      </label>
      <Answered answer={answer} height={HEIGHT}>
        {(view) => (
          <>
            <TagsFigure
              view={view}
              part={part}
              sentences={sentences.slice(shown * PAGE, (shown + 1) * PAGE)}
            />
            <div class="buttons">
              <button
                type="button"
                class="small"
                aria-disabled={shown === 0}
                onClick={() => setPage(Math.max(0, shown - 1))}
              >
                Before
              </button>
              <button
                type="button"
                class="small"
                aria-disabled={shown === pages - 1}
                onClick={() => setPage(Math.min(pages - 1, shown + 1))}
              >
                Next
              </button>
              <p class="about" role="status">
                {sentences.length
                  ? `Sentences ${shown * PAGE + 1} to ${Math.min(sentences.length, (shown + 1) * PAGE)} of ${whole(sentences.length)}`
                  : "No sentence has an error."}
              </p>
            </div>
          </>
        )}
      </Answered>
    </div>
  );
}

interface FigureProps {
  readonly view: TagView & Shown;
  readonly part: Part;
  readonly sentences: readonly TaggedSentence[];
}

function TagsFigure({ view, part, sentences }: FigureProps) {
  const { accuracy = 0, spanScores } = view;
  const wrong = sentences.reduce((sum, { errors }) => sum + errors.length, 0);
  return (
    <Figure
      title="Tags"
      about={
        <>
          {shownInWords(view, part, "sentences")} {percent(accuracy)} of the tags are right
          {spanScores &&
            `, and of the whole pieces (such as a name of two words) ${percent(spanScores.f1)} by F1`}
          {spanScores && <Term name="F1" about={TERMS.F1} />}. Below each word stands the tag that the network
          gave. An error is framed, with the right tag below it. B- begins a name, I- continues it, O is no
          name.
        </>
      }
      label={`${percent(accuracy)} of the tags are right; ${wrong} errors in the sentences that are shown.`}
      rows={() =>
        sentences.flatMap(({ tokens, predicted, right, probabilities }, sentence) =>
          tokens.map((token, t) => ({
            sentence: sentence + 1,
            token,
            given: predicted[t]!,
            right: right?.[t],
            probability: probabilities[t]!,
          })),
        )
      }
    >
      <Sentences sentences={sentences} />
    </Figure>
  );
}

const LINE = 62;
const TAG = 6.7;

function Sentences({ sentences }: Pick<FigureProps, "sentences">) {
  const place = useRef<HTMLDivElement>(null);
  const available = useWidth(place);
  let top = 0;
  const placed = sentences.map((sentence) => {
    const widths = sentence.tokens.map((token, t) => {
      const tags = [sentence.predicted[t]!, sentence.errors.includes(t) ? `✗ ${sentence.right![t]}` : ""];
      return 10 + Math.max(textWidth(token), ...tags.map((tag) => textWidth(tag, TAG)));
    });
    const { tokens, lines } = placeTokens(widths, Math.max(100, available - 4), 4);
    const own = { sentence, tokens, top };
    top += lines * LINE + 14;
    return own;
  });
  const height = Math.max(top, 60);
  return (
    <div ref={place} style={{ minHeight: `${HEIGHT - 120}px` }}>
      {available > 0 && (
        <svg width={available} height={height} viewBox={`0 0 ${available} ${height}`} aria-hidden="true">
          {placed.map(({ sentence, tokens, top }, s) => (
            <g key={s} transform={`translate(2 ${top})`}>
              {s > 0 && <line x1={0} x2={available - 4} y1={-8} y2={-8} stroke="var(--line)" />}
              {tokens.map(({ index, x, line, width }) => (
                <Token key={index} {...{ sentence, index, x, width }} y={line * LINE} />
              ))}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

interface TokenProps {
  readonly sentence: TaggedSentence;
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function Token({ sentence, index, x, y, width }: TokenProps) {
  const { tokens, predicted, right, probabilities, errors } = sentence;
  const tag = predicted[index]!;
  const isWrong = errors.includes(index);
  const isName = tag !== "O";
  const middle = { x: x + width / 2, "text-anchor": "middle", "dominant-baseline": "central" } as const;
  return (
    <g
      data-tip={`${tokens[index]}\ngiven: ${tag} (${sure(probabilities[index]!)})${right ? `\nright: ${right[index]}` : ""}`}
    >
      <rect
        {...{ x, y, width }}
        height={isWrong ? 57 : 41}
        rx={5}
        fill={isName ? "var(--tint)" : "var(--card)"}
        stroke={isWrong ? "var(--error)" : "none"}
        stroke-width={2}
        stroke-dasharray="4 3"
      />
      <text {...middle} y={y + 12} font-size={14} style={{ fontFamily: "var(--mono)" }} fill="var(--ink)">
        {tokens[index]}
      </text>
      <text
        {...middle}
        y={y + 30}
        font-size={11}
        font-weight={isName ? 600 : 400}
        style={{ fontFamily: "var(--mono)" }}
        fill={isName ? "var(--accent)" : "var(--muted)"}
        text-decoration={isWrong ? "line-through" : "none"}
      >
        {tag}
      </text>
      {isWrong && (
        <text
          {...middle}
          y={y + 46}
          font-size={11}
          font-weight={600}
          style={{ fontFamily: "var(--mono)" }}
          fill="var(--error)"
        >
          ✗ {right![index]}
        </text>
      )}
    </g>
  );
}
