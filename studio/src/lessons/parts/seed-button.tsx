interface SeedButtonProps {
  readonly seed: number;
  readonly running: boolean;
  /** Runs with another seed. */
  readonly onStart: (seed: number) => void;
}

/** Runs an experiment again with other random numbers. */
export function SeedButton({ seed, running, onStart }: SeedButtonProps) {
  return (
    <p class="seed about">
      <span>Random numbers: seed {seed}.</span>
      <button
        type="button"
        class="small"
        aria-disabled={running}
        onClick={() => running || onStart(seed + 1)}
      >
        Again with seed {seed + 1}
      </button>
    </p>
  );
}
