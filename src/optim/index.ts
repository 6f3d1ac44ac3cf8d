/**
 * Optimisers with the update rules and defaults of torch.optim, clipping of gradients, and schedules of the learning rate.
 *
 * @module
 */
export * from "./adam.ts";
export * from "./clip.ts";
export type { Optimizer, OptimizerState } from "./optimizer.ts";
export * from "./optimizers.ts";
export type { ParameterGroup, Parameters } from "./parameters.ts";
export * from "./schedule.ts";
