/**
 * Runs saved models, and has no training.
 *
 * @module unrolled/run
 */
export { type ErrorCode, UnrolledError } from "../errors.ts";
export type { Classification } from "../models/labels/decoding.ts";
export { PackedClassifier, PackedTagger } from "../models/labels/packed.ts";
export { OpenedLanguageModel as PackedLanguageModel } from "../models/language-model/opened.ts";
export { Suggester, type Suggestion, type SuggestOptions } from "../models/language-model/suggester.ts";
export { openModel } from "../network/open-model.ts";
export { chooseVariant, type Variant } from "../runtime/variant.ts";
export type { Workspace as Runtime } from "../runtime/workspace.ts";
export { compileKernels, createRuntime, createRuntimeSync } from "./runtime.ts";
