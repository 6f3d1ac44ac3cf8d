import { useEffect, useState } from "preact/hooks";
import type { CheckProgress } from "../../desk/checked.ts";
import { whole, wholePercent } from "../../ui/words.ts";

interface ReadingProgressProps {
  readonly bytes: number;
  readonly progress: CheckProgress | undefined;
  readonly onCancel: () => void;
}

const NAMES = {
  reading: "Reading it",
  preparing: "Preparing what it learns from",
  counting: "Counting the examples",
};

/** How far a large file has been read, with a button that stops it. */
export function ReadingProgress({ bytes, progress, onCancel }: ReadingProgressProps) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const { stage, share } = progress ?? { stage: "reading" as const, share: 0 };
  const mega = (part: number) => whole((part * bytes) / 1e6);
  return (
    <div class="reading">
      <p class="about">
        {NAMES[stage]}
        {stage !== "preparing" && `: ${wholePercent(share)}, ${mega(share)} of ${mega(1)} MB`}
        {`, ${seconds} s`}
      </p>
      <progress aria-label="Reading the file" value={share} />
      <button type="button" class="small" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
