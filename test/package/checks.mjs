import { strict as assert } from "node:assert";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openBrowser } from "../runtimes/browsers.mjs";
import { bundlers } from "./bundlers.mjs";
import { run, runScript } from "./consumer.mjs";
import { crossOriginChecks } from "./cross-origin.mjs";
import { edgeChecks } from "./edge.mjs";
import { exampleChecks } from "./examples.mjs";
import { installChecks } from "./install.mjs";
import { jestChecks } from "./jest.mjs";
import { nextChecks } from "./next.mjs";
import { parcelChecks } from "./parcel.mjs";
import { serve, serveWithVite } from "./serve.mjs";
import { svelteKitChecks } from "./sveltekit.mjs";
import { vite7Checks } from "./vite7.mjs";

/** ms that a page may take to answer. */
const LONGEST = 30_000;

/** What the calls of app/main.js do. */
const calls = {
  inlined: "trains",
  imported: "trains with a .wasm file",
  retried: "trains after kernels could not be fetched",
  worker: "trains in a worker",
  worklet: "runs in an AudioWorklet",
};

/** What has to be checked of an installed package: names, and functions that throw where it is not so. */
export async function* checksOf({ folder, tarball }) {
  yield ["publint", () => runScript("publint/src/cli.js", ["run", tarball, "--strict"])];
  const attw = "@arethetypeswrong/cli/dist/index.js";
  yield ["are the types wrong", () => runScript(attw, [tarball, "--profile", "esm-only"])];
  for (const resolution of ["bundler", "nodenext", "node10"]) {
    yield [`TypeScript, moduleResolution ${resolution}`, () => checkTypes(folder, resolution)];
  }

  yield ["an install brings no other package", () => checkInstalled(folder)];
  yield* installChecks({ folder, tarball });
  yield ["Node: the command line trains and saves", () => checkCommandLine(folder)];

  /** What Node gives, and so has to every browser: the same bits. */
  let expected;
  yield [
    "Node: trains, in a worker too",
    async () => {
      expected = JSON.parse(await run(process.execPath, ["node.js"], { cwd: folder }));
      assert.ok(expected.trained > 0 && expected.worker > 0, JSON.stringify(expected));
    },
  ];
  yield* jestChecks(folder, () => expected);
  yield* parcelChecks(folder);
  const browsers = {};
  for (const name of ["chromium", "firefox"]) browsers[name] = await openBrowser(name);
  for (const [name, { build, kernels, chunk, worklet }] of Object.entries(bundlers)) {
    const out = join(folder, "..", name.replace(" ", "-"));
    const answers = (browser, call, value, lost) => [
      `${name}: ${calls[call]} in ${browser}`,
      async () => assert.deepEqual(await askPage(browsers[browser], await serve(out, lost), call), value()),
    ];
    yield [
      `${name}: builds`,
      async () => {
        await writeFile(join(folder, "kernels.js"), kernels);
        await build(folder, out);
      },
    ];
    for (const browser of Object.keys(browsers)) {
      yield answers(browser, "inlined", () => expected.trained);
      yield answers(browser, "imported", () => expected.trained);
      if (chunk) yield answers(browser, "retried", () => expected.trained, chunk);
      yield answers(browser, "worker", () => expected.worker);
    }
    // Debian's Chromium never answers `addModule` where there is no screen.
    if (worklet) yield answers("firefox", "worklet", () => expected.sound);
  }
  delete process.env.NODE_ENV; // Vite's build has set it to production, which its development server would heed
  for (const [call, value] of Object.entries({ inlined: "trained", imported: "trained", worker: "worker" })) {
    yield [
      `Vite's development server: ${calls[call]}`,
      async () => {
        await writeFile(join(folder, "kernels.js"), bundlers.Vite.kernels);
        const server = await serveWithVite(folder);
        assert.deepEqual(await askPage(browsers.chromium, server, call), expected[value]);
      },
    ];
  }
  yield* crossOriginChecks(folder, browsers, () => expected);
  yield* vite7Checks(folder, browsers, () => expected);
  yield* svelteKitChecks(folder, browsers.chromium, () => expected);
  yield* nextChecks(folder, browsers.chromium, () => expected);
  for (const browser of Object.values(browsers)) await browser.close();
  yield* edgeChecks(folder);
  yield* exampleChecks(folder);
}

async function checkTypes(folder, moduleResolution) {
  const module = moduleResolution === "nodenext" ? "nodenext" : "esnext";
  const libraries = ["--target", "es2022", "--lib", "es2023,dom,dom.iterable"];
  const options = ["--noEmit", "--strict", ...libraries, "--module", module];
  await runScript("typescript/bin/tsc", ["types.ts", ...options, "--moduleResolution", moduleResolution], {
    cwd: folder,
  });
}

/** What npm has installed: the package alone, no package below it either. */
async function checkInstalled(folder) {
  const lock = await readFile(join(folder, "node_modules", ".package-lock.json"), "utf8");
  assert.deepEqual(Object.keys(JSON.parse(lock).packages), ["node_modules/unrolled"]);
  const names = await readdir(join(folder, "node_modules"));
  assert.deepEqual(
    names.filter((name) => !name.startsWith(".")),
    ["unrolled"],
  );
}

/** Needs the packages of the command line: its options, the live bar, files that are written whole. */
async function checkCommandLine(folder) {
  const unrolled = (...args) =>
    run(process.execPath, [join("node_modules", "unrolled", "dist", "cli.js"), ...args], { cwd: folder });
  await writeFile(join(folder, "text.txt"), "one two three four five six seven eight nine ten\n".repeat(20));
  const size = ["--hidden", "4", "--layers", "1", "--batch", "4", "--seq", "8", "--iters", "2"];
  await unrolled("train", "--data", "text.txt", ...size);
  const info = JSON.parse(await unrolled("info", "model.safetensors", "--json"));
  assert.equal(info.spec.hidden, 4);
  const flow = await unrolled("inspect", "model.safetensors", "--data", "text.txt", "--svg", "flow.svg");
  assert.match(flow, /distance from the loss/);
  assert.match(await readFile(join(folder, "flow.svg"), "utf8"), /^<svg/);
}

/** What the served page answers to a call; ends the server. @throws Error with what the page has logged */
async function askPage(browser, server, call) {
  const page = await browser.newPage();
  const logged = [];
  page.on("pageerror", (error) => logged.push(error.message));
  page.on("console", (message) => message.type() === "error" && logged.push(message.text()));
  try {
    await page.goto(`${server.url}#${call}`);
    const { error, value } = await Promise.race([server.answer, setTimeout(LONGEST, { error: "no answer" })]);
    if (error) throw new Error([error, ...logged].join("\n"));
    return value;
  } finally {
    await page.close();
    await server.close();
  }
}
