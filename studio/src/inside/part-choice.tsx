import type { Shown } from "../desk/pictures.ts";
import type { Part } from "../desk/run-data.ts";
import { Choice } from "../ui/fields.tsx";
import { whole } from "../ui/words.ts";

const PARTS = [
  ["kept", "Kept aside: never learnt from"],
  ["learnt", "Learnt from"],
] as const;

interface PartProps {
  readonly part: Part;
  readonly onChange: (part: Part) => void;
}

/** Chooses which part of the data is shown. */
export function PartChoice({ part, onChange }: PartProps) {
  return (
    <div class="narrow">
      <Choice
        name="Part of the data"
        choices={PARTS}
        value={part}
        onChange={(value) => onChange(value as Part)}
      />
    </div>
  );
}

/** Says what a picture shows. */
export function shownInWords({ shown, all }: Shown, part: Part, noun: string): string {
  const what = part === "kept" ? "that were kept aside" : "that it learnt from";
  return shown === all
    ? `All ${whole(all)} ${noun} ${what}.`
    : `The first ${whole(shown)} of ${whole(all)} ${noun} ${what}.`;
}
