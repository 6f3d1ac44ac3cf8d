import { alignment } from "../look/alignment.ts";
import { attention } from "../look/attention.ts";
import { beams } from "../look/beams.ts";
import { editState } from "../look/edit-state.ts";
import { saliency } from "../look/saliency.ts";
import { evaluate, generate, info, predict } from "./basic.ts";
import { blend, conditions, neighbours, outlook, samples, tag } from "./data.ts";
import { activationsOf, gatesOf, nextAtCaret, searchUnits, unrolledPage } from "./language.ts";
import {
  confusionOf,
  flow,
  forecastOf,
  labelCountsOf,
  sequencesInPlane,
  symbolsInPlane,
  tagsOf,
} from "./pictures.ts";
import { knownPrompt, unknownIn } from "./unknown.ts";

/** What pages can ask of a model. The first parameter of each function is the model. */
export const FUNCTIONS = {
  activationsOf,
  alignment,
  attention,
  beams,
  blend,
  conditions,
  confusionOf,
  editState,
  evaluate,
  flow,
  forecastOf,
  gatesOf,
  generate,
  info,
  knownPrompt,
  labelCountsOf,
  neighbours,
  nextAtCaret,
  outlook,
  predict,
  saliency,
  samples,
  searchUnits,
  sequencesInPlane,
  symbolsInPlane,
  tag,
  tagsOf,
  unknownIn,
  unrolledPage,
};

export type Functions = typeof FUNCTIONS;
