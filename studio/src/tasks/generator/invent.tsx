import { useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { Choice, Slider } from "../../ui/fields.tsx";
import { TERMS } from "../../ui/terms.ts";
import { isFilled } from "../parts/sequence.ts";
import { SequenceField } from "../parts/sequence-field.tsx";
import { UnknownHint } from "../parts/unknown.tsx";
import { useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";

const COUNT = 8;

/** Writes new sequences for a condition. */
export function Invent({ run, model }: ViewProps) {
  const names = useAnswer(() => ask(model, "conditions"), [model.run]).value;
  const { input: condition, setTried } = useTried(run);
  const [prompt, setPrompt] = useState("");
  const [temperature, setTemperature] = useState(0.6);
  const [seed, setSeed] = useState(1);
  const chosen = names?.length && !names.includes(condition as string) ? names[0]! : condition;
  const written = useAnswer(
    names && isFilled(chosen)
      ? async () => {
          const begin = await ask(model, "knownPrompt", prompt);
          const options = { prompt: begin, temperature, seed, length: 200 };
          const conditions = Array.from({ length: COUNT }, () => chosen);
          const texts = (await ask(model, "predict", conditions, options)) as readonly string[];
          return texts.map((text) => begin + text);
        }
      : undefined,
    [model.key, names, chosen, prompt, temperature, seed],
  );
  const texts = written.value ?? [];
  return (
    <div class="use">
      {names && names.length > 0 && (
        <Choice
          name="Condition"
          choices={names.map((name) => [name, name] as const)}
          value={chosen as string}
          onChange={setTried}
        />
      )}
      {names && names.length === 0 && (
        <SequenceField run={run} model={model} name="Condition" value={condition} onChange={setTried} />
      )}
      <Slider
        name="Temperature"
        term={TERMS.temperature}
        about="Low: the likeliest texts. High: it takes more risks."
        min={0.1}
        max={1.5}
        step={0.1}
        value={temperature}
        onChange={setTemperature}
      />
      <label class="field">
        Begin with (may be empty)
        <input
          value={prompt}
          maxLength={100}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setPrompt(currentTarget.value)}
        />
      </label>
      <UnknownHint model={model} text={prompt} isPrompt />
      <button type="button" class="primary" onClick={() => setSeed(seed + COUNT)}>
        Write others
      </button>
      {written.error && <p class="problem">{written.error}</p>}
      <ul class="texts" aria-live="polite" aria-label="What it wrote">
        {!written.error && texts.map((text, i) => <li key={i}>{text || "(nothing)"}</li>)}
      </ul>
    </div>
  );
}
