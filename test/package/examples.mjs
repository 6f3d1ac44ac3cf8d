// Pages of examples/ in Chromium, with the installed package.

import { strict as assert } from "node:assert";
import { cp, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import * as vite from "vite";
import { openBrowser } from "../runtimes/browsers.mjs";
import { run, runScript } from "./consumer.mjs";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const packages = fileURLToPath(new URL("node_modules/", import.meta.url));

/** What the page of examples/react needs beside `unrolled`. */
const REACT = ["react", "react-dom", "@types/react", "@types/react-dom", "vite"];

/** ms that a page may take to show something. */
const LONGEST = 60_000;

/** @param {string} project a folder in which the package is installed */
export function* exampleChecks(project) {
  const folder = join(project, "..", "examples");
  yield [
    "examples/type: trains its model, and answers at every key",
    async () => {
      await copyExample("type", folder, project);
      await run(process.execPath, ["train.mjs"], { cwd: join(folder, "type") });
      const server = await serveWithEsbuild(join(folder, "type"));
      await onPage(server, answersAtEveryKey);
    },
  ];
  yield [
    "examples/first-page: counts",
    async () => {
      await copyExample("first-page", folder, project);
      await onPage(await serveWithVite(join(folder, "first-page")), counts);
    },
  ];
  yield [
    "examples/keep: trains on a file, and keeps the finished model over a reload",
    async () => {
      await copyExample("keep", folder, project);
      await onPage(await serveWithVite(join(folder, "keep")), keepsFinishedModels);
    },
  ];
  yield [
    "examples/react: has no wrong type",
    async () => {
      await copyExample("react", folder, project);
      await runScript("typescript/bin/tsc", ["-p", join(folder, "react")]);
    },
  ];
  yield [
    "examples/react: trains, is cancelled, and writes names",
    async () => {
      await copyExample("react", folder, project);
      await onPage(await serveWithVite(join(folder, "react")), trainsAndCancels);
    },
  ];
}

/** Copies an example and the data, and links the packages that it imports. */
async function copyExample(name, folder, project) {
  await cp(join(examples, "data"), join(folder, "data"), { recursive: true });
  await cp(join(examples, name), join(folder, name), { recursive: true });
  const links = { unrolled: join(project, "node_modules", "unrolled") };
  for (const needed of REACT) links[needed] = join(packages, needed);
  for (const [link, target] of Object.entries(links)) {
    const path = join(folder, "node_modules", link);
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path, "junction").catch((error) => assert.equal(error.code, "EEXIST"));
  }
}

/** The command of the example's README. */
async function serveWithEsbuild(root) {
  const context = await esbuild.context({
    absWorkingDir: root,
    entryPoints: ["main.js"],
    bundle: true,
    format: "esm",
    outdir: "out",
    logLevel: "error",
  });
  const { port } = await context.serve({ servedir: root, host: "127.0.0.1", port: 0 });
  return { url: `http://127.0.0.1:${port}/`, close: () => context.dispose() };
}

/** Builds a page with its own configuration and serves it. */
async function serveWithVite(root) {
  await vite.build({ root, logLevel: "error" });
  const server = await vite.preview({ root, preview: { host: "127.0.0.1", port: 0 }, logLevel: "error" });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}

/** Opens the served page and drives it; ends the server. @throws Error with what the page has logged */
async function onPage(server, drive) {
  const browser = await openBrowser("chromium");
  const page = await browser.newPage();
  page.setDefaultTimeout(LONGEST);
  const logged = [];
  page.on("pageerror", (error) => logged.push(error.message));
  page.on("console", (message) => message.type() === "error" && logged.push(message.text()));
  try {
    await page.goto(server.url);
    await drive(page);
    assert.deepEqual(
      logged.filter((text) => !text.includes("404")),
      [],
    ); // there is no icon
  } catch (error) {
    error.message = [error.message, ...logged].join("\n");
    throw error;
  } finally {
    await browser.close();
    await server.close();
  }
}

async function counts(page) {
  const written = page.locator("#written");
  await written.and(page.locator(":not(:empty)")).waitFor();
  // The relaxed build's last bits differ between processors, so the test asks for numbers, not for certain ones.
  const numbers = (await written.innerText()).split(", ").slice(0, 4);
  for (const number of numbers)
    assert.match(number, /^(twen|thir|for|fif|six|seven|eigh|nine)ty(-[a-z]{3,5})?$/);
  assert.equal(await page.locator("#bar").evaluate((bar) => bar.value), 1);
}

async function keepsFinishedModels(page) {
  const [text, answer, state] = ["#text", "#answer", "#state"].map((id) => page.locator(id));
  const bar = () => page.locator("#bar").evaluate((progress) => progress.value);
  const choose = (name) => page.locator("#file:enabled").setInputFiles(join(examples, "data", name));
  const chooseAndCancel = async (name) => {
    await choose(name);
    await state.getByText("held-out").waitFor(); // after a validation, at which a store would have the new model
    assert.ok((await bar()) > 0);
    await page.getByRole("button", { name: "Cancel" }).click();
    await state.getByText("Cancelled.").waitFor();
    await page.locator("#file:enabled").waitFor();
  };

  await chooseAndCancel("reviews.tsv");
  await page.reload();
  await page.locator("#file:enabled").waitFor();
  assert.ok(await text.isDisabled(), "there is a model, although the training was cancelled");

  await choose("reviews.tsv");
  await text.and(page.locator(":enabled")).waitFor();
  await page.locator("#file:enabled").waitFor();
  assert.equal(await bar(), 1);
  assert.match(await state.innerText(), /^[78]\d% of the held-out texts are right$/);
  await text.pressSequentially("The food was great");
  await answer.getByText(/^positive, \d\d%$/).waitFor();
  const before = await answer.innerText();
  await text.fill("  ");
  await page.waitForFunction(() => document.getElementById("answer").value === "");

  await chooseAndCancel("names.tsv");
  await page.reload();
  await text.and(page.locator(":enabled")).waitFor();
  await text.fill("The food was great");
  await answer.getByText(before).waitFor();

  await choose("passengers.csv");
  await state.getByText(/^It failed: passengers\.csv: 118 labels of 144 examples/).waitFor();
}

async function answersAtEveryKey(page) {
  const answer = () => page.locator("#answer").innerText();
  const bar = () => page.locator("#bar").evaluate((meter) => meter.value);
  await page.locator("textarea:enabled").waitFor();
  assert.match(await answer(), /^blame, \d+%$/);

  const seen = [];
  await page.locator("textarea").fill("");
  for (const word of ["The", " food", " was", " great"]) {
    await page.locator("textarea").pressSequentially(word);
    seen.push(await bar());
  }
  assert.equal(new Set(seen).size, seen.length, "each word changes the bar");
  assert.match(await answer(), /^praise, 9\d%$/);
  assert.ok(seen.at(-1) > 0.9, `the bar is at ${seen.at(-1)}`);

  const effects = await page.locator("#words span").evaluateAll((spans) =>
    spans.map(({ textContent, dataset, style }) => ({
      word: textContent,
      effect: Number(dataset.effect),
      colour: style.background,
    })),
  );
  assert.deepEqual(
    effects.map(({ word }) => word),
    ["the", "food", "was", "great"],
  );
  const strongest = effects.reduce((a, b) => (b.effect > a.effect ? b : a));
  assert.equal(strongest.word, "great");
  assert.match(strongest.colour, /^rgba?\(/);

  await page.locator("textarea").fill("");
  assert.equal(await answer(), "");
  assert.equal(await page.locator("#words span").count(), 0);
}

async function trainsAndCancels(page) {
  const button = (name) => page.getByRole("button", { name });
  const iteration = () => page.getByRole("progressbar").evaluate((bar) => bar.value);
  const result = page.getByRole("status");

  assert.ok(await button("Cancel").isDisabled());
  await button("Train").click();
  await page.getByText(/\d+ of 1000, loss \d/).waitFor();
  assert.ok(await button("Train").isDisabled());
  await button("Cancel").click();
  await result.getByText("Cancelled.").waitFor();
  assert.ok((await iteration()) < 1000, "it was cancelled at its end");

  await button("Train").click();
  await page.getByText(/1000 of 1000, loss/).waitFor();
  await button("Train").and(page.locator(":enabled")).waitFor();
  const names = (await result.innerText()).trim().split("\n");
  assert.ok(names.length >= 10, `wrote ${JSON.stringify(names)}`);
  for (const name of names) assert.match(name, /^[\p{L}' -]{1,30}$/u);
}
