import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { kept } from "../runs/kept.ts";
import { Choice } from "../ui/fields.tsx";
import { TERMS } from "../ui/terms.ts";

/** The unit that the pictures of a run look at. */
export interface ChosenUnit {
  /** Index of the layer in the list of layers. */
  readonly layer: Signal<number>;
  /** Index of the unit in its layer. */
  readonly unit: Signal<number>;
  readonly state: Signal<"h" | "c">;
}

export const chosenUnit = (run: string): ChosenUnit => ({
  layer: kept(run, "layer", 0),
  unit: kept(run, "unit", 0),
  state: kept<"h" | "c">(run, "state", "h"),
});

interface UnitSliderProps {
  readonly unit: Signal<number>;
  readonly units: number;
  readonly disabled?: boolean;
}

/** Chooses a unit of a layer. Arrow keys go from one to the next. */
export function UnitSlider({ unit, units, disabled = false }: UnitSliderProps) {
  const id = useId();
  const value = Math.min(unit.value, units - 1);
  return (
    <div class="field">
      <label for={id}>
        Unit <output for={id}>{disabled ? `all ${units}` : `${value + 1} of ${units}`}</output>
      </label>
      <input
        id={id}
        type="range"
        min={1}
        max={units}
        step={1}
        value={value + 1}
        disabled={disabled}
        onInput={({ currentTarget }) => {
          unit.value = currentTarget.valueAsNumber - 1;
        }}
      />
    </div>
  );
}

interface LayerChoiceProps {
  readonly layer: Signal<number>;
  readonly names: readonly string[];
}

/** Chooses a layer, if there are several. */
export function LayerChoice({ layer, names }: LayerChoiceProps) {
  if (names.length < 2) return null;
  return (
    <Choice
      name="Layer"
      {...(names.some((name) => name.endsWith("from the end")) && { about: TERMS.directions })}
      choices={names.map((name, i) => [String(i), name] as const)}
      value={String(Math.min(layer.value, names.length - 1))}
      onChange={(value) => {
        layer.value = Number(value);
      }}
    />
  );
}

/** Chooses between hidden state and cell state. */
export function StateChoice({
  state,
  hasCell,
}: {
  readonly state: Signal<"h" | "c">;
  readonly hasCell: boolean;
}) {
  if (!hasCell) return null;
  return (
    <Choice
      name="State"
      choices={[
        ["h", "h, what the unit says"],
        ["c", "c, what it remembers"],
      ]}
      value={state.value}
      onChange={(value) => {
        state.value = value as "h" | "c";
      }}
    />
  );
}
