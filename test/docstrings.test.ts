import { fileURLToPath } from "node:url";
import { Application, type DeclarationReflection, Logger, LogLevel } from "typedoc";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Keeps the warnings of TypeDoc instead of printing them. */
class Warnings extends Logger {
  readonly all: string[] = [];

  override log(message: string, level: LogLevel) {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.all.push(message);
  }
}

/** Reads the public API with the options of `npm run docs`, but without the guides. */
async function readApi() {
  const app = await Application.bootstrapWithPlugins({
    options: root,
    readme: "none",
    projectDocuments: [],
    skipErrorChecking: true,
  });
  const logger = new Warnings();
  app.logger = logger;
  const project = await app.convert();
  app.validate(project!);
  return { project: project!, warnings: logger.all };
}

const api = readApi();

test("every export and public member has a docstring, and links in docstrings lead somewhere", async () => {
  const { project, warnings } = await api;
  const modules = project.children!.map(({ name }) => name);
  expect(warnings).toEqual([]);
  expect(modules.sort()).toEqual(
    [
      "",
      "/finetune",
      "/handler",
      "/handler/node",
      "/keras",
      "/onnx",
      "/run",
      "/serve",
      "/storage",
      "/tasks",
      "/tfjs",
      "/torch",
      "/trainer-worker",
      "/wide",
      "/worker",
    ].map((path) => `unrolled${path}`),
  );
});

test("specs and recipes show the defaults of their task", async () => {
  const { children } = (await api).project.getChildByName("unrolled") as DeclarationReflection;
  const named = (name: string) => children!.find((child) => child.name === name)!;
  const shown = (spec: string, field: string) =>
    (named(spec).getChildByName(field) as DeclarationReflection).defaultValue;
  expect(shown("ClassifierSpec", "hidden")).toBe("64");
  expect(shown("ClassifierSpec", "embedding")).toBe('64 (level "char": 32)');
  expect(shown("ForecasterSpec", "columns")).toBeUndefined();
  expect(shown("NetworkSpec", "hidden")).toBe("128");
  const recipe = named("labelRecipe")
    .signatures![0]!.comment!.summary.map(({ text }) => text)
    .join("");
  expect(recipe).toMatch(/"classifier"`: .*`earlyStop` 5/);
});
