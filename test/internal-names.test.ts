import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { graphMembers, internalMembers, kernelNames } from "../scripts/internal-names.mjs";
import { renameExports } from "../scripts/rename-exports.mjs";
import { wasmOf } from "./builds.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const filesOf = (folder: string, end: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));

/** Returns which of the names follow a dot in a text. */
const used = (names: readonly string[], text: string) =>
  names.filter((name) => new RegExp(`\\.${name.replaceAll("$", "\\$")}(?![\\w$])`).test(text));

it("renames no member that a user sees", () => {
  const member = new RegExp(
    `^ +(?:[a-z]+ )*(?:${[...internalMembers, ...kernelNames()].join("|")})[?]?[(:<]`,
    "m",
  );
  const types = filesOf("dist/types", ".d.ts").filter((file) => !file.endsWith("kernels.d.ts"));
  expect(types.length).toBeGreaterThan(100);
  expect(types.filter((file) => member.test(read(file).replace(/\/\*.*?\*\//gs, "")))).toEqual([]);
});

it("renames no member that code outside the library's bundle uses", () => {
  const outside = ["src/cli", "src/edge", "src/handler", "src/storage", "src/tasks", "worker"];
  const files = outside.flatMap((folder) => filesOf(folder, ".ts"));
  const names = [...internalMembers, ...kernelNames()];
  expect(files.filter((file) => used(names, read(file)).length > 0)).toEqual([]);
});

it("renames every use in the library", () => {
  const library = read("dist/index.js");
  expect(used([...internalMembers, ...kernelNames()], library)).toEqual([]);
  expect(used(["requiresGrad"], library)).toEqual(["requiresGrad"]);
});

it("renames no member of a graph that a user sees", () => {
  const files = ["model", "stream", "arrays", "graph"].map((name) => `src/graph/${name}.ts`);
  const shown = files.flatMap((file) => [...read(file).matchAll(/^ {2}(?:readonly |get )?(\w+)[?(:]/gm)]);
  const names = shown.map(([, name]) => name!);
  expect(names).toContain("outputs");
  expect(names.filter((name) => graphMembers.includes(name))).toEqual([]);
});

it("renames every use in the bundles of graphs", () => {
  for (const name of ["graph", "onnx", "keras", "tfjs", "torch", "finetune", "formats"])
    expect(used([...graphMembers, ...kernelNames()], read(`dist/${name}.js`)), name).toEqual([]);
});

for (const build of ["strict", "relaxed"] as const) {
  it(`gives the ${build} build the library's names and changes nothing else of it`, () => {
    const named = wasmOf(build);
    const published = new Uint8Array(readFileSync(join(root, `dist/wasm/${build}.wasm`)));
    const [before, after] = [named, published].map((wasm) =>
      WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name),
    );
    const changed = before!.filter((name, i) => name !== after![i]);
    expect(changed.sort()).toEqual([...kernelNames()].sort());
    const back = Object.fromEntries(after!.map((name, i) => [name, before![i]!]));
    expect(renameExports(published, back)).toEqual(Buffer.from(named));
    const library = read("dist/index.js");
    expect(used(after!, library).length).toBe(used(before!, library).length + changed.length);
  });
}

it("renames exports to names of any length", () => {
  const long = "k".repeat(200);
  const module = new WebAssembly.Module(renameExports(wasmOf("strict"), { gemm: long }));
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  expect(names).toContain(long);
  expect(names).not.toContain("gemm");
  expect(names).toContain("gemm_tn");
});
