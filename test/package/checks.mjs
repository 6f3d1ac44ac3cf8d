import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openBrowser } from "../runtimes/browsers.mjs";
import { bundlers } from "./bundlers.mjs";
import { run, runScript } from "./consumer.mjs";
import { serve } from "./serve.mjs";

/** ms that a page may take to answer. */
const LONGEST = 30_000;

/** What has to be checked of an installed package: names, and functions that throw where it is not so. */
export async function* checksOf({ folder, tarball }) {
  yield ["publint", () => runScript("publint/src/cli.js", ["run", tarball, "--strict"])];
  const attw = "@arethetypeswrong/cli/dist/index.js";
  yield ["are the types wrong", () => runScript(attw, [tarball, "--profile", "esm-only"])];
  for (const resolution of ["bundler", "nodenext"]) {
    yield [`TypeScript, moduleResolution ${resolution}`, () => checkTypes(folder, resolution)];
  }

  /** What Node gives, and so has to every browser: the same bits. */
  let expected;
  yield [
    "Node: trains, in a worker too",
    async () => {
      expected = JSON.parse(await run(process.execPath, ["node.js"], { cwd: folder }));
      assert.ok(expected.trained > 0 && expected.worker.length === 20, JSON.stringify(expected));
    },
  ];
  const chromium = await openBrowser("chromium");
  for (const [name, { build, kernels, chunk, worklet }] of Object.entries(bundlers)) {
    const out = `${folder}/${name.replace(" ", "-")}`;
    const equals = (call, value, lost) => async () =>
      assert.deepEqual(await askPage(chromium, out, call, lost), value());
    yield [
      `${name}: builds`,
      async () => {
        await writeFile(join(folder, "kernels.js"), kernels);
        await build(folder, out);
      },
    ];
    yield [`${name}: trains`, equals("inlined", () => expected.trained)];
    yield [`${name}: trains with a .wasm file`, equals("imported", () => expected.trained)];
    yield [`${name}: trains after a start that failed`, equals("retried", () => expected.trained, chunk)];
    yield [`${name}: trains in a worker`, equals("worker", () => expected.worker)];
    if (worklet) yield [`${name}: runs in an AudioWorklet`, equals("worklet", () => expected.sound)];
  }
  await chromium.close();
}

async function checkTypes(folder, moduleResolution) {
  const module = moduleResolution === "bundler" ? "esnext" : "nodenext";
  const libraries = ["--target", "es2022", "--lib", "es2023,dom,dom.iterable"];
  const options = ["--noEmit", "--strict", ...libraries, "--module", module];
  await runScript("typescript/bin/tsc", ["types.ts", ...options, "--moduleResolution", moduleResolution], {
    cwd: folder,
  });
}

/** What the page in a folder answers to a call. @throws Error with what the page has logged */
async function askPage(browser, folder, call, lost) {
  const server = await serve(folder, lost);
  const page = await browser.newPage();
  const logged = [];
  page.on("pageerror", (error) => logged.push(error.message));
  page.on("console", (message) => message.type() === "error" && logged.push(message.text()));
  try {
    await page.goto(server.url);
    const answer = page.evaluate((call) => globalThis.app[call](), call);
    return await Promise.race([answer, setTimeout(LONGEST).then(() => assert.fail("no answer"))]);
  } catch (error) {
    throw new Error([error.message, ...logged].join("\n"));
  } finally {
    await page.close();
    server.close();
  }
}
