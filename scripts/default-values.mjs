// The values of default specs and recipes, as the API reference shows them. They come from the functions of the built library.

import * as exported from "../dist/index.js";

const { DEFAULT_RECIPE, ...functions } = exported;

/** Recipes that depend on an argument, and the arguments for which the API reference shows their values. */
const RECIPE_ARGUMENTS = { languageModelRecipe: ["char", "word"], labelRecipe: ["classifier", "tagger"] };

/** Fields that are no defaults: the name of the task, and what the caller gives to the function. */
const GIVEN = ["task", "columns", "targets"];

/** Returns the name of the function that returns the default spec of a type, or undefined if the type is no task's spec. */
export function specFunctionOf(type) {
  const name = `default${type}`;
  return /Spec$/.test(type) && Object.hasOwn(functions, name) ? name : undefined;
}

/** Returns the default of a field of a task's spec as text: `64`, or `64 (level "char": 32)`. Returns undefined if it has none. */
export function specDefaultOf(type, field) {
  if (GIVEN.includes(field)) return undefined;
  const make = functions[specFunctionOf(type)];
  const spec = make();
  const standard = JSON.stringify(spec[field]);
  const otherLevel = ["char", "word"].find((level) => spec.level && level !== spec.level);
  const other = otherLevel && make(otherLevel);
  // A function without a parameter for the level returns the same spec again.
  if (!other || other.level === spec.level || field === "level") return standard;
  const changed = JSON.stringify(other[field]);
  return changed === standard ? standard : `${standard} (level "${otherLevel}": ${changed})`;
}

/** Returns the lines of a list with the fields in which a recipe function differs from the default recipe. */
export function recipeValuesOf(name) {
  if (!/^(?!check)\w+Recipe$/.test(name) || !Object.hasOwn(functions, name)) return [];
  return (RECIPE_ARGUMENTS[name] ?? [undefined]).map((argument) => {
    const own = Object.entries(functions[name](argument)).filter(
      ([field, value]) => value !== DEFAULT_RECIPE[field],
    );
    const fields = own.map(([field, value]) => `\`${field}\` ${JSON.stringify(value)}`).join(", ") || "none";
    return argument ? `- \`"${argument}"\`: ${fields}` : `- ${fields}`;
  });
}
