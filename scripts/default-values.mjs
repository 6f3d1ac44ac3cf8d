// The values of default specs and recipes, as the API reference shows them. They come from the functions of the built library.

import * as exported from "../dist/index.js";

const { DEFAULT_RECIPE, ...library } = exported;

/**
 * The function that returns the default spec of a type, and the arguments for which its values are shown: those of the function's
 * own default, then another level of tokens.
 */
const SPECS = new Map(
  Object.entries({
    LanguageModelSpec: { name: "defaultLanguageModelSpec", calls: ["char", "word"] },
    ClassifierSpec: { name: "defaultClassifierSpec", calls: ["word", "char"] },
    TaggerSpec: { name: "defaultTaggerSpec", calls: [undefined] },
    EncoderDecoderSpec: { name: "defaultEncoderDecoderSpec", calls: [undefined] },
    AutoencoderSpec: { name: "defaultAutoencoderSpec", calls: ["char", "word"] },
    GeneratorSpec: { name: "defaultGeneratorSpec", calls: ["char", "word"] },
    EmbedderSpec: { name: "defaultEmbedderSpec", calls: ["word", "char"] },
    ForecasterSpec: { name: "defaultForecasterSpec", calls: [[]] },
  }),
);

/** The arguments for which the recipe of a task is shown. */
const RECIPES = new Map(
  Object.entries({
    languageModelRecipe: ["char", "word"],
    labelRecipe: ["classifier", "tagger"],
    sequenceRecipe: [undefined],
    generatorRecipe: [undefined],
    embedderRecipe: [undefined],
    forecasterRecipe: [undefined],
  }),
);

const listed = [...Array.from(SPECS.values(), ({ name }) => name), ...RECIPES.keys()];
for (const name of Object.keys(library)) {
  if (/^default\w+Spec$|^(?!check)\w+Recipe$/.test(name) && !listed.includes(name)) {
    throw new Error(`scripts/default-values.mjs does not list ${name}`);
  }
}

/** Fields that are no defaults: the name of the task, and what the caller gives to the function. */
const GIVEN = ["task", "columns", "targets"];

/** Returns the name of the function that returns the default spec of a type, or undefined if the type is no task's spec. */
export const specFunctionOf = (type) => SPECS.get(type)?.name;

/** Returns the default of a field of a task's spec as text: `64`, or `64 (level "char": 32)`. Returns undefined if it has none. */
export function specDefaultOf(type, field) {
  if (GIVEN.includes(field)) return undefined;
  const { name, calls } = SPECS.get(type);
  const [standard, other] = calls.map((argument) => JSON.stringify(library[name](argument)[field]));
  if (field === "level" || other === undefined || other === standard) return standard;
  return `${standard} (level "${calls[1]}": ${other})`;
}

/** Returns the lines of a list with the fields in which a recipe function differs from the default recipe. */
export function recipeValuesOf(name) {
  return (RECIPES.get(name) ?? []).map((argument) => {
    const own = Object.entries(library[name](argument)).filter(
      ([field, value]) => value !== DEFAULT_RECIPE[field],
    );
    const fields = own.map(([field, value]) => `\`${field}\` ${JSON.stringify(value)}`).join(", ") || "none";
    return argument ? `- \`"${argument}"\`: ${fields}` : `- ${fields}`;
  });
}
