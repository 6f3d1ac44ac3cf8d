import type { TaskName } from "unrolled/worker";

/** Lines of the icons, on a grid of 24. */
const PATHS: Readonly<Record<TaskName, string>> = {
  "language-model": "M4 20l1-4L16 5l3 3L8 19zM13 8l3 3M14 20h6",
  generator: "M12 3v5M12 16v5M3 12h5M16 12h5M6 6l3 3M15 15l3 3M18 6l-3 3M9 15l-3 3",
  classifier: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM17 14v6M14 17h6",
  tagger: "M4 4h8l8 8-8 8-8-8zM8 8h.01",
  embedder: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5M9 9h.01M13 10h.01M10 13h.01",
  "encoder-decoder": "M3 6h8M7 3v3M10 6c-1 4-3 6-6 8M5 9c1 2 3 4 5 5M13 21l4-10 4 10M14.500 17h5",
  autoencoder: "M3 4l7 5v6l-7 5zM21 4l-7 5v6l7 5zM10 12h4",
  forecaster: "M3 20h18M3 16l5-6 4 3 3-5M15 8l2 3M18 13l1 2M20 17h.01",
  transcriber: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6",
};

/** A small picture of a task; its title says the same. */
export function TaskIcon({ task }: { readonly task: TaskName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path
        d={PATHS[task]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
