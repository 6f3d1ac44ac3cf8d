export type { LayerConfig, LayerWeights, Version } from "./layer.ts";
export { layersToGraph } from "./network.ts";
