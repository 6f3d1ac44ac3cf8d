// Data of one's own: how far they are read, and what is said of those that cannot be read.

import assert from "node:assert/strict";
import { change, numbers, open, picture, press, tab, until, untilPhase, write } from "./driver.mjs";

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

const QUICK = { "Units in each layer": 16, "Mini-batch": 10 };

/** Trains on a file of its own until the end. @param act does what is to be done before */
async function trainOn(page, task, name, text, fields, act = async () => {}) {
  const { field, checked } = await ownData(page, task);
  await act();
  await field.setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await until("what was found", page, async () => (await checked.innerText()).includes("✓"));
  await change(page, { ...QUICK, ...fields });
  await press(page, "Train");
  await untilPhase(page, "Finished");
}

/** Returns the field of the pictures. */
const editorOf = (page) => page.locator("#inside-panel textarea").first();

/** Waits until the field of the pictures has a text. */
const untilEdited = (page, text) =>
  until(text, page, async () => (await editorOf(page).inputValue()) === text);

const COLOURS = ["red", "blue", "green"];

/** Texts with each set of colours. */
const SETS = Array.from({ length: 96 }, (_, i) => COLOURS.filter((_, bit) => (i >> bit) & 1));

export const dataScenarios = [
  {
    name: "shows own recordings in the alignment",
    evaluates: true,
    async run({ page }) {
      const examples = Array.from({ length: 40 }, (_, i) => ({
        vectors: Array.from({ length: 6 }, (_, t) => [i, t]),
        text: "ab",
      }));
      const lines = examples.map((one) => JSON.stringify(one)).join("\n");
      await trainOn(page, "transcriber", "own.jsonl", lines, { Epochs: 1 });
      await tab(page, "Alignment");
      await picture(page, "Alignment").locator("svg polyline").waitFor({ state: "attached" });
      const shown = await editorOf(page).inputValue();
      const texts = examples.map(({ vectors }) => vectors.map((step) => step.join(" ")).join("\n"));
      assert(texts.includes(shown), shown);
      assert.equal((await numbers(page, "Alignment")).at(-1).moment, "6");
    },
  },
  {
    name: "shows own rows in the gates, and those that are pasted",
    async run({ page }) {
      const rows = Array.from({ length: 200 }, (_, i) => (i * 37) % 101);
      await trainOn(page, "forecaster", "own.csv", `x\n${rows.join("\n")}`, { Iterations: 10 });
      await tab(page, "Gates");
      await untilEdited(page, rows.slice(-60).join("\n"));
      await press(page, "Another example of its data");
      await untilEdited(page, rows.slice(-120, -60).join("\n"));
      await page.getByText("Rows of your own").click();
      const pasted = rows.slice(0, 30).join("\n");
      await page.getByLabel(/^Paste rows/).fill(pasted);
      await untilEdited(page, pasted);
    },
  },
  {
    name: "counts the decisions about each of several labels",
    evaluates: true,
    async run({ page, picture: save }) {
      const text = SETS.map((own, i) => `${own.join(" ")} thing ${i % 7}\t${own.join(", ")}`).join("\n");
      await trainOn(page, "classifier", "own.tsv", text, { Epochs: 1 }, async () => {
        await page.getByText("How the data are read").click();
        await page.getByLabel(/^Several labels/).check();
      });
      await tab(page, "Confusion");
      await page.getByLabel("Part of the data").selectOption("learnt");
      await until("the part", page, async () =>
        /that it learnt from/.test(await picture(page, "Decisions on a label").innerText()),
      );
      const table = await numbers(page, "Decisions on a label");
      assert.deepEqual(table.map(({ label }) => label).sort(), [...COLOURS].sort());
      for (const row of table) {
        const [tp, fp, fn, tn] = [
          "true positives",
          "false positives",
          "false negatives",
          "true negatives",
        ].map((name) => Number(row[name]));
        assert.equal(tp + fp + fn + tn, 87, row.label); // 96 without the tenth that was kept aside
        assert(Math.abs(row.precision - (tp / (tp + fp) || 0)) < 1e-3, row.label);
        assert(Math.abs(row.recall - (tp / (tp + fn) || 0)) < 1e-3, row.label);
        await page.getByLabel("Label", { exact: true }).selectOption(row.label);
        const cells = await picture(page, "Decisions on a label").locator("svg g > text").allTextContents();
        assert.deepEqual(cells.map(Number), [tp, fn, fp, tn], row.label);
      }
      await save("several-labels");
    },
  },
  {
    name: "names unknown symbols once",
    async run({ page }) {
      await trainOn(page, "language-model", "own.txt", "All is well that ends well. ".repeat(150), {
        Iterations: 20,
      });
      await write(page.getByLabel("Begin with"), "All 7");
      await tab(page, "Gates");
      await untilEdited(page, "All 7");
      const hints = page.getByText(/has not learnt the character “7”|unknown characters: "7"/);
      await until("one hint", page, async () => (await hints.count()) === 1);
      await editorOf(page).fill("All is 7");
      await until("two hints", page, async () => (await hints.count()) === 2);
    },
  },
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
      await page.getByRole("link", { name: "Train its network further" }).click();
      await page.getByRole("radio", { name: /Your own data/ }).check();
      await field.setInputFiles({ name: "c.txt", mimeType: "", buffer: Buffer.from(text, "utf16le") });
      await until("the encoding", page, async () => (await checked.innerText()).includes("is in UTF-16"));
    },
  },
  {
    name: "shows how far a large file is read to train a network further, and stops",
    async run({ page }) {
      await trainOn(page, "forecaster", "own.csv", `day,sold,price\n${rows(200)}`, { Iterations: 5 });
      await page.getByRole("link", { name: "Train its network further" }).click();
      await page.getByRole("radio", { name: /Your own data/ }).check();
      await page.locator("form input[type=file]").first().setInputFiles(table("large.csv", 600_000));
      const reading = page.locator(".reading");
      await reading.getByRole("progressbar").waitFor();
      await until("how far it is", page, async () =>
        /Reading it: [1-9]\d*%|Preparing/.test(await reading.innerText()),
      );
      await press(page, "Cancel");
      await reading.waitFor({ state: "detached" });
    },
  },
];
