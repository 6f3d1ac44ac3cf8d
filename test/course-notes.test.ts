import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as unrolled from "../src/index.ts";
import type { Schema } from "../src/schema.ts";
import { TASKS } from "../src/tasks/index.ts";
import { DEFAULT_RECIPE } from "../src/train/recipe.ts";
import { root } from "./docs.ts";

// docs/course-notes.md names only what exists: files, what they declare, exports, options, fields and flags. docs.test.ts runs its
// programs.

const page = readFileSync(join(root, "docs", "course-notes.md"), "utf8");
/** The page without its programs and drawings. */
const prose = page.replaceAll(/^```[\s\S]*?^```$/gm, "");
/** What stands between backticks. */
const quoted = Array.from(prose.matchAll(/`([^`\n]+)`/g), ([, code]) => code!);

/** Names that match a pattern, each once. */
const names = (text: string, pattern: RegExp) => [
  ...new Set(Array.from(text.matchAll(pattern), ([, name]) => name!)),
];

const sourceFiles = () =>
  ["src", "assembly"].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(root, room, file), "utf8")),
  );

describe("files", () => {
  const declared = [...prose.matchAll(/`(\w+)` in `([\w./-]+)`/g)];

  it("of the code exist", () => {
    const files = quoted.filter((code) => /^(src|assembly)\//.test(code));
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
  });

  it.each(declared.map(([, name, file]) => ({ name, file })))("$file declares $name", ({ name, file }) => {
    const source = readFileSync(join(root, file!), "utf8");
    expect(source).toMatch(new RegExp(`^export .*\\b(function\\*?|class|const) ${name}\\b`, "m"));
  });
});

describe("names", () => {
  it("of modules and optimisers are exports", () => {
    const { nn, optim } = unrolled;
    for (const [room, exports] of Object.entries({ nn, optim })) {
      const used = names(page, new RegExp(`\\b${room}\\.(\\w+)`, "g"));
      expect(used.length).toBeGreaterThan(1);
      for (const name of used) expect(exports, `${room}.${name}`).toHaveProperty(name);
    }
  });

  it("of classes, functions and options are exports, or declared in the code", () => {
    const source = sourceFiles().join("\n");
    // Shorter words with a capital are symbols of the notes, such as Waa, T_x and dL.
    const used = new Set(quoted.flatMap((code) => names(code, /^([A-Z][a-z]\w{4,}|[a-z]{2,}[A-Z]\w*)\b/g)));
    expect(used.size).toBeGreaterThan(60);
    for (const name of used) {
      if (name in unrolled) continue;
      expect(source, name).toMatch(new RegExp(`^export .*\\b${name}\\b|^ +(readonly )?${name}\\??: `, "m"));
    }
  });

  it("of fields are those of a spec or of a recipe", () => {
    const fields = new Set(
      TASKS.flatMap(({ Model }) => Object.keys((Model.schema() as Schema<object>).fields)),
    );
    for (const name of names(page, /(?<!\/)\bspec\.(\w+)/g)) expect(fields, name).toContain(name);
    for (const name of names(page, /(?<!\/)\brecipe\.(\w+)/g))
      expect(DEFAULT_RECIPE, name).toHaveProperty(name);
  });
});

it("flags are those of the command line", () => {
  const commands = ["train", "predict", "score", "suggest", "sample", "eval", "inspect", "search"];
  const helps = commands.map((command) =>
    execFileSync(process.execPath, [join(root, "dist", "cli.js"), command, "--help"], { encoding: "utf8" }),
  );
  const known = new Set(names(helps.join("\n"), /^ +(?:-\w, )?(--[a-z-]+)/gm));
  const used = names(page, /(?<![\w-])(--[a-z][a-z-]*)/g);
  expect(used.length).toBeGreaterThan(40);
  for (const flag of used) expect(known, flag).toContain(flag);
});
