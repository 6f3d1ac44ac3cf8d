import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Block, blocksOf, expectOutput, makeFolder, root, strict } from "./docs.ts";

// Every snippet of the README and of the guides runs unchanged, on the built package, and prints the text block below it.
//   js     a program of its own
//   sh     commands that run one after the other, in a folder with the files of examples/data and the programs of experiments
//   json   is parsed
//   text   is the output of the block before it; "…" stands for anything
//   others (html, ts, tsx, ...) are parts of a file, named in a comment: <!-- from examples/react/app.tsx -->

const guides = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const pages = ["README.md", "examples/README.md", ...guides.map((name) => `docs/${name}`)];
const cli = join(root, "dist", "cli.js");

/** Stands in for npx and npm: runs the built command line, and checks that the scripts of npm exist. For torchrun, checks that its script exists. */
const COMMANDS = {
  npx: `shift; exec node ${JSON.stringify(cli)} "$@"`,
  torchrun: `exec test -f "$3"`, // few machines have PyTorch: test/engines runs it
  npm: `exec node ${JSON.stringify(join(root, "test", "npm-stub.mjs"))} "$@"`,
};

/** Runs a command and returns its standard output. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, PATH: `${join(cwd, "bin")}${delimiter}${process.env.PATH}` };
  const { stdout } = await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1e8 });
  return stdout;
}

/** Makes a folder like a user's project, with the package, its commands and the data of the examples. */
function makeProject(): string {
  const folder = makeFolder();
  cpSync(join(root, "examples", "data"), folder, { recursive: true });
  symlinkSync(join(root, "experiments"), join(folder, "experiments"), "junction");
  mkdirSync(join(folder, "bin"));
  for (const [name, script] of Object.entries(COMMANDS)) {
    writeFileSync(join(folder, "bin", name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

async function runBlock(folder: string, { language, code, source, line }: Block): Promise<string> {
  if (source) {
    expect(readFileSync(join(root, source), "utf8"), `is not part of ${source}`).toContain(code);
  } else if (language === "js") {
    const file = join(folder, `snippet-${line}.mjs`);
    writeFileSync(file, strict(code));
    return run(folder, process.execPath, file);
  } else if (language === "sh") {
    return run(folder, "bash", "-ec", strict(code));
  } else if (language === "json") {
    JSON.parse(code);
  } else {
    throw new Error(`${language || "a block without a language"} needs <!-- from FILE --> above it`);
  }
  return "";
}

const snippets = pages
  .map((page) => ({ page, blocks: blocksOf(readFileSync(join(root, page), "utf8")) }))
  .filter(({ blocks }) => blocks.length > 0);

describe.each(snippets)("$page", ({ blocks }) => {
  const folder = makeProject();
  for (const { output, ...block } of blocks) {
    it(`runs ${block.language} of line ${block.line}`, { timeout: 240_000 }, async () => {
      const printed = await runBlock(folder, block);
      if (output !== undefined) expectOutput(printed, output);
    });
  }
});
