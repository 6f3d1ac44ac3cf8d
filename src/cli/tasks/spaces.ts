import type { SearchSpace } from "../../search/space.ts";

// What `search` varies by default, as far as tasks share it.

export const DROPOUT = { min: 0, max: 0.5 };

export const COMMON_SPACE: SearchSpace = {
  cell: ["gru", "lstm"],
  hidden: [32, 64, 128, 256],
  layers: [1, 2],
  lr: { min: 5e-4, max: 2e-2, scale: "log" },
};

/** Of models that read sequences of tokens. */
export const TOKEN_SPACE: SearchSpace = {
  ...COMMON_SPACE,
  embedding: [16, 32, 64, 128],
  dropout: DROPOUT,
  batch: [16, 32, 64],
  clip: [1, 5, 50],
};
