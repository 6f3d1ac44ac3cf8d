// Data of one's own: how far they are read, and what is said of those that cannot be read.

import assert from "node:assert/strict";
import { change, open, press, until, untilPhase } from "./driver.mjs";

const rows = (count) =>
  Array.from({ length: count }, (_, i) => `${i},${(i * 37) % 101},${(i * 17) % 13}`).join("\n");

const table = (name, count) => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(`day,sold,price\n${rows(count)}`),
});

/** Opens the page of a task. @returns the field for a file, and what is said about the file that is chosen */
async function ownData(page, task) {
  await open(page, `task/${task}`);
  await page.getByRole("radio", { name: /Your own data/ }).check();
  return { field: page.locator("form input[type=file]").first(), checked: page.locator(".checked") };
}

export const dataScenarios = [
  {
    name: "shows how far a large file is read, stops at Cancel and at another file",
    async run({ page }) {
      const { field, checked } = await ownData(page, "forecaster");
      const large = table("large.csv", 600_000);
      await field.setInputFiles(large);
      const reading = page.locator(".reading");
      await reading.getByRole("progressbar").waitFor();
      await until("how far it is", page, async () =>
        /Reading it: [1-9]\d*%|Preparing/.test(await reading.innerText()),
      );
      await press(page, "Cancel");
      await reading.waitFor({ state: "detached" });
      assert.match(await page.locator("#start-note").innerText(), /^Choose a file/);
      assert.equal(await page.evaluate(() => document.activeElement.type), "file", "the keyboard's place");
      await field.setInputFiles(large);
      await reading.waitFor();
      await field.setInputFiles(table("small.csv", 200));
      await until("the other file", page, async () => (await checked.innerText()).includes("200 rows"));
      assert.equal(await reading.count(), 0);
    },
  },
  {
    name: "says what to do with files that are not text, and trains on UTF-16",
    async run({ page }) {
      const { field, checked } = await ownData(page, "language-model");
      for (const [name, bytes, words] of [
        ["a.png", "\x89PNG\r\n\x1a\n\0\0\0", "a.png is a picture"],
        ["a.pdf", "%PDF-1.7", "a.pdf is a PDF"],
        ["a.zip", "PK\x03\x04\x14\0", "a.zip is a ZIP archive"],
        ["a.txt", "", "a.txt is empty"],
        ["b.txt", "caf\xe9 ".repeat(99), "with the encoding UTF-8"],
      ]) {
        await field.setInputFiles({ name, mimeType: "", buffer: Buffer.from(bytes, "latin1") });
        await until(words, page, async () => (await checked.innerText()).includes(words));
        assert.doesNotMatch(await checked.innerText(), /--|iconv/);
      }
      const text = `\ufeff${"All is well that ends well. ".repeat(150)}`;
      await field.setInputFiles({ name: "c.txt", mimeType: "", buffer: Buffer.from(text, "utf16le") });
      await until("the text", page, async () => (await checked.innerText()).includes("4,200 characters"));
      await change(page, { "Units in each layer": 16, Iterations: 30, "Mini-batch": 10 });
      await press(page, "Train");
      await untilPhase(page, "Finished");
    },
  },
];
