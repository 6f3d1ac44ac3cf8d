import { ask } from "../../desk/ask.ts";
import type { Unknown } from "../../desk/unknown.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import type { Model } from "../../runs/models.ts";
import { visible } from "../../ui/visible.ts";

interface UnknownHintProps {
  readonly model: Model;
  readonly text: string;
  /** Whether the text is the beginning of what the model writes. */
  readonly isPrompt?: boolean;
}

const MOST = 5;

/** Says in one line which characters or words of a text the model has never read. The vocabulary of a run stays. */
export function UnknownHint({ model, text, isPrompt = false }: UnknownHintProps) {
  const { value } = useAnswer(text ? () => ask(model, "unknownIn", text, isPrompt) : undefined, [
    model.run,
    text,
    isPrompt,
  ]);
  return (
    <p class="about unknown" role="status">
      {text && value ? unknownHint(value) : ""}
    </p>
  );
}

export function unknownHint({ symbols, unit, how }: Unknown): string {
  if (!symbols.length) return "";
  const rest = symbols.length - MOST;
  const names = symbols.slice(0, MOST).map(visible).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  const several = symbols.length > 1;
  return `It has not learnt the ${unit}${several ? "s" : ""} ${names}, so it ${DOES[how](several)}.`;
}

const DOES: Readonly<Record<Unknown["how"], (several: boolean) => string>> = {
  spelled: () => "goes by the letters",
  sign: () => "reads a sign for “unknown” there",
  "left out": (several) => `leaves ${several ? "them" : "it"} out`,
};
