import { computed, type Signal, useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";

interface PlayerProps {
  /** The step that is shown; a number past the end stands for the last step. */
  readonly at: Signal<number>;
  readonly steps: number;
  /** What stands beside the number of the step. It is called at every step. */
  readonly words: (t: number) => string;
}

const SPEEDS = [
  ["4", "slow"],
  ["12", "normal"],
  ["40", "fast"],
] as const;

/** Plays through the steps of an input, with a slider for single steps. Only what reads `at` is drawn while it plays. */
export function Player({ at, steps, words }: PlayerProps) {
  const isPlaying = useSignal(false);
  const speed = useSignal<string>("12");
  const id = useId();
  const step = computed(() => Math.max(0, Math.min(at.value, steps - 1)));
  useEffect(() => {
    if (!isPlaying.value) return;
    let frame = requestAnimationFrame(first);
    let from = Math.min(at.peek(), steps - 1);
    function first(start: number): void {
      frame = requestAnimationFrame(function next(now: number) {
        const to = Math.min(steps - 1, from + Math.floor(((now - start) / 1000) * Number(speed.peek())));
        if (to > from) {
          at.value = to;
          from = to;
          start = now;
        }
        if (to >= steps - 1) isPlaying.value = false;
        else frame = requestAnimationFrame(next);
      });
    }
    return () => cancelAnimationFrame(frame);
  }, [isPlaying.value, steps, at, speed, isPlaying]);
  return (
    <div class="controls">
      <button
        type="button"
        class="primary play"
        disabled={steps < 2}
        onClick={() => {
          if (!isPlaying.value && at.value >= steps - 1) at.value = 0;
          isPlaying.value = !isPlaying.value;
        }}
      >
        {isPlaying.value ? "Pause" : "Play"}
      </button>
      <div class="field">
        <label for={id}>
          Step <output for={id}>{computed(() => `${step.value + 1}: ${words(step.value)}`)}</output>
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={Math.max(0, steps - 1)}
          step={1}
          value={step}
          aria-valuetext={computed(() => `step ${step.value + 1}, ${words(step.value)}`)}
          onInput={({ currentTarget }) => {
            isPlaying.value = false;
            at.value = currentTarget.valueAsNumber;
          }}
        />
      </div>
      <label class="field">
        Speed
        <select
          value={speed.value}
          onChange={({ currentTarget }) => {
            speed.value = currentTarget.value;
          }}
        >
          {SPEEDS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
