// Does what a person does in the studio, and reads what they see.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { inPackage } from "../../runtimes/install.mjs";

const TEXT = "All is well that ends well. ".repeat(150);

/** Opens a page of the studio by its address, such as `task/tagger`. */
export async function open(page, address) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${address}`);
  await page.waitForTimeout(100);
  await page.locator("h1").waitFor();
}

/** Chooses a file of its own on the page of a task, and waits until it has been read. */
export async function chooseText(page, name = "well.txt", text = TEXT) {
  await page.getByRole("radio", { name: /Your own data/ }).check();
  await page
    .locator("form input[type=file]")
    .first()
    .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  const note = page.locator("#start-note");
  await until("the data are read", page, async () => !/first|being read/.test(await note.innerText()));
}

/** Types into a field: in Firefox, Playwright's `fill` appends to the content of a number field. */
export async function write(field, text) {
  await field.press("Control+a");
  await field.pressSequentially(text);
  await field.press("Tab");
}

/** Changes fields of the network by their names, such as `Units in each layer`. */
export async function change(page, fields) {
  const details = page.locator("details:has-text('Change the')");
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  for (const [name, value] of Object.entries(fields)) {
    const field = details.getByLabel(name, { exact: true });
    if (typeof value === "string") await field.selectOption(value);
    else await write(field, String(value));
  }
}

/** Moves the slider whose name begins with `name`. @returns its value, which may be the end of its range */
export async function slide(page, name, value) {
  const slider = page.locator("input[type=range]").and(page.getByLabel(new RegExp(`^${name}\\b`)));
  await slider.evaluate((input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);
  return Number(await slider.inputValue());
}

export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

export const phase = (page) => page.locator(".phase").innerText();

/** Returns the figures beside the curves of a run: pairs of a name, without the button that explains it, and a value. */
export async function figures(page) {
  const found = [];
  for (const figure of await page.locator("dl.figures > div").all()) {
    const [name, value] = await figure.locator("dt, dd").allInnerTexts();
    found.push([name.replace(/\s*\?$/, ""), value]);
  }
  return found;
}

/** Returns the iteration that the page shows. */
export async function iteration(page) {
  const figure = page.locator("dl.figures > div").filter({ hasText: /^\s*Iteration\b/ });
  const text = await figure.locator("dd").innerText();
  return Number(text.split(" of ")[0].replaceAll(",", ""));
}

/** Returns the words of the page, for messages. */
export const shownBy = (page) =>
  page
    .locator("body")
    .innerText({ timeout: 5000 })
    .catch(() => "nothing");

/** Waits until `see` returns true. @throws Error with what was expected and what the page shows */
export async function until(what, page, see, seconds = 60) {
  const end = performance.now() + 1000 * seconds;
  while (!(await see())) {
    if (performance.now() > end) {
      assert.fail(`waited ${seconds} s until ${what}; the page shows\n${await shownBy(page)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const untilPhase = (page, wanted, seconds) =>
  until(
    wanted,
    page,
    async () => (await page.locator(".phase").count()) && (await phase(page)) === wanted,
    seconds,
  );

/** Stops the run, unless it has finished meanwhile. */
export async function stop(page) {
  const button = page.getByRole("button", { name: "Stop", exact: true });
  await button.click({ timeout: 2000 }).catch(() => {}); // a run that has finished cannot be stopped
  await until("the end", page, async () => /^(Stopped|Finished)$/.test(await phase(page)));
}

/** Waits until the iteration stays as it is. @returns it */
export async function untilStill(page) {
  let before;
  await until("a pause", page, async () => {
    const last = before;
    before = await iteration(page);
    await page.waitForTimeout(1000);
    return before === last;
  });
  return before;
}

export const untilIteration = (page, least) =>
  until(`iteration ${least}`, page, async () => (await iteration(page)) >= least);

export async function untilNotice(page, words) {
  const notices = page.locator(".notices");
  await until(`"${words}"`, page, async () => (await notices.innerText()).includes(words));
  return notices.innerText();
}

export const untilOffline = (page) =>
  until("kept files", page, async () => (await page.locator("footer").innerText()).includes("opens offline"));

/** Returns the picture with a title. */
export const picture = (page, title) =>
  page.locator("figure.figure").filter({ has: page.locator(`figcaption:text-is("${title}")`) });

/** Returns the numbers of a picture, as its table shows them: an object a row. */
export async function numbers(page, title) {
  const figure = picture(page, title);
  await figure.waitFor();
  const details = figure.locator("details");
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  await figure.locator("table").waitFor();
  return figure.locator("table").evaluate((table) => {
    const names = [...table.querySelectorAll("th")].map((cell) => cell.textContent);
    return [...table.querySelectorAll("tbody tr")].map((row) =>
      Object.fromEntries([...row.cells].map((cell, i) => [names[i], cell.textContent])),
    );
  });
}

/** Opens a picture of the inside by the name of its tab. */
export const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();

/** Returns how far content overflows the page's right edge, in pixels. */
export const overflow = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - clientWidth);
  });

/** Returns the bytes of the file that `act` downloads. Some browsers hide downloads from their driver, so they are taken in the page. */
export async function downloaded(page, act) {
  await page.evaluate(() => {
    const { createObjectURL } = URL;
    globalThis.downloaded = undefined;
    URL.createObjectURL = (blob) => {
      globalThis.downloaded = blob;
      return createObjectURL(blob);
    };
  });
  await act();
  await until("a file", page, () => page.evaluate(() => Boolean(globalThis.downloaded)));
  const address = await page.evaluate(async () => {
    const reader = new FileReader();
    await new Promise((resolve) => {
      reader.onload = resolve;
      reader.readAsDataURL(globalThis.downloaded);
    });
    return reader.result;
  });
  return Buffer.from(address.split(",")[1], "base64");
}

/** Returns what axe finds, of any severity: the rule and the place. */
export async function violations(page) {
  await page.evaluate(await readFile(inPackage("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}
