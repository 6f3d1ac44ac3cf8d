// What happens to runs: they are kept, compared, passed on, taken back, and survive what goes wrong.

import assert from "node:assert/strict";
import {
  change,
  chooseText,
  downloaded,
  iteration,
  numbers,
  open,
  overflow,
  press,
  until,
  untilIteration,
  untilNotice,
  untilPhase,
  violations,
} from "./driver.mjs";

const QUICK = { "Units in each layer": 8, Iterations: 60, "Mini-batch": 5 };
const LONG = { ...QUICK, Iterations: 100_000 };

async function begin(page, fields = QUICK) {
  await open(page, "task/language-model");
  await chooseText(page);
  await change(page, fields);
  await press(page, "Train");
  await page.locator(".phase").waitFor();
}

async function finish(page, fields = QUICK) {
  await begin(page, fields);
  await untilPhase(page, "Finished");
}

const names = (page) => page.locator(".runs a").allInnerTexts();

/** Reaches the workers that train as `globalThis.trainers`. */
const holdTrainers = (page) =>
  page.addInitScript(() => {
    globalThis.trainers = [];
    globalThis.Worker = class extends Worker {
      constructor(url, options) {
        super(url, options);
        if (options?.name !== "desk") globalThis.trainers.push(this);
      }
    };
  });

/** Holds requests for data until the test ends them with `take` or `refuse`. */
const holdData = (page) =>
  page.addInitScript(() => {
    globalThis.held = [];
    const { fetch } = globalThis;
    globalThis.fetch = async (address, ...rest) => {
      if (!/\.(tsv|txt|csv|jsonl)/.test(address)) return fetch(address, ...rest);
      const how = await new Promise((resolve) => {
        globalThis.held.push(resolve);
      });
      return how === "take" ? fetch(address, ...rest) : new Response("", { status: 404 });
    };
  });

export const runScenarios = [
  {
    name: "goes on from the last checkpoint after the worker has died",
    evaluates: true,
    before: holdTrainers,
    async run({ page, picture }) {
      await begin(page, LONG);
      await untilIteration(page, 100);
      await page.evaluate(() => {
        globalThis.trainers.at(-1).terminate();
        globalThis.trainers.at(-1).dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
      });
      assert.match(
        await untilNotice(page, "The worker has stopped"),
        /had done .* iterations.*out of memory/s,
      );
      await untilPhase(page, "Stopped");
      await picture("died");
      const died = await iteration(page);
      await page
        .locator(".notice")
        .getByRole("button", { name: /^(Continue|Start again)$/ })
        .click();
      await untilIteration(page, died + 10);
      assert.equal(await page.locator(".notice").count(), 0, "the error is over");
    },
  },
  {
    name: "ends a worker that answers no more, and says what is kept of its run",
    evaluates: true,
    before: holdTrainers,
    async run({ page }) {
      await begin(page, LONG);
      await untilIteration(page, 5);
      await page.evaluate(() => globalThis.trainers.at(-1).terminate()); // without an event: it is silent
      await press(page, "Stop");
      await untilPhase(page, "Stopping …");
      await untilPhase(page, "Stopped");
      const told = await untilNotice(page, "The worker has stopped");
      const again = /None of them were kept, so “(Start again)” begins|kept; “(Continue)” goes on/.exec(told);
      await page
        .locator(".buttons")
        .getByRole("button", { name: again[1] ?? again[2], exact: true })
        .click();
      await untilPhase(page, "Training");
      assert.equal(await page.locator(".notice").count(), 0, "the notice is over");
    },
  },
  {
    name: "says before a training that data cannot be used, and leaves the run under way alone",
    async run({ page }) {
      await begin(page, LONG);
      await untilIteration(page, 5);
      await open(page, "task/language-model");
      await chooseText(page, "short.txt", "Too short.");
      await until("why", page, async () =>
        (await page.locator("#start-note").innerText()).includes("cannot be used"),
      );
      assert.equal(
        await page.getByRole("button", { name: "Stop it and train" }).getAttribute("aria-disabled"),
        "true",
      );
      await open(page, "runs");
      assert.equal((await names(page)).length, 1);
      await page.locator(".runs a").click();
      await untilPhase(page, "Training");
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
    },
  },
  {
    name: "trains on if the disk is full, says so once, and keeps what it had",
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
      await begin(page, LONG);
      await untilIteration(page, 100);
      await page.evaluate(() => {
        globalThis.full = true;
      });
      assert.match(await untilNotice(page, "The run is not kept"), /no more room/);
      await picture("full");
      await page.getByRole("button", { name: /^Close/ }).click();
      await page.waitForTimeout(500);
      const told = await iteration(page);
      await untilIteration(page, told + 300);
      assert.equal(await page.locator(".notice").count(), 0, "once");
      await page.reload();
      await untilPhase(page, "Stopped");
      const kept = await iteration(page);
      assert(kept > 0 && kept <= told, `kept ${kept} of ${told}`);
    },
  },
  {
    name: "trains if the browser stores nothing, and says so",
    evaluates: true,
    before: (page) =>
      page.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException("denied", "SecurityError");
        };
      }),
    async run({ page }) {
      assert.match(await untilNotice(page, "A reload will lose your runs"), /does not let this page store/);
      await finish(page);
      await press(page, "Train longer");
      await until("120 iterations", page, async () => (await iteration(page)) === 120);
      await untilPhase(page, "Finished");
    },
  },
  {
    name: "leaves the runs to the tab that has them",
    async run({ page, context, site }) {
      await finish(page);
      const other = await context.newPage();
      await other.goto(`${site.url}#/runs`);
      await other.getByText("Another tab has the studio open, and your runs are there").waitFor();
      assert.equal(await other.locator(".notice").count(), 0, "nothing covers the page");
      assert.deepEqual(await names(other), []);
      await other.close();
    },
  },
  {
    name: "keeps the keyboard's place when a button changes, and takes a new name",
    evaluates: true,
    async run({ page }) {
      await begin(page, LONG);
      await untilIteration(page, 5);
      const focused = () => page.evaluate(() => document.activeElement.textContent);
      await page.getByRole("button", { name: "Pause", exact: true }).focus();
      await page.keyboard.press("Enter");
      await untilPhase(page, "Paused");
      assert.equal(await focused(), "Resume");
      await page.getByRole("button", { name: "Stop", exact: true }).focus();
      await page.keyboard.press("Enter");
      await untilPhase(page, "Stopped");
      assert.equal(await focused(), "Stop");
      await page.getByRole("button", { name: /^Rename/ }).click();
      await page.keyboard.type("My tales");
      await page.keyboard.press("Enter");
      assert.equal(await page.locator("h1").innerText(), "My tales");
      assert.equal(await focused(), "Rename");
      await page.reload();
      await until("the name", page, async () => (await page.locator("h1").innerText()) === "My tales");
    },
  },
  {
    name: "takes deletions back, at once and later",
    async run({ page, picture }) {
      await finish(page);
      await press(page, "Delete");
      await untilNotice(page, "Deleted");
      await page.locator(".notice").getByRole("button", { name: "Take back" }).click();
      assert.deepEqual(await names(page), ["well.txt"]);
      await page.getByRole("button", { name: "Delete well.txt" }).click();
      await page.getByRole("button", { name: "Close: Deleted" }).click();
      await picture("deleted");
      await page.getByRole("button", { name: "Take back well.txt" }).click();
      assert.deepEqual(await names(page), ["well.txt"]);
      await page.getByRole("button", { name: "Delete well.txt" }).click();
      await page.reload();
      await page.getByText("There are none yet").waitFor();
    },
  },
  {
    name: "compares cells on the same data",
    evaluates: true,
    async run({ page, picture }) {
      await finish(page);
      await press(page, "LSTM");
      await until(
        "the other run",
        page,
        async () => (await page.locator("h1").innerText()) === "well.txt, LSTM",
      );
      await untilPhase(page, "Finished");
      await open(page, "runs");
      assert.deepEqual(await names(page), ["well.txt, LSTM", "well.txt"]);
      for (const box of await page.getByRole("checkbox").all()) await box.check();
      const runs = new Set((await numbers(page, "Loss")).map(({ run }) => run));
      assert.deepEqual([...runs], ["well.txt, LSTM", "well.txt"]);
      const cells = await page.locator("tr:has(th:text-is('cell')) td").allInnerTexts();
      assert.deepEqual(cells, ["LSTM", "GRU"]);
      assert.deepEqual(await violations(page), []);
      await picture("compared");
      await page.setViewportSize({ width: 360, height: 780 });
      await picture("compared-phone");
      assert.equal(await overflow(page), 0);
    },
  },
  {
    name: "opens its model files with what they are, by choice or drop, and says what is none",
    evaluates: true,
    async run({ page, picture }) {
      await open(page, "task/classifier");
      await change(page, { "Units in each layer": 8, Epochs: 1 });
      await press(page, "Train");
      await untilPhase(page, "Finished");
      const title = await page.locator("h1").innerText();
      const file = await downloaded(page, () => press(page, "Save the model"));
      await press(page, "Delete");
      await page.reload();
      await page.getByText("There are none yet").waitFor();
      const choose = (name, buffer) =>
        page.locator("input[type=file]").setInputFiles({ name, mimeType: "", buffer });
      await choose("any.safetensors", file);
      await untilPhase(page, "Opened");
      assert.equal(await page.locator("h1").innerText(), title);
      await page.getByLabel("Probabilities").locator("li").first().waitFor();
      assert((await numbers(page, "Loss")).length > 1, "its losses");
      await picture("opened");
      await open(page, "runs");
      await choose("broken.safetensors", file.subarray(0, 1000));
      await untilNotice(page, "The file is not whole");
      assert.equal(await page.locator("[role=alert] .notice").count(), 1);
      await open(page, "home");
      assert.equal(await page.locator(".notice").count(), 0, "the error stays where it arose");
      await drop(page, "model.onnx", Buffer.from([8, 8, 0x12, 4, 0x74, 0x65, 0x73, 0x74]));
      assert.match(await untilNotice(page, "This is a model of ONNX"), /unrolled convert model\.onnx/);
      await drop(page, "dropped.safetensors", file);
      await untilPhase(page, "Opened");
      assert.equal(await page.locator(".notice").count(), 0, "the error is over");
    },
  },
  {
    name: "starts in the background if its page is left, without pulling the person back",
    evaluates: true,
    before: holdData,
    async run({ page, picture }) {
      const release = (how) =>
        page.evaluate((how) => {
          for (const end of globalThis.held.splice(0)) end(how);
        }, how);
      const begin = async () => {
        await open(page, "task/classifier");
        await press(page, "Train");
        await page.getByRole("button", { name: "Reading the data …" }).waitFor();
        await until("a request", page, () => page.evaluate(() => globalThis.held.length > 0));
      };
      await begin();
      await press(page, "Cancel");
      await page.getByRole("button", { name: "Train", exact: true }).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Train");
      await begin();
      await open(page, "about");
      await untilNotice(page, "is starting");
      await picture("background");
      await release("take");
      await untilNotice(page, "The training has started");
      assert.match(await page.evaluate(() => location.hash), /about/, "stays");
      await press(page, "Show");
      await untilPhase(page, "Training");
      await press(page, "Stop");
      await untilPhase(page, "Stopped");
      await begin();
      await open(page, "about");
      await release("refuse");
      await untilNotice(page, "could not start");
      assert.match(await page.evaluate(() => location.hash), /about/, "stays");
      await press(page, "Go back");
      await page.locator(".start .problem").waitFor();
      await begin();
      await open(page, "runs");
      await untilNotice(page, "is starting");
      await page.locator(".notice").getByRole("button", { name: "Cancel" }).click();
      const notices = page.locator(".notices");
      await until("the end", page, async () => !(await notices.innerText()).includes("is starting"));
      assert.equal((await names(page)).length, 1);
    },
  },
  {
    name: "trains the model of a file further, as a new run",
    evaluates: true,
    async run({ page, picture }) {
      await open(page, "task/classifier");
      await change(page, { "Units in each layer": 8, Epochs: 1 });
      await press(page, "Train");
      await untilPhase(page, "Finished", 120);
      const file = await downloaded(page, () => press(page, "Save the model"));
      await open(page, "runs");
      await page
        .locator("input[type=file]")
        .setInputFiles({ name: "mine.safetensors", mimeType: "", buffer: file });
      await untilPhase(page, "Opened");
      const title = await page.locator("h1").innerText();
      await page.getByRole("link", { name: "Train further", exact: true }).click();
      const note = page.locator("#start-note");
      const ready = () => until("the data are read", page, async () => (await note.innerText()) === "");
      await ready();
      await picture("further");
      await page.getByRole("radio", { name: /Praise or complaint/ }).check();
      await until("why not", page, async () => (await note.innerText()).includes("cannot be used"));
      assert.match(await page.locator(".checked").innerText(), /knows none of the labels/);
      assert.deepEqual(await violations(page), []);
      await page.getByRole("radio", { name: /Where does a surname/ }).check();
      await ready();
      await change(page, { Epochs: 1 });
      await ready();
      await press(page, "Train");
      await untilPhase(page, "Finished", 120);
      assert.equal(await page.locator("h1").innerText(), `${title}, further`);
      assert.match(await page.locator(".run-head").innerText(), /trained further from “Where/);
      let first;
      await until("a validation", page, async () => {
        first = (await numbers(page, "Loss")).find(({ kind }) => kind === "validation");
        return first;
      });
      await page.goBack();
      await page.goBack();
      await untilPhase(page, "Opened");
      await until("its name", page, async () => (await page.locator("h1").innerText()) === title);
      const before = (await numbers(page, "Loss")).findLast(({ kind }) => kind === "validation");
      assert(Number(first.loss) < Number(before.loss), `${first.loss} after ${before.loss}`);
    },
  },
  {
    name: "says where addresses lead that lead nowhere, and takes a deleted run back there",
    async run({ page }) {
      for (const [address, heading] of [
        ["run/none", "There is no such run"],
        ["further/none", "There is no such run"],
        ["task/none", "There is no such task"],
        ["shared/", "This link holds no model"],
      ]) {
        await open(page, address);
        await page.getByRole("heading", { name: heading }).waitFor();
      }
      await finish(page);
      await press(page, "Delete");
      await untilNotice(page, "Deleted");
      await page.goBack();
      await page.getByRole("heading", { name: "This run is deleted" }).waitFor();
      await page.getByRole("main").getByRole("button", { name: "Take back", exact: true }).click();
      await untilPhase(page, "Finished");
      await press(page, "Delete");
      await press(page, "Remove them for good");
      await until("nothing", page, async () => (await page.locator(".notice").count()) === 0);
      await page.goBack();
      await page.getByRole("heading", { name: "There is no such run" }).waitFor();
    },
  },
  {
    name: "shares a model as a link",
    evaluates: true,
    async run({ page, site, picture }) {
      await finish(page);
      await press(page, "Share as a link");
      const field = page.getByLabel("The link");
      await field.waitFor();
      assert.match(await page.locator(".share").innerText(), /The link has \d+ kB/);
      await picture("link");
      const link = await field.inputValue();
      await press(page, "Delete");
      await page.goto(link);
      await untilNotice(page, "A shared model");
      await untilPhase(page, "Opened");
      assert.equal(await page.locator("h1").innerText(), "well.txt");
      await until("a text", page, async () => (await page.locator(".written").innerText()).length > 100);
      await page.goto(`${site.url}#/about`);
      await page.goto(link);
      await untilPhase(page, "Opened");
      await open(page, "runs");
      assert.deepEqual(await names(page), ["well.txt"], "one run, however often the link is opened");
      await page.goto(link.slice(0, -40));
      await page.getByRole("heading", { name: "This link has been cut" }).waitFor();
      await page.goto(`${link.slice(0, -200)}xyz${link.slice(-197)}`);
      await page.getByRole("heading", { name: "This link is damaged" }).waitFor();
    },
  },
];

/** Drops a file on the page. */
function drop(page, name, bytes) {
  return page.evaluate(
    ({ name, bytes }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
      document
        .querySelector("h1")
        .dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
    },
    { name, bytes: [...bytes] },
  );
}
