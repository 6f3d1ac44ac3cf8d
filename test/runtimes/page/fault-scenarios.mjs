// Failures on the page of examples/browser, see scenarios.mjs.

import assert from "node:assert/strict";
import {
  begin,
  chooseText,
  iteration,
  LONG,
  press,
  QUICK,
  saved,
  textOf,
  until,
  untilIteration,
  untilNotice,
  untilPhase,
  untilSamples,
} from "./driver.mjs";

export const faultScenarios = [
  {
    name: "says in words what is wrong with a text, and takes another",
    async run({ page, picture }) {
      await chooseText(page, "short.txt", "Too short.");
      await begin(page, QUICK);
      const notice = await untilNotice(page, "This text cannot be used");
      assert.match(notice, /short\.txt.*use more text/s);
      await picture("error");
      await chooseText(page, "bytes.bin", "\0\0\0");
      await begin(page, QUICK);
      assert.match(await untilNotice(page, "bytes.bin"), /zero byte/);
      await chooseText(page);
      await begin(page, QUICK);
      await untilPhase(page, "Finished");
      assert.equal(await textOf(page, "notice"), "");
    },
  },
  {
    name: "takes a file that is dropped, and says what cannot be read",
    evaluates: true,
    async run({ page }) {
      await drop(page, { name: "dropped.txt", text: "All is well. ".repeat(200) });
      await until(
        "its name",
        page,
        async () => (await textOf(page, "text-about")) === "dropped.txt: 2,600 bytes",
      );
      assert.match(await textOf(page, "text-preview"), /^All is well\..*…$/);
      await drop(page, { name: "folder", unreadable: true });
      await until("why", page, async () =>
        (await textOf(page, "text-about")).startsWith("folder cannot be read"),
      );
      assert(await page.locator("#begin").isDisabled());
      await chooseText(page);
      await begin(page, QUICK);
      await untilPhase(page, "Finished");
    },
  },
  {
    name: "goes on from the last checkpoint after the worker has died",
    evaluates: true,
    before: (page) =>
      page.addInitScript(() => {
        globalThis.Worker = class extends Worker {
          constructor(...args) {
            super(...args);
            globalThis.trainer = this;
          }
        };
      }),
    async run({ page, picture }) {
      await chooseText(page);
      await begin(page, LONG);
      await untilSamples(page);
      await page.evaluate(() => {
        globalThis.trainer.terminate();
        globalThis.trainer.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
      });
      assert.match(
        await untilNotice(page, "The worker has stopped"),
        /It had done .* press Continue .* out of memory/s,
      );
      await picture("died");
      const died = await iteration(page);
      assert(died > 0);
      await press(page, "Continue");
      await untilIteration(page, died + 10);
      assert.equal(await textOf(page, "notice"), "");
    },
  },
  {
    name: "trains on where there is no more room to keep the run, and keeps what it had",
    evaluates: true,
    before: (page) =>
      page.addInitScript(() => {
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...args) {
          if (globalThis.full) throw new DOMException("full", "QuotaExceededError");
          return put.apply(this, args);
        };
      }),
    async run({ page, picture }) {
      await chooseText(page);
      await begin(page, LONG);
      await untilSamples(page);
      await page.waitForTimeout(500);
      await page.evaluate(() => {
        globalThis.full = true;
      });
      assert.match(await untilNotice(page, "The run is not kept"), /no more room/);
      // The page's number lags behind the worker's, so it is read when all of the last kept iteration is surely shown.
      // Then the run goes on past the next validation, which would save.
      await page.waitForTimeout(500);
      const told = await iteration(page);
      await untilIteration(page, told + 300);
      await picture("full");
      await page.reload();
      await untilPhase(page, "Stopped");
      const kept = await iteration(page);
      assert(kept > 0 && kept <= told, `kept ${kept} of ${told}`);
    },
  },
  {
    name: "trains where nothing may be kept, and says so",
    evaluates: true,
    before: (page) =>
      page.addInitScript(() => {
        indexedDB.open = () => {
          throw new DOMException("denied", "SecurityError");
        };
        IDBFactory.prototype.open = indexedDB.open;
      }),
    async run({ page }) {
      assert.match(await untilNotice(page, "A reload will lose the run"), /does not let this page store/);
      await chooseText(page);
      await begin(page, QUICK);
      await untilPhase(page, "Finished");
      await saved(page);
    },
  },
  {
    name: "leaves the run to the tab that has it",
    async run({ page, context, site }) {
      await chooseText(page);
      await begin(page, LONG);
      await untilSamples(page);
      const other = await context.newPage();
      await other.goto(site.url);
      await untilNotice(other, "A reload will lose the run");
      assert.equal(await textOf(other, "run-title"), "No run yet");
      await other.close();
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
    },
  },
];

/** Drops a file on the page. Browsers pass folders as files that cannot be read. */
function drop(page, { name, text = "", unreadable = false }) {
  return page.evaluate(
    ({ name, text, unreadable }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], name));
      const { text: read } = Blob.prototype;
      if (unreadable) Blob.prototype.text = () => Promise.reject(new DOMException("gone", "NotFoundError"));
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
      Blob.prototype.text = read;
    },
    { name, text, unreadable },
  );
}
