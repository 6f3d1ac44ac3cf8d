import { fileURLToPath } from "node:url";
import { Application, Logger, LogLevel } from "typedoc";
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
  return { modules: project!.children!.map(({ name }) => name), warnings: logger.all };
}

test("every export and public member has a docstring, and links in docstrings lead somewhere", async () => {
  const { modules, warnings } = await readApi();
  expect(warnings).toEqual([]);
  expect(modules.sort()).toEqual(
    ["", "/serve", "/storage", "/tasks", "/trainer-worker", "/worker"].map((path) => `unrolled${path}`),
  );
});
