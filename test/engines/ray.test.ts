import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { CLI, newFolder, TINY } from "../cli/cli.ts";
import { describeEngine, PYTHON } from "./python.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/ray_search.py", import.meta.url));

/** Waits until `found` returns something, and returns it. */
async function until<T>(found: () => T | undefined): Promise<T> {
  for (;;) {
    const value = found();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describeEngine("examples/ray_search.py", { modules: ["ray", "optuna"], long: true }, () => {
  it("runs all trials, also if the process of an actor is killed", { timeout: 300_000 }, async () => {
    const folder = newFolder({ "space.json": '{"lr":{"min":1e-4,"max":0.3,"scale":"log"}}' });
    const search = [...TINY, "--iters", "400", "--space", "space.json", "--median-after", "0"];
    search[1] = join(folder, "text.txt");
    search[search.indexOf("space.json")] = join(folder, "space.json");
    const study = ["--storage", "study.log", "--study", "s", "--trials", "4", "--actors", "2"];
    const command = ["--command", `${process.execPath} ${CLI}`];
    const out = ["--out", join(folder, "best.safetensors")];
    const child = spawn(PYTHON, [EXAMPLE, ...study, ...command, "--", ...search, ...out], {
      cwd: folder,
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    const lines = () => readFileSync(join(folder, "study.log"), "utf8").trim().split("\n");
    // The command line of an actor, found by the trial that it runs.
    const pid = await until(() => {
      try {
        const at = lines().find((line) => line.includes("unrolled:worker"));
        return at === undefined ? undefined : (JSON.parse(at).system_attr["unrolled:worker"].pid as number);
      } catch {
        return undefined; // the file is not there yet, or a line is being written
      }
    });
    process.kill(pid, "SIGKILL");
    expect(await ended, stderr).toBe(0);
    expect(stdout.match(/^trial \d+ done: \d/gm)).toHaveLength(4);
    expect(stdout).toMatch(/^the best is trial \d+: \d\.\d{4}, \{'lr': /m);
    const killed = lines().filter((line) => line.includes("was killed"));
    expect(killed).toHaveLength(1);
  });
});
