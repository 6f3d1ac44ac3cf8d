import { useSignal } from "@preact/signals";
import "./inside.css";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Figure } from "../ui/figure.tsx";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { Answered } from "./answered.tsx";
import { Bars } from "./bars.tsx";
import { ScaleBar } from "./scale-bar.tsx";
import { chance, likeliest, MOST_BITS, surprises, surpriseTip } from "./surprise.ts";
import { isControl, quoted, short } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";
import { TextPicture } from "./text-picture.tsx";

/** Symbols that have bars. */
const TOP = 10;

/** What a language model expects next while one types, and how surprised it was by what came. */
export function Next({ run, model }: ViewProps) {
  const caret = useSignal(Number.MAX_SAFE_INTEGER);
  const { text, setText, editor } = useTaskInput(run, (place) => {
    caret.value = place;
  });
  const answer = useAnswer(
    () => ask(model, "nextAtCaret", text, caret.value, TOP),
    [model.key, text, caret.value],
  );
  const areWords = run.spec.level === "word";
  const what = areWords ? "word" : "character";
  return (
    <div class="look">
      <p class="about">
        All that a language model does is this: it reads a text and gives a probability to each {what} that
        may come next. Type, or move the cursor, and see how its guesses change. Where is it sure? Where does
        it have no idea?
      </p>
      {editor}
      <Answered answer={answer} height={560}>
        {(view) => {
          const { symbols, place } = view;
          const bits = surprises(view);
          const best = likeliest(view, place);
          const rest = view.rest[place]!;
          const mean = bits.reduce((sum, one) => sum + one, 0) / Math.max(1, bits.length);
          const top = best[0]!;
          const last = place ? `after ${quoted(symbols[place - 1]!)}` : "at the start";
          return (
            <>
              <Figure
                title={`The next ${what}`}
                about={
                  <>
                    The {best.length} likeliest at the cursor, {last}. The model is undecided by{" "}
                    {view.entropy[place]!.toFixed(1)} bits <Term name="bits" about={TERMS.bit} />: as if it
                    chose among {(2 ** view.entropy[place]!).toFixed(1)} equally likely ones.
                  </>
                }
                label={`The likeliest next ${what} ${last} is ${quoted(top.symbol)} with ${chance(top.probability)}.`}
                rows={() => [
                  ...best.map(({ symbol, probability }) => ({ [what]: symbol, probability })),
                  { [what]: "all others", probability: rest },
                ]}
              >
                <Bars
                  bars={[
                    ...best.map(({ symbol, probability }) => ({
                      name: short(symbol, 12),
                      value: probability,
                    })),
                    { name: "all others", value: rest },
                  ]}
                />
              </Figure>
              <div class="buttons">
                <button
                  type="button"
                  disabled={isControl(top.symbol)}
                  onClick={() => {
                    const before = text.slice(0, caret.value);
                    const added = (areWords && before && !/\s$/.test(before) ? " " : "") + top.symbol;
                    setText(before + added + text.slice(caret.value));
                    caret.value = before.length + added.length;
                  }}
                >
                  Insert the likeliest
                </button>
              </div>
              <Figure
                title="Surprise"
                about={`Each ${what} that came, coloured by how little the model expected it. ${areWords ? "Look at names and rare words" : "Look at the first letters of words, at names and at slips of the pen"}: that is where it is surprised. Mean: ${mean.toFixed(2)} bits.`}
                label={`${symbols.length} symbols with a mean surprise of ${mean.toFixed(2)} bits.`}
                rows={() =>
                  symbols.map((symbol, t) => ({
                    step: t + 1,
                    symbol,
                    probability: 2 ** -bits[t]!,
                    "surprise in bits": bits[t]!,
                    likeliest: view.next[t]![0]!,
                    "its probability": view.probabilities[t * view.next[t]!.length]!,
                  }))
                }
              >
                <TextPicture
                  {...{ symbols, areWords }}
                  values={bits.map((one) => one / MOST_BITS)}
                  tip={(t) => surpriseTip(view, bits, t)}
                  head={<ScaleBar x={0} y={0} low="expected" high={`${MOST_BITS} bits`} half underText />}
                />
              </Figure>
            </>
          );
        }}
      </Answered>
    </div>
  );
}
