import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bestUnit } from "../examples/start/best-unit.mjs";
import { LANDMARKS } from "../examples/start/landmarks.mjs";
import { lookInside } from "../examples/start/look-inside.mjs";
import { paint } from "../examples/start/paint.mjs";
import { readUnits } from "../examples/start/read-units.mjs";
import { Vocabulary } from "../src/data/vocabulary.ts";
import { LanguageModel } from "../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../src/models/language-model/spec.ts";
import { createRuntime } from "../src/runtime/runtime.ts";
import { finish, newFolder } from "./cli/cli.ts";

const PROGRAM = fileURLToPath(new URL("../examples/start.mjs", import.meta.url));
const BY_NAME = fileURLToPath(new URL("../scripts/example.mjs", import.meta.url));
const TEXT = readFileSync(new URL("../examples/data/shakespeare.txt", import.meta.url), "utf8");
const SMALL = ["--hidden", "8", "--batch", "4", "--seq", "10", "--warm-up", "0"];

const startIn = (cwd: string, ...args: string[]) =>
  spawn(process.execPath, [PROGRAM, ...SMALL, ...args], { cwd, detached: true });

describe.concurrent("npm start", () => {
  it("trains, writes and looks inside", async () => {
    const folder = newFolder();
    const { code, stdout, stderr } = await finish(startIn(folder, "--iters", "5"));
    expect(stderr).toContain("iteration 5/5");
    expect(code).toBe(0);
    expect(existsSync(join(folder, "demo", "shakespeare.safetensors"))).toBe(true);
    const [, train, sample = ""] = stdout.split("$ npx unrolled ");
    expect(train).toMatch(/^train .*shakespeare\.txt/);
    const written = /ROMEO:[\s\S]*(?=\n\nA look inside)/.exec(sample.slice(sample.indexOf("\n")))![0];
    expect(written.length).toBeGreaterThan(400);
    expect(stdout.match(/^ {2}unit \d+ .*\(r = -?\d\.\d\d\)$/gm)).toHaveLength(Object.keys(LANDMARKS).length);
    expect(stdout).toMatch(/^O Romeo, Romeo! wherefore art thou Romeo\?\n[▁▂▃▄▅▆▇█]{41}$/m);
    expect(stdout.match(/^ {2}M.* +\d+%( █*)? .*\d+%.*\d+%$/gm)).toHaveLength(12);
    expect(stdout).not.toMatch(/NaN|undefined|\[object/);
    expect(stdout).not.toContain("\x1b");
  }, 30_000);

  // A process of Windows cannot send Ctrl-C to another one. Run the tests on Linux or macOS, or press Ctrl-C in npm start.
  it.skipIf(process.platform === "win32")(
    "saves and stops on Ctrl-C",
    async () => {
      const folder = newFolder();
      const child = startIn(folder, "--iters", "100000000", "--validate-every", "100000000");
      child.stderr.once("data", () => process.kill(-child.pid!, "SIGINT")); // Ctrl-C signals all processes in front
      const { code, stdout, stderr } = await finish(child);
      expect(code).toBe(130);
      expect(stderr).toMatch(/stopped after iteration \d+ and saved/);
      expect(stdout).not.toContain("sample");
      expect(existsSync(join(folder, "demo", "shakespeare.checkpoint.safetensors"))).toBe(true);
    },
    30_000,
  );

  // Trained in full, the model would take a minute: the first note of the run shows that its options were accepted.
  it.skipIf(process.platform === "win32")(
    "runs by its name as well",
    async () => {
      const child = spawn(process.execPath, [BY_NAME, "start"], { cwd: newFolder(), detached: true });
      child.stderr.once("data", () => process.kill(-child.pid!, "SIGINT"));
      const { code, stdout, stderr } = await finish(child);
      expect(stderr).toMatch(/stopped after iteration \d+ and saved/);
      expect(stdout).toMatch(/^\s*\$ npx unrolled train --cell gru /);
      expect(code).toBe(130);
    },
    60_000,
  );
});

describe("the look inside", () => {
  it("finds the unit that follows a thing, up or down", () => {
    const units = [
      { unit: 0, values: Float32Array.of(1, 1, 1, 1) },
      { unit: 1, values: Float32Array.of(0, 1, 0, 1) },
      { unit: 2, values: Float32Array.of(0.9, 0.6, 0.3, 0) },
    ];
    const best = bestUnit(units, [0, 1, 2, 3]);
    expect(best.unit).toBe(2);
    expect(best.r).toBeCloseTo(-1, 6);
    expect(bestUnit(units.slice(0, 2), [0, 1, 0, 1])).toMatchObject({ unit: 1, r: expect.closeTo(1, 6) });
    expect(bestUnit(units.slice(0, 1), [0, 1, 2, 3]).r).toBe(0);
  });

  it("sees lines, names and words", () => {
    const text = "First Lord:\nI do: 'tis so\n";
    const seen = Object.values(LANDMARKS).map((see) => Array.from(see(text), String).join(""));
    expect(seen).toEqual([
      "01234567891011" + "012345678910111213",
      "111111111111" + "00000000000000",
      "111110111100" + "10110011110110",
    ]);
  });

  it("colours each character by its value, from the lowest to the highest", () => {
    const values = [0, 0.5, 1, 5, -1]; // the line break's value does not count
    expect(paint("abc\nd", values, false)).toEqual(["abc", "▅▇█", "d", "▁"]);
    const on = (code: number, letter: string) => `\x1b[97;48;5;${code}m${letter}`;
    const reset = "\x1b[0m";
    expect(paint("abc\nd", values, true)).toEqual([
      on(237, "a") + on(94, "b") + on(166, "c") + reset,
      on(26, "d") + reset,
    ]);
    expect(paint("ab", [2, 2], false)).toEqual(["ab", "▁▁"]);
  });

  it("reads a text once and asks what comes next", async () => {
    const rt = await createRuntime({ variant: "strict", seed: 1 });
    const spec = { ...defaultLanguageModelSpec(), cell: "gru" as const, hidden: 6, layers: 2 };
    const model = new LanguageModel(rt, spec, Vocabulary.fromText(TEXT));
    const { followers, passage, values, next } = lookInside(model, TEXT);
    expect(passage.split("\n")[1]).toBe("O Romeo, Romeo! wherefore art thou Romeo?");
    expect(values).toHaveLength(passage.length);
    const { unit } = followers[0]!;

    const stream = model.pack().stream();
    const states = Array.from(model.encode(passage), (id) => {
      stream.feed(id);
      return stream.state.h;
    });
    expect(Array.from(values)).toEqual(states.map((h) => h[unit]));
    expect(readUnits(model, passage).map(({ values }) => values.at(-1))).toEqual(Array.from(states.at(-1)!));
    expect(next.map(({ letter }) => letter).join("")).toBe("My good lord");
    for (const { guesses } of next) {
      expect(guesses).toHaveLength(3);
      expect(guesses[0]!.probability).toBeGreaterThanOrEqual(guesses[1]!.probability);
    }
    rt.dispose();
  });
});
