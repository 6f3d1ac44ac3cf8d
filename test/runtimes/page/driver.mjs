// Does what a person does on the page of examples/browser, and reads what they see.

import assert from "node:assert/strict";

/** Takes seconds, even without compilation: Firefox in some virtual machines is 100 times slower than Chromium. */
export const QUICK = { layers: 1, hidden: 16, iterations: 100, batch: 10, seq: 10 };

/** Trains until it is stopped. */
export const LONG = { ...QUICK, iterations: 100_000 };

const TEXT = "All is well that ends well. ".repeat(150);

export async function chooseSample(page) {
  await page.getByRole("button", { name: "Use a sample" }).click();
}

export async function chooseText(page, name = "well.txt", text = TEXT) {
  await page.locator("#file").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
}

/** Fills in the form and presses its button. */
export async function begin(page, settings = QUICK) {
  const details = page.locator("details:has([name=lr])");
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  for (const [name, value] of Object.entries(settings)) {
    await write(page.locator(`[name=${name}]`), String(value));
  }
  await page.locator("#begin").click();
}

/** Types into a field: in Firefox, Playwright's `fill` appends to the content of a number field. */
export async function write(field, text) {
  await field.press("Control+a");
  await field.pressSequentially(text);
}

export const press = (page, name) => page.getByRole("button", { name }).click();

export const textOf = (page, id) => page.locator(`#${id}`).innerText();

/** Returns the iteration that the page shows. */
export async function iteration(page) {
  return Number((await textOf(page, "iteration")).split(" of ")[0].replaceAll(",", ""));
}

/** Waits until `see` returns true. @throws Error with what was expected and what the page shows */
export async function until(what, page, see, seconds = 60) {
  const end = performance.now() + 1000 * seconds;
  while (!(await see())) {
    if (performance.now() > end) {
      const shown = await page.locator("#run").innerText();
      const notice = await textOf(page, "notice");
      assert.fail(`waited ${seconds} s until ${what}; the page shows\n${notice}\n${shown}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const untilPhase = (page, phase) =>
  until(phase, page, async () => (await textOf(page, "phase")) === phase);

export const untilIteration = (page, least) =>
  until(`iteration ${least}`, page, async () => (await iteration(page)) >= least);

/** Waits until a run is stored that a reload finds. */
export const untilSamples = (page, least = 1) =>
  until(`${least} samples`, page, async () => (await page.locator("#samples li").count()) >= least);

export async function untilNotice(page, words) {
  await until(`"${words}"`, page, async () => (await textOf(page, "notice")).includes(words));
  return textOf(page, "notice");
}

/** Returns how far content overflows the page's right edge, in pixels. */
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Returns the model that the page saves: the bytes of its download. */
export async function saved(page) {
  // Some browsers do not show downloads to their driver, so the bytes are taken where the page makes them.
  await page.evaluate(() => {
    const { createObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      globalThis.downloaded = blob;
      return createObjectURL(blob);
    };
  });
  await press(page, "Save the model");
  await until("a file", page, () => page.evaluate(() => Boolean(globalThis.downloaded)));
  return Buffer.from(
    await page.evaluate(async () => [...new Uint8Array(await globalThis.downloaded.arrayBuffer())]),
  );
}
