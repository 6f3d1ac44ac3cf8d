// Builds dist/: kernels, library, worker, command line and declarations. Also makes src/runtime/kernels.ts from the kernels.
// Reports the sizes at the end. This file is longer than others because all bundles share the plugins and the list of separate files.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { basename, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { declareFields } from "./scripts/declare-fields.mjs";
import { graphMembers, internalMembers, kernelNames } from "./scripts/internal-names.mjs";
import { markRemovable } from "./scripts/mark-removable.mjs";
import { renameExports } from "./scripts/rename-exports.mjs";
import { writeKernels } from "./scripts/write-kernels.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const dist = join(root, "dist");
const src = join(root, "src") + sep;
const cli = join(src, "cli") + sep;

/**
 * The published builds. Pages load the first five as text; those that start with `run-` only run models (`unrolled/run`), and `graph` has the kernels of foreign models. The wide ones are for `unrolled/wide` in Node. The tests use them from
 * dist/named, where kernels have their long names, and "debug", which has assertions and names, and no optimisation. The passes of asconfig.json make builds smaller after gzip: "reorder-locals" numbers the locals
 * of a function by their number of uses (0.2 kB), and "dealign" drops the hints of alignment, which engines ignore (0.06 kB).
 */
const pages = ["strict", "relaxed", "run-strict", "run-relaxed", "graph"];
const releases = [...pages, "wide-strict", "wide-relaxed"];

/** Runs a script of node_modules in its own process, so that compilers run in parallel. */
async function run(script, ...args) {
  const command = [join(root, "node_modules", script), ...args];
  try {
    await promisify(execFile)(process.execPath, command, { cwd: root });
  } catch ({ stdout, stderr }) {
    throw new Error(`${script} ${args.join(" ")}\n${stdout}${stderr}`);
  }
}

async function compileKernels(target) {
  const own = ["run", "graph"].find((name) => target.startsWith(name));
  const config = own ? `asconfig.${own}.json` : "asconfig.json";
  await run("assemblyscript/bin/asc.js", "--config", config, "--target", target);
}

/** A byte's character is this number minus the byte, modulo 256: the smallest text after gzip. src/runtime/load.ts undoes it. */
const textShift = 122;

/** The characters that a text in quotes cannot contain in a module, and 0, which HTML pages replace. */
const escaped = /[\\"\n\r\0]/g;

/** Writes a build of dist/named to dist/wasm, with other names for its kernels. */
async function publishKernels(target, names) {
  const bytes = renameExports(await readFile(join(dist, "named", `${target}.wasm`)), names);
  await writeFile(join(dist, "wasm", `${target}.wasm`), bytes);
}

/**
 * Writes a build's bytes as a module with a text, which bundlers and browsers load without any configuration. The text has
 * one character from U+0000 to U+00FF per byte. After gzip it is a quarter smaller than base64.
 */
async function inlineKernels(folder, target) {
  const bytes = await readFile(join(dist, folder, `${target}.wasm`));
  const text = Array.from(bytes, (byte) => String.fromCharCode((textShift - byte) & 255))
    .join("")
    .replace(escaped, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
  await writeFile(join(dist, folder, `${target}.js`), `export default "${text}";\n`);
  await writeFile(
    join(dist, folder, `${target}.d.ts`),
    "declare const text: string;\nexport default text;\n",
  );
}

/** Keeps `import("#wasm/strict.js")` a dynamic import of a file next to the bundle: only the chosen build is downloaded. */
const separateKernels = {
  name: "separate-kernels",
  setup({ onResolve }) {
    onResolve({ filter: /^#wasm\// }, ({ path }) => ({ path: path.replace("#", "./"), external: true }));
  },
};

/** Pairs of a folder or file and the bundle that exports it. Other bundles import that bundle instead of including a copy. */
const bundles = [
  [join(src, "tasks") + sep, "./tasks.js"],
  [join(src, "tables") + sep, "./tasks.js"],
  [join(root, "worker", "thread.ts"), "./thread.js"],
  [join(root, "worker", "trainer-worker.ts"), "./trainer-worker.js"],
  [join(src, "run") + sep, "./run.js"],
  [join(src, "graph") + sep, "./graph.js"],
  [join(src, "formats") + sep, "./formats.js"],
  [src, "./index.js"],
];

/** Platforms without workers that import compiled kernels. `edgeBundles` are the bundles that differ there. */
const edges = ["workerd", "edge-light"];
const edgeBundles = ["./thread.js", "./index.js"];

/**
 * Turns imports of files that are in another bundle into imports of that bundle. Files in `own` belong to this bundle. Some
 * files have a version for Node or for the edge platforms, and some bundles have a version for each edge platform.
 */
const bundleImports = (own, platform = "", library = "./index.js") => ({
  name: "bundle-imports",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      if (kind === "entry-point") return undefined;
      const file = resolve(resolveDir, path);
      if (own.some((place) => file.startsWith(place)) || file.endsWith(".node.ts")) return undefined;
      const found = bundles.find(([place]) => file.startsWith(place))?.[1];
      const bundle = found === "./index.js" ? library : found;
      if (bundle) {
        const twin = edges.includes(platform) && edgeBundles.includes(bundle);
        return { path: twin ? bundle.replace(".js", `.${platform}.js`) : bundle, external: true };
      }
      const twin = file.replace(/\.ts$/, edges.includes(platform) ? ".edge.ts" : `.${platform}.ts`);
      return platform && existsSync(twin) ? { path: twin } : undefined;
    });
  },
});

/** The files of the edge's bundles. */
const edgeFiles = [join(src, "edge") + sep, join(src, "runtime", "runtime-options.ts")];

/** Keeps the edge's files of `unrolled/run` in its bundle, and imports all others from dist/run.js. */
const runImports = bundleImports(edgeFiles, "", "./run.js");

/** Checks of values and of options, which all bundles share. */
const checks = ["options.ts", "schema.ts", "checks.ts"];

/**
 * Files that are separate bundles. The error class and the checks of options are separate because a page that only talks to a
 * worker needs nothing else of the library. Reading and writing of files is separate because the command line and
 * `unrolled/storage` share it. The wide kernels are separate because the command line and `unrolled/wide` share them.
 */
const separate = {
  [join(src, "errors.ts")]: "./errors.js",
  ...Object.fromEntries(checks.map((file) => [join(src, file), "./checks.js"])),
  [join(src, "storage", "files.node.ts")]: "./files.node.js",
  [join(src, "wide", "wide.node.ts")]: "./wide.js",
};

/** Bundles with a copy of the checks, because a file less is 0.5 ms less from import to first step. */
const alone = ["run.js"];

const separateFiles = (outfile) => ({
  name: "separate-files",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      const bundle = kind === "entry-point" ? undefined : separate[resolve(resolveDir, path)];
      if (bundle === "./checks.js" && alone.includes(basename(outfile))) return undefined;
      return bundle && bundle !== `./${basename(outfile)}` ? { path: bundle, external: true } : undefined;
    });
  },
});

/**
 * Edits the library for the bundlers of pages:
 * - Leaves out the declarations of fields without a value, which constructors set anyway: 0.25 kB less for a page.
 * - Keeps the comments that tell bundlers to leave an import of a variable address alone. Minifying would drop these comments. A
 *   name of the same length stands for them meanwhile, so that the columns in the source map stay correct.
 * - Marks the objects `nn` and `optim` as free of side effects. A page that uses neither then does not include all modules and
 *   optimisers: 2.4 kB less for a page that runs a classifier.
 * - Marks the values of src/removable.ts: 0.9 kB less for a page that runs an ONNX file, 0.4 kB less for one that runs a classifier.
 * - Moves the end of a line before `?.`: TypeScript takes `?.` at the end of a line for unfinished code.
 */
const editForBundlers = {
  name: "edit-for-bundlers",
  setup({ initialOptions, onLoad, onEnd }) {
    const comments = "import(/* webpackIgnore: true */ /* @vite-ignore */ ";
    const standIn = `${"variableImport".padEnd(comments.length - 1, "_")}(`;
    initialOptions.write = false;
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = declareFields(await readFile(path, "utf8"));
      return { contents: text.replace(comments, standIn), loader: "ts" };
    });
    onEnd(async ({ outputFiles }) => {
      for (const { path, text } of outputFiles) {
        if (!text.includes(standIn)) throw new Error(`${path} has no import of a variable address`);
        const edited = (path.endsWith(".js") ? markRemovable(text) : text)
          .replace(standIn, comments)
          .replaceAll("?.\n", "\n?.")
          .replace(
            /\bvar ([\w$]+)=\{\};(\s*)([\w$]+)\(\1,/g,
            "var $1=/* @__PURE__ */((o,e)=>($3(o,e),o))($2{},",
          );
        await writeFile(path, edited);
      }
    });
  },
};

/** The first line of bundles that contain code of other packages without their notices. */
const notice = "/*! Contains code of other packages: see LICENSES.txt of unrolled */";

/**
 * Turns `require("fs")` of CommonJS packages into an import, since ES modules have no `require`. `createRequire(import.meta.url)`
 * would fail if an application is bundled to CommonJS. `require` returns the default export of Node's module.
 */
const importNode = {
  name: "import-node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === "require-call" && isBuiltin(path) ? { path, namespace: "required" } : undefined,
    );
    onLoad({ filter: /./, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require("imported:${path.replace("node:", "")}").default;`,
    }));
    onResolve({ filter: /^imported:/ }, ({ path }) => ({ path, namespace: "imported" }));
    onLoad({ filter: /./, namespace: "imported" }, ({ path }) => ({
      contents: `export { default } from "${path.replace("imported", "node")}";`,
    }));
  },
};

/** The folders of packages whose code is in a bundle. */
const bundledPackages = new Set();

async function bundle(entry, outfile, { plugins = [], ...options }) {
  if (!existsSync(join(root, entry))) return;
  const { metafile, mangleCache } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    lineLimit: 120, // Node prints the whole line of an uncaught error
    sourcemap: "linked",
    logLevel: "warning",
    plugins: [separateFiles(outfile), ...plugins],
    metafile: true,
    ...options,
  });
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const file of Object.keys(inputs)) {
      const folder = /^.*\bnode_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0];
      if (folder) bundledPackages.add(folder);
    }
  }
  return mangleCache;
}

/**
 * Modules that come first in the library's bundle. In this order like modules are nearer to each other than in the order of
 * src/index.ts, and gzip looks back only 32 kB: 0.26 kB less for a page with a language model, 0.7 kB less for everything.
 */
const firstModules = [
  ...["data/text-batches", "data/sequence-source", "io/safetensors", "train/recipe", "data/words"],
  ...["runtime/runtime", "models/language-model/model", "train/checkpoint", "train/trainer"],
];

/** Bundles the library and returns the short names that it has for kernels: 0.5 kB less of JavaScript and 0.25 kB of each build. */
async function bundleLibrary() {
  await bundle("src/errors.ts", "dist/errors.js", {
    platform: "browser",
    minifyWhitespace: true, // and no identifiers: Node prints the name of the class
  });
  const contents = checks.map((file) => `export * from "./${file}";`).join("\n");
  await bundle("src/checks.ts", "dist/checks.js", {
    platform: "browser",
    minify: true,
    entryPoints: [],
    stdin: { contents, resolveDir: src },
  });
  const names = await bundleModels(
    "index.ts",
    "dist/index.js",
    {},
    firstModules,
    exportsOf(sharedByFinetune),
  );
  await bundleModels("run/index.ts", "dist/run.js", names, ["network/open-model"], exportsOf(sharedByGraph));
  await bundleGraph(names);
  return names;
}

/** The readers of foreign models: folders of src/formats that are entries of the package. */
const formats = ["onnx", "keras", "tfjs", "torch"];

/** What graphs use of dist/run.js, by name: the files that export it. A page of both downloads it once. */
const sharedByGraph = {
  activationCode: "autograd/activation",
  CELLS: "autograd/cells",
  decode: "runtime/load",
  FLOATS: "nn/stream/packing",
  "freeLayer, packLayer": "nn/stream/layer",
  packedSize: "runtime/packed-size",
  sizeOf: "runtime/shapes",
};

/** What fine-tuning uses of dist/index.js: the classes of which an object must be one. */
const sharedByFinetune = {
  Runtime: "runtime/runtime",
  "expectShape, runtimeOf, runtimeOfFloats": "runtime/tensor",
};

/** Returns the exports of such a list. */
const exportsOf = (shared) =>
  Object.entries(shared)
    .map(([names, file]) => `export { ${names} } from "./${file}.ts";`)
    .join("\n");

/** Turns imports of the files of such a list into imports of a bundle. */
const importsOf = (shared, bundle) => ({
  name: "shared-imports",
  setup({ onResolve }) {
    const files = Object.values(shared).map((file) => join(src, `${file}.ts`));
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) =>
      files.includes(resolve(resolveDir, path)) ? { path: bundle, external: true } : undefined,
    );
  },
});

/** The readers that can write, too. Writers are files of their own, which bundlers leave out if a page only reads. */
const writers = ["onnx", "keras", "torch"];

const separateWriters = {
  name: "separate-writers",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/export\.ts$/ }, ({ kind, resolveDir }) =>
      kind === "entry-point" ? undefined : { path: `./${basename(resolveDir)}-export.js`, external: true },
    );
  },
};

/** The code of src/graph that only the reader of ONNX files needs: it fuses nodes, and has operators that no layer of others becomes. */
const onnxOnly = [join(src, "graph", "fuse") + sep, join(src, "graph", "operators", "onnx") + sep];

/** Imports of src/graph from other bundles. Each has a copy of the numbers that kernels know. */
const graphImports = {
  name: "graph-imports",
  setup({ onResolve }) {
    const graph = join(src, "graph") + sep;
    const copied = [...onnxOnly, join(src, "graph", "graph-kernels.ts")];
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      const isShared = file.startsWith(graph) && !copied.some((place) => file.startsWith(place));
      return kind !== "entry-point" && isShared ? { path: "./graph.js", external: true } : undefined;
    });
  },
};

/** Files of the library whose classes and functions the command line's bundle of formats shares with it. */
const shared = ["models", "data/vocabulary.ts", "data/feature-scaling.ts", "autograd/softmax.ts"];

/** Imports of these files from the command line's bundle of formats. */
const sharedImports = {
  name: "shared-imports",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      const isShared = shared.some((place) => file.startsWith(join(src, place)));
      return isShared ? { path: "./index.js", external: true } : undefined;
    });
  },
};

/**
 * Bundles what runs foreign models, and a reader for each format. Each has a copy of the few modules that it shares with the library, so
 * that a page of `unrolled/run` downloads nothing else of the library. Platforms that forbid compiling get the kernels as a module.
 * The command line has a bundle of all readers and writers, with a copy of what runs graphs.
 *
 * @param names short names for kernels and internal members
 */
async function bundleGraph(names) {
  const options = { platform: "browser", minify: true };
  const mangleProps = new RegExp(`^(${[...Object.keys(names), ...graphMembers].join("|")})$`);
  const mangleCache = await bundle("src/graph/index.ts", "dist/graph.js", {
    ...options,
    mangleProps,
    mangleCache: names,
    plugins: [separateKernels, importsOf(sharedByGraph, "./run.js")],
  });
  const short = { mangleProps, mangleCache };
  await bundle("src/formats/index.ts", "dist/formats.js", {
    ...options,
    ...short,
    plugins: [separateKernels, sharedImports],
  });
  await bundle("src/finetune/index.ts", "dist/finetune.js", {
    ...options,
    ...short,
    plugins: [separateKernels, graphImports, importsOf(sharedByFinetune, "./index.js")],
  });
  for (const format of writers) {
    await bundle(`src/formats/${format}/export.ts`, `dist/${format}-export.js`, {
      ...options,
      ...short,
      plugins: [separateKernels, graphImports],
    });
  }
  for (const format of formats) {
    // operators of ONNX first, next to those of dist/graph.js: 0.6 kB less of a page, since gzip looks back only 32 kB
    const order = format === "onnx" ? 'import "./graph/operators/onnx/index.ts";' : "";
    await bundle(`src/formats/${format}/index.ts`, `dist/${format}.js`, {
      ...options,
      ...short,
      entryPoints: [],
      stdin: { contents: `${order} export * from "./formats/${format}/index.ts";`, resolveDir: src },
      logOverride: { "ignored-bare-import": "silent" }, // the import only gives the order
      plugins: [separateKernels, graphImports, importsOf(sharedByGraph, "./run.js"), separateWriters],
    });
    for (const [platform, query] of [
      ["workerd", ""],
      ["edge-light", "?module"],
    ]) {
      const text = `import kernels from "./wasm/graph.wasm${query}";
import { useKernels } from "./graph.js";
useKernels(kernels);
export * from "./${format}.js";
`;
      await writeFile(join(dist, `${format}.${platform}.js`), text);
    }
  }
}

/**
 * Bundles an entry that pages import.
 *
 * @param names short names for kernels, which the result completes
 * @param first modules that come first
 * @param more exports for other bundles of the package, which its types do not have
 */
function bundleModels(entry, outfile, names, first, more = "") {
  const order = first.map((file) => `import "./${file}.ts";`).join("\n");
  return bundle(`src/${entry}`, outfile, {
    platform: "browser",
    minify: true,
    entryPoints: [],
    stdin: { contents: `${order}\nexport * from "./${entry}";\n${more}`, resolveDir: src },
    logOverride: { "ignored-bare-import": "silent" }, // the imports only give the order
    mangleProps: new RegExp(`^(${[...kernelNames(), ...internalMembers].join("|")})$`),
    define: { "Number.POSITIVE_INFINITY": "Infinity", "Number.NaN": "NaN" }, // Infinity becomes 1/0
    mangleCache: names, // so that esbuild returns the new names
    plugins: [separateKernels, editForBundlers],
  });
}

async function bundleTasks() {
  const rooms = ["tasks", "tables"].map((room) => join(src, room) + sep);
  await bundle("src/tasks/index.ts", "dist/tasks.js", {
    platform: "browser",
    minifyIdentifiers: true, // other minifying would drop the comments that tell bundlers which tasks they may leave out
    // The estimate of memory is not public, and has no state: a copy of its 2 kB does no harm.
    plugins: [bundleImports([...rooms, join(src, "network", "training-memory.ts")])],
  });
}

/** Bundles the library for platforms that import compiled kernels. The bundle is dist/index.js without the loading of kernels. */
async function bundleEdge() {
  for (const platform of edges) {
    await bundle(`src/edge/${platform}.ts`, `dist/index.${platform}.js`, {
      platform: "browser",
      minify: true,
      sourcemap: false,
      plugins: [separateKernels, bundleImports(edgeFiles)],
    });
    await bundle(`src/edge/run.${platform}.ts`, `dist/run.${platform}.js`, {
      platform: "browser",
      minify: true,
      sourcemap: false,
      plugins: [separateKernels, runImports],
    });
  }
}

/**
 * Bundles the code of the caller's thread, the code of the worker, and the code that runs without a worker. The first two have
 * one version for Web Workers and one for Node's threads. The worker's script is a separate file, which bundlers for pages find
 * by its URL.
 */
async function bundleWorker() {
  const entries = {
    worker: "connect.ts",
    thread: "thread.ts",
    serve: "serve.ts",
    "trainer-worker": "trainer-worker.ts",
  };
  const outputs = {
    "": Object.keys(entries),
    node: ["worker", "serve", "trainer-worker"],
    ...Object.fromEntries(edges.map((platform) => [platform, ["worker", "thread"]])),
  };
  for (const [platform, files] of Object.entries(outputs)) {
    for (const file of files) {
      await bundle(`worker/${entries[file]}`, `dist/${[file, platform].filter(Boolean).join(".")}.js`, {
        platform: "browser",
        minifyIdentifiers: true, // other minifying would drop the comments that tell bundlers what to leave alone
        sourcemap: edges.includes(platform) ? false : "linked",
        external: ["node:*"],
        plugins: [bundleImports([], platform)],
      });
    }
  }
}

/** Bundles the storage for browsers and for Node, Deno and Bun; the conditions in package.json choose. */
async function bundleStorage() {
  const options = { minify: true, plugins: [bundleImports([join(src, "storage") + sep])] };
  await bundle("src/storage/indexed-db.ts", "dist/storage.js", {
    platform: "browser",
    banner: { js: notice },
    ...options,
  });
  await bundle("src/storage/disk.node.ts", "dist/storage.node.js", { platform: "node", ...options });
  await bundle("src/storage/files.node.ts", "dist/files.node.js", {
    platform: "node",
    minify: true,
  });
}

/** Bundles the handler of requests, with a copy of the few functions that cut texts, so that it runs with either entry of the library. */
async function bundleHandler() {
  await bundle("src/handler/index.ts", "dist/handler.js", { platform: "browser", minify: true });
  await bundle("src/handler/node.node.ts", "dist/handler-node.js", { platform: "node", minify: true });
}

async function bundleWide() {
  await bundle("src/wide/wide.node.ts", "dist/wide.js", {
    platform: "node",
    minifyIdentifiers: true,
    plugins: [bundleImports([join(src, "wide") + sep])],
  });
}

/** Keeps the drawing of SVG a dynamic import of the command line, because it is half a megabyte that few commands need. */
const separateDrawing = {
  name: "separate-drawing",
  setup({ onResolve }) {
    onResolve({ filter: /\/svg-chart\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./svg-chart.js", external: true } : undefined,
    );
  },
};

/** The parts of a search, which the library exports only as a whole. A worker of a study puts them together otherwise. */
const searching = [join(src, "search") + sep, join(src, "data", "shuffle.ts")];

async function bundleCommandLine() {
  await bundle("src/cli/main.ts", "dist/cli.js", {
    platform: "node",
    banner: { js: `#!/usr/bin/env node\n${notice}` },
    sourcesContent: false, // 0.1 MB of the package, and no bundler reads this file
    plugins: [importNode, separateDrawing, bundleImports([cli, ...searching], "node")],
  });
}

/** Bundles only the code of ECharts that is used. It is a hundredth of what users would otherwise install. */
async function bundleDrawing() {
  await bundle("src/cli/svg-chart.ts", "dist/svg-chart.js", {
    platform: "node",
    minify: true,
    sourcemap: false, // it would be larger than the rest of the package
    banner: { js: notice },
  });
}

/** Reads a package's licence and notice with their file names; some packages have them at the end of the README. */
async function licencesOf(folder) {
  const name = folder.replace(/^.*\bnode_modules\//, "");
  const files = await readdir(join(root, folder));
  const read = (file) => readFile(join(root, folder, file), "utf8");
  const own = files.filter((file) => /^(licen[cs]e|notice)\b/i.test(file)).sort();
  if (own.length > 0) return Promise.all(own.map(async (file) => `${name}/${file}\n\n${await read(file)}`));
  const readme = files.find((file) => /^readme\b/i.test(file));
  const licence = readme && /^#* *licen[cs]e\b.*\bcopyright\b.*/ims.exec(await read(readme));
  if (!licence) throw new Error(`${name} is bundled, but has no licence to include`);
  return [`${name}/${readme}\n\n${licence[0]}`];
}

/** Writes the licences of bundled packages, which must be distributed with their code. */
async function writeLicences() {
  const texts = await Promise.all([...bundledPackages].sort().map(licencesOf));
  await writeFile(join(dist, "LICENSES.txt"), texts.flat().join("\n\n"));
}

/** Starts the command line once. The build fails here if the command line imports a name that the library does not export. */
async function linkCommandLine() {
  const file = join(dist, "cli.js");
  if (!existsSync(file)) return;
  await chmod(file, 0o755);
  await run("../dist/cli.js", "--help");
  await import(pathToFileURL(join(dist, "formats.js")).href);
}

async function emitDeclarations() {
  await rm(join(dist, "types"), { recursive: true, force: true });
  await run("typescript/bin/tsc", "-p", "tsconfig.build.json");
}

/** Prints a line for each published file. */
async function reportSizes() {
  for (const folder of ["", "wasm/"]) {
    for (const name of (await readdir(join(dist, folder))).sort()) {
      if (!/\.(js|wasm)$/.test(name)) continue;
      const bytes = await readFile(join(dist, folder, name));
      const zipped = gzipSync(bytes, { level: 9 });
      console.log(`dist/${(folder + name).padEnd(24)} ${kilobytes(bytes)} ${kilobytes(zipped)} gzip`);
    }
  }
}

function kilobytes({ length }) {
  return `${(length / 1000).toFixed(1)} kB`.padStart(10);
}

async function makeKernels(target, library) {
  await compileKernels(target);
  await publishKernels(target, await library);
  const folders = pages.includes(target) ? ["named", "wasm"] : ["named"];
  await Promise.all(folders.map((folder) => inlineKernels(folder, target)));
}

async function buildAll() {
  writeKernels();
  await mkdir(join(dist, "wasm"), { recursive: true });
  const library = bundleLibrary();
  await Promise.all([
    library,
    ...releases.map((target) => makeKernels(target, library)),
    compileKernels("debug"),
    bundleTasks(),
    bundleEdge(),
    bundleWorker(),
    bundleStorage(),
    bundleHandler(),
    bundleWide(),
    bundleCommandLine(),
    bundleDrawing(),
    emitDeclarations(),
  ]);
  await writeLicences();
  await linkCommandLine();
}

buildAll()
  .then(reportSizes)
  .catch((error) => {
    console.error(`build: ${error.message}`);
    process.exit(1);
  });
