import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// Every short program of examples/ runs unchanged, on the built package. `npm start` has a test of its own.

const folder = new URL("../examples/", import.meta.url);
const programs = readdirSync(folder).filter((name) => name.endsWith(".mjs") && name !== "start.mjs");

it.concurrent.each(programs)("%s", async (name) => {
  const file = fileURLToPath(new URL(name, folder));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file]);
  expect(stderr).toBe("");
  expect(stdout.split("\n").length).toBeGreaterThan(2);
  expect(stdout).not.toMatch(/NaN|undefined|\[object/);
});
