interface ToggleProps<Value extends string> {
  readonly name: string;
  readonly choices: readonly (readonly [value: Value, title: string])[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** A few choices side by side, of which one is pressed. */
export function Toggle<Value extends string>({ name, choices, value, onChange }: ToggleProps<Value>) {
  return (
    <fieldset class="toggle">
      <legend>{name}</legend>
      <div class="chips">
        {choices.map(([own, title]) => (
          <button
            key={own}
            type="button"
            class="small"
            aria-pressed={own === value}
            onClick={() => onChange(own)}
          >
            {title}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
