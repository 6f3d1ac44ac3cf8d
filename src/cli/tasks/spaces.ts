import type { SearchSpace } from "../../search/space.ts";

// Parts of the default search spaces. Several tasks share each part.

export const DROPOUT = { min: 0, max: 0.5 };

export const COMMON_SPACE: SearchSpace = {
  cell: ["gru", "lstm"],
  hidden: [32, 64, 128, 256],
  layers: [1, 2],
  lr: { min: 5e-4, max: 2e-2, scale: "log" },
};

/** The default search space of models that read sequences of tokens. */
export const TOKEN_SPACE: SearchSpace = {
  ...COMMON_SPACE,
  embedding: [16, 32, 64, 128],
  dropout: DROPOUT,
  batch: [16, 32, 64],
  clip: [1, 5, 50],
};
