// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: every export is called
import * as unrolled from "../../../src/index.ts";
import { type Any, method, type Row } from "./setup.ts";

/** Specs and recipes. */
export const rows: readonly Row[] = [
  ...Object.entries(unrolled)
    .filter(([name]) => /^check\w+Spec$/.test(name))
    .map(([name, check]): Row => [name, () => [{}], check as Any]),
  ["checkRecipe", () => [{}], unrolled.checkRecipe],
  ["recipeSchema.check", () => [{}, "x"], (...args: Any) => (unrolled.recipeSchema.check as Any)(...args)],
  ["defaultClassifierSpec", () => ["word", 0], unrolled.defaultClassifierSpec],
  ["defaultTaggerSpec", () => [0], unrolled.defaultTaggerSpec],
  ["defaultEmbedderSpec", () => ["word"], unrolled.defaultEmbedderSpec],
  ["defaultGeneratorSpec", () => ["word"], unrolled.defaultGeneratorSpec],
  ["defaultLanguageModelSpec", () => ["word"], unrolled.defaultLanguageModelSpec],
  ["defaultAutoencoderSpec", () => ["word"], unrolled.defaultAutoencoderSpec],
  ["defaultEncoderDecoderSpec", () => ["word", "word"], unrolled.defaultEncoderDecoderSpec],
  ["defaultForecasterSpec", () => [["a"]], unrolled.defaultForecasterSpec],
  ["languageModelRecipe", () => ["char"], unrolled.languageModelRecipe],
  ["labelRecipe", () => ["tagger"], unrolled.labelRecipe as Any],
  ["sequenceRecipe", () => ["word"], unrolled.sequenceRecipe as Any],
  ["generatorRecipe", () => [], unrolled.generatorRecipe as Any],
  ["defaultTranscriberSpec", () => [3], unrolled.defaultTranscriberSpec],
  ["transcriberRecipe", () => [], unrolled.transcriberRecipe as Any],
  ["embedderRecipe", () => [], unrolled.embedderRecipe as Any],
  ["forecasterRecipe", () => [], unrolled.forecasterRecipe as Any],

  method(
    "recipeSchema.isDefault",
    () => unrolled.recipeSchema,
    () => ["batch", 1],
  ),
  method(
    "recipeSchema.stored",
    () => unrolled.recipeSchema,
    () => [unrolled.DEFAULT_RECIPE],
  ),
];
