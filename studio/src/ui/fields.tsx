import { useId, useState } from "preact/hooks";
import { Term } from "./term.tsx";

interface SliderProps {
  readonly name: string;
  /** What the name means, for the button that explains it. */
  readonly term?: string;
  readonly about?: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A slider that shows its value. */
export function Slider({ name, term, about, min, max, step, value, onChange }: SliderProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {name} <output for={id}>{value}</output>
      </label>
      {term && <Term name={name} about={term} />}
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        aria-describedby={about && `${id}-about`}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      <About id={id} text={about} />
    </div>
  );
}

/** The explanation of the field with this id. */
function About({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  return text ? (
    <p id={`${id}-about`} class="about">
      {text}
    </p>
  ) : null;
}

interface NumberProps {
  readonly name: string;
  readonly about?: string;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A field for a number. What is typed stays until the field is left, whatever is drawn meanwhile. */
export function NumberField({ name, about, min, max, whole = true, value, onChange }: NumberProps) {
  const id = useId();
  const [draft, setDraft] = useState<string>();
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <input
        id={id}
        type="number"
        {...{ min, max }}
        value={draft ?? value}
        aria-describedby={about && `${id}-about`}
        step={whole ? 1 : "any"}
        required
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
        onChange={({ currentTarget }) => {
          if (!currentTarget.checkValidity()) return; // the form says why when it is sent
          setDraft(undefined);
          onChange(currentTarget.valueAsNumber);
        }}
      />
      <About id={id} text={about} />
    </div>
  );
}

interface WordProps {
  readonly name: string;
  readonly about: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field for a word, which counts when the field is left. */
export function WordField({ name, about, value, onChange }: WordProps) {
  const [draft, setDraft] = useState<string>();
  return (
    <label class="field">
      {name} <span class="about">{about}</span>
      <input
        value={draft ?? value}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
        onChange={({ currentTarget }) => {
          setDraft(undefined);
          onChange(currentTarget.value.trim());
        }}
      />
    </label>
  );
}

interface ChoiceProps {
  readonly name: string;
  /** What the name means, for the button that explains it. */
  readonly term?: string;
  readonly about?: string;
  readonly choices: readonly (readonly [value: string, title: string])[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A list to choose one of. */
export function Choice({ name, term, about, choices, value, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{name}</label>
      {term && <Term name={name} about={term} />}
      <select
        id={id}
        value={value}
        aria-describedby={about && `${id}-about`}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {choices.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      <About id={id} text={about} />
    </div>
  );
}
