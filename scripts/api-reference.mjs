// A plugin of TypeDoc for `npm run docs`. It sorts exports into the rooms of the code, so that docstrings need no tags for it. It
// shows the defaults of specs and recipes. It warns if an export or a public member has no docstring.

import { Application, Comment, CommentTag, Converter, ReflectionKind } from "typedoc";
import { recipeValuesOf, specDefaultOf, specFunctionOf } from "./default-values.mjs";

/** Folders and files with the category of their exports. The first that fits counts. The order is that of the pages. */
const ROOMS = [
  [/^src\/runtime\//, "Tensors and memory"],
  [/^src\/autograd\/(?!cell)/, "Operations"],
  [/^src\/(nn\/(?!stream)|autograd)/, "Modules"],
  [/^src\/(nn\/stream|network\/token-stream)/, "Streams"],
  [/^src\/optim\//, "Optimisers"],
  [/^src\/data\//, "Data"],
  [/^src\/models\/language-model\//, "Language models"],
  [/^src\/models\/labels\//, "Classifiers and taggers"],
  [/^src\/models\/sequence-to-sequence\//, "Encoder-decoders and autoencoders"],
  [/^src\/models\/generator\//, "Generators"],
  [/^src\/models\/embedder\//, "Embedders"],
  [/^src\/models\/transcriber\//, "Transcribers"],
  [/^src\/models\/forecaster\//, "Forecasters"],
  [/^src\/(io|network\/model-file)/, "Files"],
  [/^src\/(formats|graph|finetune)\//, "Models of other frameworks"],
  [/^src\/network\//, "All models"],
  [/^src\/train\//, "Training"],
  [/^src\/metrics\//, "Metrics"],
  [/^src\/search\//, "Search"],
  [/^src\/(errors|schema)\.ts$/, "Errors and checks"],
  [/^src\/tasks\/types\.ts$/, "Types of a task"],
  [/^src\/tasks\/run\.ts$/, "Runs"],
  [/^src\/(tasks|tables)\//, "Tasks"],
  [/^src\/storage\//, "Storage"],
  [/^src\/run\//, "Running saved models"],
  [/^src\/handler\//, "Serving"],
  [/^src\/wide\//, "Wide vectors in Node"],
  [/^worker\/(call-types|protocol)\.ts$/, "Calls"],
  [/^worker\//, "Workers"],
];

/** Kinds of reflections whose children have categories: the package, a module, and a namespace such as `nn`. */
const OWNERS = ReflectionKind.SomeModule | ReflectionKind.Project;

/** Kinds of reflections that have no docstring of their own. */
const UNNAMED = ReflectionKind.TypeLiteral | ReflectionKind.Reference;

/** Adds the category of an export to its comment. */
function categorize(reflection, warn) {
  const file = reflection.project.getSymbolIdFromReflection(reflection).packagePath;
  const isModule = reflection.kindOf(ReflectionKind.Module);
  const category = isModule ? "Reference" : ROOMS.find(([room]) => room.test(file))?.[1];
  if (!category) return warn(`scripts/api-reference.mjs has no room for ${file}`);
  reflection.comment ??= new Comment();
  reflection.comment.blockTags.push(new CommentTag("@category", [{ kind: "text", text: category }]));
}

/** Sorts the guides for users from those for contributors, and names a guide after its heading instead of its file. */
function placeGuide(document) {
  const isGuide = /^examples|^docs\/(?!architecture|extending|style)/.test(document.name);
  document.frontmatter.category = isGuide ? "Guides" : "The project";
  document.name = /^# (.+)\n/.exec(document.content[0]?.text ?? "")?.[1] ?? document.name;
}

/**
 * Shows the default of a field of a schema: `50` instead of `...` for `whole(1).default(50)`. For the spec of a task, shows the
 * value of the task's default spec, since the defaults of the schema are those of files.
 */
function showDefault(context, reflection) {
  if (specFunctionOf(reflection.parent.name)) {
    reflection.defaultValue = specDefaultOf(reflection.parent.name, reflection.name);
    return;
  }
  if (!reflection.defaultValue) return;
  const { expression, arguments: given } =
    context.getSymbolFromReflection(reflection)?.declarations?.[0]?.initializer ?? {};
  if (expression?.name?.text === "default") reflection.defaultValue = given[0].getText();
  else if (reflection.parent.kindOf(ReflectionKind.Interface)) delete reflection.defaultValue;
}

/** Says on the page of a task's spec which function has the defaults, and on that of a recipe function which values it sets. */
function describeDefaults(reflection) {
  const make = specFunctionOf(reflection.name);
  if (make && reflection.kindOf(ReflectionKind.Interface)) {
    reflection.comment.summary.push(
      { kind: "text", text: "\n\nThe defaults below are those of " },
      { kind: "inline-tag", tag: "@link", text: make },
      { kind: "text", text: ", from which `start` and the command line begin." },
    );
  }
  for (const signature of reflection.signatures ?? []) {
    const lines = recipeValuesOf(reflection.name);
    if (lines.length) {
      const text = `\n\nFields that differ from \`DEFAULT_RECIPE\`:\n${lines.join("\n")}`;
      signature.comment.summary.push({ kind: "text", text });
    }
  }
}

/** Tells whether a reflection belongs to a type without a name, such as the result of a function. Fields there need no docstring. */
function isUnnamed({ parent }) {
  if (parent.kindOf(OWNERS)) return false;
  const isAlias =
    parent.parent?.kindOf(ReflectionKind.TypeAlias) && parent.parent.type.type !== "conditional";
  return (parent.kindOf(ReflectionKind.TypeLiteral) && !isAlias) || isUnnamed(parent);
}

/** Tells whether a docstring says what the reflection is, not only its parameters or errors. */
function isDocumented(reflection) {
  const { comment, signatures = [], getSignature, setSignature } = reflection;
  const comments = [comment, ...[...signatures, getSignature, setSignature].map((one) => one?.comment)];
  return comments.some((one) => one?.summary.some(({ text }) => text.trim()));
}

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    const order = ["Guides", "Reference", ...ROOMS.map(([, category]) => category), "*"];
    app.options.setValue("categoryOrder", order);
  });
  const all = (project) => Object.values(project.reflections);
  const warn = (problem) => app.logger.warn(problem);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of all(context.project)) {
      if (reflection.kindOf(ReflectionKind.Property | ReflectionKind.Variable))
        showDefault(context, reflection);
      if (reflection.isDeclaration()) describeDefaults(reflection);
      if (reflection.isDocument()) placeGuide(reflection);
      else if (reflection.isDeclaration() && reflection.parent.kindOf(OWNERS)) categorize(reflection, warn);
    }
  });
  app.on(Application.EVENT_VALIDATE_PROJECT, (project) => {
    for (const reflection of all(project)) {
      const named = reflection.isDeclaration() && !reflection.kindOf(UNNAMED) && !isUnnamed(reflection);
      if (named && !isDocumented(reflection)) warn(`${reflection.getFriendlyFullName()} has no docstring`);
    }
  });
}
