/** What the pictures of the studio show: pure functions over a loaded model, which return plain data that a worker can post. */
export { type Activations, activations, type LayerActivations } from "./activations.ts";
export { type Alignment, alignment, type EmittedSymbol } from "./alignment.ts";
export { type AttentionView, attention } from "./attention.ts";
export { type BeamHypothesis, type BeamNode, type Beams, type BeamsOptions, beams } from "./beams.ts";
export { type Confusion, confusion, type LabelError, type LabelledInput } from "./confusion.ts";
export {
  type Continuation,
  type ContinueOptions,
  type EditedState,
  editState,
  type StateEdit,
} from "./edit-state.ts";
export { type EmbeddingPlane, sequencePlane, symbolPlane } from "./embedding-plane.ts";
export { type FoundUnit, findUnits, unitValues, whatUnitFollows } from "./find-units.ts";
export { type ForecastView, type ForecastViewOptions, forecast, SHARES } from "./forecast.ts";
export { type GateView, gates } from "./gates.ts";
export { type FlowView, flowView, gradientFlow, type LayerFlowView } from "./gradient-flow.ts";
export { NextSymbols, type NextSymbolsView, nextSymbols } from "./next-symbols.ts";
export { type Plane, planeOf } from "./plane.ts";
export type { AnyInput, AnyModel } from "./record.ts";
export { type Saliency, saliency } from "./saliency.ts";
export { type Signal, signals } from "./signals.ts";
export { type TaggedSentence, type TagView, tagView } from "./tag-view.ts";
export {
  type UnrolledLayer,
  type UnrolledOptions,
  type UnrolledStep,
  type UnrolledSteps,
  unrolledSteps,
} from "./unrolled-steps.ts";
