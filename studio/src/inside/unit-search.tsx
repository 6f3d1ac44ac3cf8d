import { useMemo } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { Activations } from "../look/activations.ts";
import { FEWEST_SYMBOLS, type FoundUnit, occurring } from "../look/find-units.ts";
import type { AnyInput } from "../look/record.ts";
import { signals } from "../look/signals.ts";
import { kept } from "../runs/kept.ts";
import type { Model } from "../runs/models.ts";
import { Choice } from "../ui/fields.tsx";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { fixed } from "../ui/words.ts";
import { layerName } from "./parts.ts";
import type { ChosenUnit } from "./unit-choice.tsx";

interface UnitSearchProps {
  readonly model: Model;
  readonly input: AnyInput;
  readonly part: string | undefined;
  readonly states: Activations;
  readonly chosen: ChosenUnit;
}

const OWN = "";

/** Finds the units that follow something in the text, and shows the one that is clicked. */
export function UnitSearch({ model, input, part, states, chosen }: UnitSearchProps) {
  const signal = kept(model.run, "signal", "inside quotes");
  const pattern = kept(model.run, "pattern", "");
  const { layers, symbols } = states;
  const { present, absent } = useMemo(() => occurring(signals(symbols)), [symbols]);
  const names = present.map(({ name }) => name);
  const chosenSignal = names.includes(signal.value) ? signal.value : signal.value && (names[0] ?? OWN);
  const isShort = symbols.length < FEWEST_SYMBOLS;
  const search = { signal: chosenSignal, pattern: pattern.value };
  const answer = useAnswer(isShort ? undefined : () => ask(model, "searchUnits", input, search, part), [
    model.key,
    JSON.stringify(input),
    part,
    chosenSignal,
    pattern.value,
    isShort,
  ]);
  const indexOf = (one: FoundUnit) =>
    layers.findIndex(({ layer, direction }) => layer === one.layer && direction === one.direction);
  const several = layers.length > 1;
  if (isShort)
    return (
      <p class="about">
        Which units follow something is searched for in texts of {FEWEST_SYMBOLS} symbols and more; this one
        has {symbols.length}. In so few, some of many units follow anything by chance.
      </p>
    );
  return (
    <div class="search">
      <div class="controls">
        <Choice
          name="Find units that follow"
          choices={[
            ...names.map((name) => [name, name] as const),
            [OWN, "your own pattern (regular expression)"] as const,
          ]}
          value={chosenSignal}
          onChange={(value) => {
            signal.value = value;
          }}
        />
        {chosenSignal === OWN && <Term name="regular expressions" about={TERMS.pattern} />}
        {chosenSignal === OWN && (
          <label class="field">
            Pattern
            <input
              value={pattern.value}
              placeholder="th[ei]"
              spellcheck={false}
              maxLength={60}
              onInput={({ currentTarget }) => {
                pattern.value = currentTarget.value;
              }}
            />
          </label>
        )}
      </div>
      {answer.error && (
        <p class="problem" role="alert">
          {answer.error}
        </p>
      )}
      {answer.value && answer.value.length === 0 && (
        <p class="about">There is nothing of this kind in the text, so no unit can follow it here.</p>
      )}
      {absent.length > 0 && (
        <p class="about">
          Not in this text, so that no unit can follow it here: {absent.map((name) => `“${name}”`).join(", ")}
          .
        </p>
      )}
      <div class="chips">
        {(answer.value ?? []).map((one) => {
          const isShown =
            indexOf(one) === chosen.layer.value &&
            one.unit === chosen.unit.value &&
            one.state === chosen.state.value;
          return (
            <button
              key={`${one.layer} ${one.direction} ${one.unit}`}
              type="button"
              class="small found"
              aria-pressed={isShown}
              onClick={() => {
                chosen.layer.value = indexOf(one);
                chosen.unit.value = one.unit;
                chosen.state.value = one.state;
              }}
            >
              {several && `${layerName(layers[indexOf(one)] ?? layers[0]!, layers)}, `}unit {one.unit + 1},{" "}
              {one.state} <b>{fixed(one.correlation, 2)}</b>
            </button>
          );
        })}
      </div>
      <p class="about">
        The units with the strongest correlation
        <Term name="correlation" about={TERMS.correlation} />, from -1 to 1. Among many units, some follow
        anything by chance on a short text: see whether it still holds on another passage.
      </p>
    </div>
  );
}
