import { useEffect, useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import { kept } from "../../runs/kept.ts";
import { Slider } from "../../ui/fields.tsx";
import { TERMS } from "../../ui/terms.ts";
import { examplesOf } from "../examples.ts";
import { TextField } from "../parts/text-field.tsx";
import { UnknownHint } from "../parts/unknown.tsx";
import { useInfo } from "../parts/use-info.ts";
import { promptOf, useTried } from "../parts/use-tried.ts";
import type { ViewProps } from "../task.ts";

const UNITS = {
  char: { name: "characters", length: 300, most: 2000, step: 50 },
  word: { name: "words", length: 40, most: 400, step: 10 },
};

/** Lets the model continue a text. It writes again whenever the weights or the settings change. */
export function Write({ run, model }: ViewProps) {
  const info = useInfo(model);
  const unit = UNITS[info?.spec.level === "word" ? "word" : "char"];
  const examples = examplesOf(run) as readonly string[];
  const prompt = promptOf(run);
  const written = kept(run.id, "written", "");
  const { setTried } = useTried(run);
  const [temperature, setTemperature] = useState(0.7);
  const [topP, setTopP] = useState(1);
  const [length, setLength] = useState<number>();
  const [seed, setSeed] = useState(1);
  const options = { temperature, topP, seed, length: length ?? unit.length };
  const write = async () => {
    const begin = await ask(model, "knownPrompt", prompt.value);
    return { begin, text: await ask(model, "generate", { ...options, prompt: begin }) };
  };
  const answer = useAnswer(info && write, [model.key, prompt.value, ...Object.values(options), info]);
  const { begin, text } = answer.value ?? { begin: prompt.value, text: "" };
  useEffect(() => {
    if (text) written.value = begin + text;
  }, [answer.value]);
  return (
    <div class="use">
      <TextField
        name="Begin with"
        lines={2}
        value={prompt.value}
        examples={examples}
        onChange={(text) => {
          prompt.value = text;
          setTried(text);
        }}
      />
      <UnknownHint model={model} text={prompt.value} isPrompt />
      <Slider
        name="Temperature"
        term={TERMS.temperature}
        about="Low: the likeliest text. High: it takes more risks."
        min={0.1}
        max={1.5}
        step={0.1}
        value={temperature}
        onChange={setTemperature}
      />
      <details>
        <summary>Length and top-p</summary>
        <div class="more">
          <Slider
            name={`Length in ${unit.name}`}
            min={unit.step}
            max={unit.most}
            step={unit.step}
            value={options.length}
            onChange={setLength}
          />
          <Slider
            name="Top-p"
            term={TERMS.topP}
            about={`Below 1, it chooses only among the likeliest ${unit.name} that have this share of the probability together, so that rare ones never occur.`}
            min={0.1}
            max={1}
            step={0.05}
            value={topP}
            onChange={setTopP}
          />
        </div>
      </details>
      <button type="button" class="primary" onClick={() => setSeed(seed + 1)}>
        Write again
      </button>
      {answer.error && <p class="problem">{answer.error}</p>}
      <p class="written" role="status" aria-label="What it wrote">
        <b>{begin}</b>
        {!answer.error && text}
      </p>
    </div>
  );
}
