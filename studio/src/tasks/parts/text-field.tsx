import { useId } from "preact/hooks";

interface TextFieldProps {
  readonly name: string;
  readonly value: string;
  readonly examples: readonly string[];
  /** Number of lines of the field, if it may have several. */
  readonly lines?: number;
  readonly onChange: (text: string) => void;
}

/** A field for a text, with examples to choose from. */
export function TextField({ name, value, examples, lines, onChange }: TextFieldProps) {
  const attributes = {
    id: useId(),
    value,
    maxLength: 1000,
    autocomplete: "off",
    spellcheck: false,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value),
  } as const;
  return (
    <>
      <div class="field">
        <label for={attributes.id}>{name}</label>
        {lines ? <textarea rows={lines} {...attributes} /> : <input {...attributes} />}
      </div>
      {examples.length > 0 && (
        <fieldset class="chips plain">
          <legend class="spoken">Examples</legend>
          {examples.map((example) => (
            <button
              key={example}
              type="button"
              class="small"
              aria-pressed={example === value}
              onClick={() => onChange(example)}
            >
              {example.length > 40 ? `${example.slice(0, 38)} …` : example}
            </button>
          ))}
        </fieldset>
      )}
    </>
  );
}
