import "./inside.css";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { Continuation, EditedState } from "../look/edit-state.ts";
import { kept } from "../runs/kept.ts";
import type { ViewProps } from "../tasks/task.ts";
import { Choice, Slider } from "../ui/fields.tsx";
import { Figure } from "../ui/figure.tsx";
import { percent } from "../ui/words.ts";
import { Answered } from "./answered.tsx";
import { Bars } from "./bars.tsx";
import { mostProbable, sharedBeginning, shift } from "./compare-texts.ts";
import { isControl, quoted, short } from "./symbols.ts";
import { useTaskInput } from "./task-input.tsx";
import { chosenUnit, LayerChoice, StateChoice, UnitSlider } from "./unit-choice.tsx";

/** Symbols that have bars. */
const TOP = 8;
/** Symbols that each continuation has. */
const LENGTH = { char: 160, word: 40 };

/** Changes one number of the state after a text, and shows what the model writes then beside what it writes otherwise. */
export function Edit({ run, model }: ViewProps) {
  const { text, editor } = useTaskInput(run);
  const { layer, unit, state } = chosenUnit(run.id);
  const how = kept<"set" | "scale">(run.id, "edit how", "set");
  const share = kept(run.id, "edit share", -1);
  const scale = kept(run.id, "edit scale", -1);
  const temperature = kept(run.id, "edit temperature", 0.5);
  const seed = kept(run.id, "edit seed", 1);
  const { hidden, layers = 1, level, cell } = run.spec as Record<string, number | string>;
  const hasCell = cell === "lstm";
  const own = Math.min(unit.value, (hidden as number) - 1);
  const l = Math.min(layer.value, (layers as number) - 1);
  const which = hasCell ? state.value : "h";
  const limit = which === "c" ? 5 : 1;
  const areWords = level === "word";
  const to = Number((share.value * limit).toFixed(2));
  const edit = {
    layer: l,
    unit: own,
    state: which,
    ...(how.value === "set" ? { value: to } : { scale: scale.value }),
  } as const;
  const options = {
    temperature: temperature.value,
    seed: seed.value,
    length: areWords ? LENGTH.word : LENGTH.char,
  };
  const answer = useAnswer(text ? () => ask(model, "editState", text, edit, options) : undefined, [
    model.key,
    text,
    JSON.stringify(edit),
    JSON.stringify(options),
  ]);
  return (
    <div class="look">
      <p class="about">
        The network has read the text; now change one number of its memory and let it write on. Both texts are
        written with the same random numbers, so every difference comes from your change. Most units alone
        change little. Find one under Activations that follows something, for example the position in the
        line, and turn it round here: a unit that counts makes lines shorter or longer.
      </p>
      {editor}
      <div class="controls">
        <LayerChoice
          layer={layer}
          names={Array.from({ length: layers as number }, (_, i) => `layer ${i + 1}`)}
        />
        <UnitSlider unit={unit} units={hidden as number} />
        <StateChoice state={state} hasCell={hasCell} />
        <Choice
          name="Change"
          choices={[
            ["set", "set to a value"],
            ["scale", "multiply"],
          ]}
          value={how.value}
          onChange={(chosen) => {
            how.value = chosen as "set" | "scale";
          }}
        />
        {how.value === "set" ? (
          <Slider
            name={`New value of ${which}`}
            min={-limit}
            max={limit}
            step={limit / 20}
            value={to}
            onChange={(changed) => {
              share.value = changed / limit;
            }}
          />
        ) : (
          <Slider
            name="Factor"
            min={-3}
            max={3}
            step={0.25}
            value={scale.value}
            onChange={(changed) => {
              scale.value = changed;
            }}
          />
        )}
        <Slider
          name="Temperature"
          min={0.1}
          max={1.5}
          step={0.1}
          value={temperature.value}
          onChange={(changed) => {
            temperature.value = changed;
          }}
        />
        <button
          type="button"
          onClick={() => {
            seed.value++;
          }}
        >
          Other random numbers
        </button>
      </div>
      <Answered answer={answer} height={560} empty="Type a text above.">
        {(edited) => <Result {...{ edited, areWords }} name={`${edited.which} of unit ${own + 1}`} />}
      </Answered>
    </div>
  );
}

interface ResultProps {
  readonly edited: EditedState;
  readonly areWords: boolean;
  readonly name: string;
}

function Result({ edited: result, areWords, name }: ResultProps) {
  const { from, to, plain, edited, vocabulary } = result;
  const same = sharedBeginning(plain.symbols, edited.symbols);
  const isEqual = same === plain.symbols.length && same === edited.symbols.length;
  const moved = shift(plain.probabilities, edited.probabilities);
  const change = `${name} from ${from.toFixed(2)} to ${to.toFixed(2)}`;
  const bars = mostProbable(vocabulary, plain.probabilities, edited.probabilities, TOP);
  const what = areWords ? "word" : "character";
  return (
    <>
      <p role="status">
        <b>{change}.</b>{" "}
        {isEqual
          ? Math.abs(to - from) < 0.005
            ? "That is what it had already, so nothing changes."
            : "It writes the same: with these random numbers, this change was too small to matter."
          : `The texts differ from ${what} ${same + 1} on.`}
      </p>
      <div class="two">
        <Written title="As the model would" {...{ areWords, same }} of={plain} />
        <Written title="After your change" {...{ areWords, same }} of={edited} />
      </div>
      <Figure
        title="The next symbol before and after"
        about={`How probable the first ${what} is, without the change and with it. The change moves ${percent(moved)} of the probability to other symbols.`}
        label={`${change} moves ${percent(moved)} of the probability. Before: ${quoted(plain.next[0]!.symbol)} is likeliest; after: ${quoted(edited.next[0]!.symbol)}.`}
        rows={() =>
          mostProbable(vocabulary, plain.probabilities, edited.probabilities, vocabulary.length).map(
            ({ symbol, before, after }) => ({ symbol, before, after }),
          )
        }
      >
        <Bars
          names={["without", "with the change"]}
          bars={bars.map(({ symbol, before, after }) => ({
            name: short(symbol, 12),
            value: before,
            second: after,
          }))}
        />
      </Figure>
    </>
  );
}

interface WrittenProps {
  readonly title: string;
  readonly of: Continuation;
  readonly same: number;
  readonly areWords: boolean;
}

/** A continuation, with the part that both share in grey. */
function Written({ title, of: { symbols }, same, areWords }: WrittenProps) {
  const text = (part: readonly string[]) =>
    part
      .map((one) => (isControl(one) ? `${one}\n` : one))
      .join(areWords ? " " : "")
      .replaceAll("\n ", areWords ? "\n" : "\n ");
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <p class="written">
        <span class="shared">{text(symbols.slice(0, same))}</span>
        {areWords && same > 0 && " "}
        <span>{text(symbols.slice(same))}</span>
      </p>
    </section>
  );
}
