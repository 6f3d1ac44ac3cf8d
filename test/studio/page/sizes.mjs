// What the studio downloads. How smooth it is, `npm run bench -- --only studio` measures.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { iteration, open, press, until } from "./driver.mjs";

const dist = fileURLToPath(new URL("../../../studio/dist/", import.meta.url));

const CODE = [".html", ".js", ".css", ".svg"];

/** Limits in kB after gzip: what a first visit and a first training download, and all code of all tasks and lessons. */
const LIMITS = { first: 350, all: 450 };

const size = async (file) => gzipSync(await readFile(dist + file), { level: 9 }).length / 1000;

export const sizeScenarios = [
  {
    name: "is small: a first visit that trains, and all code",
    chromiumOnly: true, // the files are the same
    evaluates: true,
    async run({ page, site }) {
      const visited = new Set();
      page.on("request", (request) => visited.add(request.url()));
      await page.goto("about:blank");
      await page.goto(site.url);
      await open(page, "task/language-model");
      await press(page, "Train");
      await until("an iteration", page, async () => (await iteration(page).catch(() => 0)) > 0);
      const names = [...visited]
        .map((url) => new URL(url).pathname.slice(1) || "index.html")
        .filter((name) => CODE.includes(extname(name)) && name !== "sw.js");
      const first = (await Promise.all(names.map(size))).reduce((sum, one) => sum + one, 0);
      const files = (await readdir(dist, { recursive: true })).filter((name) => CODE.includes(extname(name)));
      const all = (await Promise.all(files.map(size))).reduce((sum, one) => sum + one, 0);
      const note = `first visit ${first.toFixed(0)} kB, all code ${all.toFixed(0)} kB`;
      assert(first <= LIMITS.first && all <= LIMITS.all, note);
      return note;
    },
  },
];
