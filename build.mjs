// Builds dist/: kernels, library, worker, command line and declarations, then reports their sizes.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const dist = join(root, "dist");
const src = join(root, "src") + sep;
const cli = join(src, "cli") + sep;

/** Builds that are published; "debug" (assertions, names, no optimisation) serves the tests. */
const releases = ["strict", "relaxed"];

/** Runs a script of node_modules in a process of its own, so that compilers run side by side. */
async function run(script, ...args) {
  const command = [join(root, "node_modules", script), ...args];
  try {
    await promisify(execFile)(process.execPath, command, { cwd: root });
  } catch ({ stdout, stderr }) {
    throw new Error(`${script} ${args.join(" ")}\n${stdout}${stderr}`);
  }
}

async function compileKernels(target) {
  await run("assemblyscript/bin/asc.js", "--target", target);
}

/** How far bytes are shifted, so that most of them are plain letters; src/runtime/load.ts shifts them back. */
const textShift = 36;

/**
 * The kernels' bytes as a module of text, which bundlers and browsers load without any configuration: a character from
 * U+0000 to U+00FF for each byte. After gzip it is a quarter smaller than base64.
 */
async function inlineKernels(target) {
  const bytes = await readFile(join(dist, "wasm", `${target}.wasm`));
  const text = Array.from(bytes, (byte) => String.fromCharCode((byte + textShift) & 255)).join("");
  await writeFile(join(dist, "wasm", `${target}.js`), `export default ${JSON.stringify(text)};\n`);
  await writeFile(
    join(dist, "wasm", `${target}.d.ts`),
    "declare const text: string;\nexport default text;\n",
  );
}

/** `import("#wasm/strict.js")` stays a dynamic import beside the bundle: only the chosen build is downloaded. */
const separateKernels = {
  name: "separate-kernels",
  setup({ onResolve }) {
    onResolve({ filter: /^#wasm\// }, ({ path }) => ({ path: path.replace("#", "./"), external: true }));
  },
};

/** What other bundles import instead of a second copy: a folder or a file, and the bundle that exports it. */
const bundles = [
  [join(src, "tasks") + sep, "./tasks.js"],
  [join(root, "worker", "thread.ts"), "./thread.js"],
  [src, "./index.js"],
];

/** Platforms that have no workers, and kernels of their own: bundles that differ there. */
const edges = ["workerd", "edge-light"];
const edgeBundles = ["./thread.js", "./index.js"];

/**
 * Imports of other bundles; what is in `own` belongs to this one. In Node some files have a twin; on platforms of the edge some
 * bundles have one.
 */
const bundleImports = (own, platform = "") => ({
  name: "bundle-imports",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      if (own.some((place) => file.startsWith(place)) || file.endsWith(".node.ts")) return undefined;
      const bundle = bundles.find(([place]) => file.startsWith(place))?.[1];
      if (bundle) {
        const twin = edges.includes(platform) && edgeBundles.includes(bundle);
        return { path: twin ? bundle.replace(".js", `.${platform}.js`) : bundle, external: true };
      }
      const twin = file.replace(/\.ts$/, ".node.ts");
      return platform === "node" && existsSync(twin) ? { path: twin } : undefined;
    });
  },
});

/** The error's class and the checks are files of their own: a page that only talks to a worker needs nothing else of the library. */
const separateChecks = {
  name: "separate-checks",
  setup({ onResolve }) {
    onResolve({ filter: /\/(errors|options|checks)\.ts$/ }, ({ kind, path, resolveDir }) => {
      const isImported = kind !== "entry-point" && dirname(resolve(resolveDir, path)) + sep === src;
      return isImported ? { path: `./${basename(path, ".ts")}.js`, external: true } : undefined;
    });
  },
};

/** Minifying drops the comments by which bundlers leave alone what is imported by an address that a variable holds. */
const variableImport = {
  name: "variable-import",
  setup({ initialOptions, onEnd }) {
    initialOptions.write = false;
    onEnd(async ({ outputFiles }) => {
      for (const { path, text } of outputFiles) {
        const left = text.replace(/\bimport\((?!")/g, "import(/* webpackIgnore: true *//* @vite-ignore */");
        await writeFile(path, left);
      }
    });
  },
};

/** At the head of bundles that contain the code of others without a notice of theirs. */
const notice = { js: "/*! Contains code of other packages: see LICENSES.txt of unrolled */" };

async function bundle(entry, outfile, { plugins = [], ...options }) {
  if (!existsSync(join(root, entry))) return;
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    plugins: [separateChecks, ...plugins],
    ...options,
  });
}

async function bundleLibrary() {
  for (const file of ["errors", "options", "checks"]) {
    await bundle(`src/${file}.ts`, `dist/${file}.js`, { platform: "browser", minify: true });
  }
  await bundle("src/index.ts", "dist/index.js", {
    platform: "browser",
    minify: true,
    plugins: [separateKernels, variableImport],
  });
}

async function bundleTasks() {
  const tasks = join(src, "tasks") + sep;
  await bundle("src/tasks/index.ts", "dist/tasks.js", {
    platform: "browser",
    minifyIdentifiers: true, // more would take the comments that tell bundlers which tasks may go
    plugins: [bundleImports([tasks])],
  });
}

/** The library with kernels that the platform imports as compiled modules: all of dist/index.js but what loads them. */
async function bundleEdge() {
  for (const platform of edges) {
    await bundle(`src/edge/${platform}.ts`, `dist/index.${platform}.js`, {
      platform: "browser",
      minify: true,
      plugins: [separateKernels, bundleImports([join(src, "edge") + sep])],
    });
  }
}

/**
 * Both ends of the worker, for Web Workers and for Node's threads, and what runs without one. The script is a file of its own,
 * which bundlers for pages find by its URL.
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
      const own = file === "thread" ? [join(root, "worker") + sep] : [];
      await bundle(`worker/${entries[file]}`, `dist/${[file, platform].filter(Boolean).join(".")}.js`, {
        platform: "browser",
        minifyIdentifiers: true, // more would take the comments that tell bundlers what to leave alone
        external: ["node:*"],
        plugins: [bundleImports(own, platform)],
      });
    }
  }
}

/** One for browsers, one for Node, Deno and Bun; package.json's conditions choose. */
async function bundleStorage() {
  const options = { minify: true, plugins: [bundleImports([join(src, "storage") + sep])] };
  await bundle("src/storage/indexed-db.ts", "dist/storage.js", {
    platform: "browser",
    banner: notice,
    ...options,
  });
  const node = { platform: "node", packages: "external" };
  await bundle("src/storage/disk.node.ts", "dist/storage.node.js", { ...node, ...options });
}

/** The drawing of SVG stays a dynamic import beside the command line: half a megabyte that few commands need. */
const separateDrawing = {
  name: "separate-drawing",
  setup({ onResolve }) {
    onResolve({ filter: /\/svg-chart\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./svg-chart.js", external: true } : undefined,
    );
  },
};

async function bundleCommandLine() {
  await bundle("src/cli/main.ts", "dist/cli.js", {
    platform: "node",
    packages: "external",
    banner: { js: "#!/usr/bin/env node" },
    plugins: [separateDrawing, bundleImports([cli], "node")],
  });
}

/** With the parts of ECharts that it uses inside: a hundredth of what users would have to install. */
async function bundleDrawing() {
  await bundle("src/cli/svg-chart.ts", "dist/svg-chart.js", {
    platform: "node",
    minify: true,
    banner: notice,
  });
}

/** The licences of what is bundled ask that they go along. */
async function writeLicences() {
  const files = [
    ...["comlink/LICENSE", "idb/LICENSE"],
    ...["echarts/LICENSE", "echarts/NOTICE", "zrender/LICENSE", "tslib/LICENSE.txt"],
  ];
  const texts = files.map(
    async (file) => `${file}\n\n${await readFile(join(root, "node_modules", file), "utf8")}`,
  );
  await writeFile(join(dist, "LICENSES.txt"), (await Promise.all(texts)).join("\n\n"));
}

/** Starts the command line once: a name that it imports and the library does not export fails the build. */
async function linkCommandLine() {
  const file = join(dist, "cli.js");
  if (!existsSync(file)) return;
  await chmod(file, 0o755);
  await run("../dist/cli.js", "--help");
}

async function emitDeclarations() {
  await rm(join(dist, "types"), { recursive: true, force: true });
  await run("typescript/bin/tsc", "-p", "tsconfig.build.json");
}

/** Prints a line for each file that was made, without those of the debug build. */
async function reportSizes() {
  for (const folder of ["", "wasm/"]) {
    for (const name of (await readdir(join(dist, folder))).sort()) {
      if (!/\.(js|wasm)$/.test(name) || name.startsWith("debug")) continue;
      const bytes = await readFile(join(dist, folder, name));
      const zipped = gzipSync(bytes, { level: 9 });
      console.log(`dist/${(folder + name).padEnd(24)} ${kilobytes(bytes)} ${kilobytes(zipped)} gzip`);
    }
  }
}

function kilobytes({ length }) {
  return `${(length / 1000).toFixed(1)} kB`.padStart(10);
}

async function buildAll() {
  await mkdir(dist, { recursive: true });
  await Promise.all([
    ...releases.map((target) => compileKernels(target).then(() => inlineKernels(target))),
    compileKernels("debug"),
    bundleLibrary(),
    bundleTasks(),
    bundleEdge(),
    bundleWorker(),
    bundleStorage(),
    bundleCommandLine(),
    bundleDrawing(),
    writeLicences(),
    emitDeclarations(),
  ]);
  await linkCommandLine();
}

buildAll()
  .then(reportSizes)
  .catch((error) => {
    console.error(`build: ${error.message}`);
    process.exit(1);
  });
