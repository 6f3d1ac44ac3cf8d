import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapping } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

// An uncaught error in Node prints the line of code that threw it. The built files have short lines and source maps for it.

const dist = new URL("../dist/", import.meta.url);

/** Runs Node. @param flags those that workers get as well @returns what it has printed to standard error */
function errorsOf(flags: string, args: readonly string[]) {
  const env = { ...process.env, NODE_OPTIONS: flags };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  return text(child.stderr);
}

const program = (file: string, code: string) => [
  "--input-type=module",
  "--eval",
  `import * as unrolled from ${JSON.stringify(new URL(file, dist).href)};\n${code}`,
];

/** Programs that fail, what they say, and the source files that their stacks name. */
const failures: Record<string, { args: readonly string[]; message: string; sources: readonly RegExp[] }> = {
  "an option": {
    args: program("index.js", "new unrolled.nn.LSTM(await unrolled.createRuntime(), { hiddenSize: -3 })"),
    message: "LSTM: ",
    sources: [/src\/checks\.ts:\d/, /src\/nn\/recurrent\.ts:\d/],
  },
  "a tensor": {
    args: program("index.js", "(await unrolled.createRuntime()).tensor([1, 2, 3], [2])"),
    message: "tensor: data has 3 elements, expected 2",
    sources: [/src\/runtime\/runtime\.ts:\d/],
  },
  "a worker": {
    args: program(
      "worker.node.js",
      'await (await unrolled.connect()).start({ data: "abc ".repeat(100), spec: { hidden: -3 } })',
    ),
    message: "spec: hidden is -3",
    sources: [/src\/schema\.ts:\d/, /src\/tasks\/run\.ts:\d/, /worker\/session\.ts:\d/],
  },
  "a folder that is a file": {
    args: program("storage.node.js", "await unrolled.openStore(process.execPath)"),
    message: "cannot make the folder",
    sources: [/src\/storage\/disk\.node\.ts:\d/],
  },
};

it.concurrent.each(Object.entries(failures))("prints little of %s", async (_, { args, message, sources }) => {
  const printed = await errorsOf("", args);
  expect(printed).toContain(message);
  expectShort(printed);
  const mapped = await errorsOf("--enable-source-maps", args);
  expect(mapped).toContain(message);
  for (const source of sources) expect(mapped).toMatch(source);
});

it("prints little of an error that the command line does not expect", async () => {
  const model = new URL("fixtures/files-0.1/language-model-char.safetensors", import.meta.url);
  const broken = "data:text/javascript,console.log = () => { throw new Error('broken console') }";
  const args = ["--import", broken, fileURLToPath(new URL("cli.js", dist)), "info", fileURLToPath(model)];
  const printed = await errorsOf("", args);
  expect(printed).toContain("broken console");
  expectShort(printed);
  expect(await errorsOf("--enable-source-maps", args)).toMatch(/src\/cli\/use\.ts:\d/);
});

function expectShort(printed: string): void {
  expect(printed.length).toBeLessThan(2000);
  expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThan(300);
}

const maps = readdirSync(dist).filter((name) => name.endsWith(".map"));
const read = (name: string) => readFileSync(new URL(name, dist), "utf8");

it("has maps whose sources are files of the project, with their text where bundlers read them", () => {
  expect(maps.length).toBeGreaterThan(10);
  for (const name of maps) {
    const { sources, sourcesContent } = JSON.parse(read(name));
    for (const source of sources) {
      expect(source, name).toMatch(/^(\.\.\/(src|worker|node_modules)\/|required:|imported:)/);
    }
    if (name !== "cli.js.map") expect(sourcesContent, name).toHaveLength(sources.length);
  }
});

it("has no long lines in the library", () => {
  for (const name of maps.filter((name) => name !== "cli.js.map")) {
    const lines = read(name.replace(".map", "")).split("\n");
    expect(Math.max(...lines.map((line) => line.length)), name).toBeLessThan(750);
  }
});

it("has a map that is right after the import of a variable address", () => {
  const lines = read("index.js").split("\n");
  const start = lines.findIndex((line) => line.includes("webpackIgnore"));
  const after = lines[start]!.indexOf("webpackIgnore");
  const line = lines.findIndex(
    (text, i) => i >= start && text.lastIndexOf("function ") > (i > start ? -1 : after),
  );
  const column = lines[line]!.lastIndexOf("function ");
  expect(line - start).toBeLessThan(5);
  const map = JSON.parse(read("index.js.map"));
  const { originalSource, originalLine, originalColumn } = new SourceMap(map).findEntry(
    line,
    column,
  ) as SourceMapping;
  const source = map.sourcesContent[map.sources.indexOf(originalSource)].split("\n")[originalLine];
  expect(source.slice(originalColumn)).toMatch(/^(export )?function /);
  expect(map.sourcesContent.join("")).not.toContain("variableImport_");
});
