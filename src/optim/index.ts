export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { clipGradNorm, clipGradValue } from "./clip.ts";
export type { Optimizer, OptimizerState } from "./optimizer.ts";
export {
  Adadelta,
  type AdadeltaOptions,
  Adagrad,
  type AdagradOptions,
  RMSprop,
  type RMSpropOptions,
  SGD,
  type SGDOptions,
} from "./optimizers.ts";
export type { Parameters } from "./parameters.ts";
export {
  cosine,
  exponentialDecay,
  linear,
  onPlateau,
  type Plateau,
  type Schedule,
  stepDecay,
  warmUp,
} from "./schedule.ts";
