import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { TEXT } from "../train/run.ts";
import {
  CLI,
  contents,
  expectRefused,
  finish,
  newFolder,
  objects,
  SMALL,
  start,
  TINY,
  unrolled,
} from "./cli.ts";

/** Runs a command with a text as its standard input. */
function piped(folder: string, text: string | Uint8Array, ...args: readonly string[]) {
  const child = start(folder, ...args);
  child.stdin.on("error", () => {}); // the command may end before it has read all
  child.stdin.end(text);
  return finish(child);
}

const RUN = [...TINY.slice(2), "--iters", "3"];

it("a text from standard input gives the model of the file, and is continued with the same text", async () => {
  const folder = newFolder();
  expect(
    await unrolled(folder, "train", "--data", "text.txt", ...RUN, "--out", "file.safetensors"),
  ).toMatchObject({ code: 0 });
  expect(
    await piped(folder, TEXT, "train", "--data", "-", ...RUN, "--out", "pipe.safetensors"),
  ).toMatchObject({ code: 0 });
  const files = contents(folder);
  expect(files["pipe.safetensors"]).toBe(files["file.safetensors"]);
  const resume = ["train", "--data", "-", "--resume", "pipe.checkpoint.safetensors", "--iters", "4"];
  expect((await piped(folder, `${TEXT}!`, ...resume)).stderr).toMatch("the data are not those of this run");
  expect(await piped(folder, TEXT, ...resume)).toMatchObject({ code: 0 });
  const evaluated = await piped(folder, TEXT, "eval", "file.safetensors", "--data", "-", "--json");
  expect(objects(evaluated)).toEqual(
    objects(await unrolled(folder, "eval", "file.safetensors", "--data", "text.txt", "--json")),
  );
});

it("examples from standard input are predicted line by line, also between files", async () => {
  const lines = Array.from(
    { length: 12 },
    (_, i) => `${["cat purrs", "dog barks"][i % 2]}\t${["cat", "dog"][i % 2]}\n`,
  );
  const folder = newFolder({ "a.tsv": lines.join(""), "b.tsv": "dog\n" });
  expect(
    await unrolled(folder, "train", "--data", "a.tsv", ...SMALL, "--out", "m.safetensors"),
  ).toMatchObject({ code: 0 });
  const predicted = await piped(
    folder,
    "cat\ndog barks\n",
    "predict",
    "m.safetensors",
    "--data",
    "b.tsv",
    "--data",
    "-",
    "--json",
  );
  expect(objects(predicted).map(({ text }) => text)).toEqual(["dog", "cat", "dog barks"]);
  const wrong = await piped(folder, "cat\tcat\ndog\n", "eval", "m.safetensors", "--data", "-");
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^unrolled: standard input, line 2: no tab/),
  });
  const search = ["search", "--data", "-", ...SMALL.slice(0, 2), "--iters", "2", "--trials", "2", "--json"];
  expect(await piped(folder, lines.join(""), ...search), "search reads it for each candidate").toMatchObject({
    code: 0,
  });
});

it("an empty, closed or binary standard input is one clear error", async () => {
  const folder = newFolder();
  const args = ["train", "--data", "-", ...RUN];
  const empty = { code: 1, stdout: "", stderr: "unrolled: standard input is empty\n" };
  expect(await piped(folder, "", ...args)).toEqual(empty);
  const closed = spawn("sh", ["-c", 'exec "$0" "$@" <&-', process.execPath, CLI, ...args], { cwd: folder });
  expect(await finish(closed)).toEqual(empty);
  const inFolder = spawn("sh", ["-c", 'exec "$0" "$@" <folder', process.execPath, CLI, ...args], {
    cwd: folder,
  });
  expect(await finish(inFolder)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching("standard input"),
  });
  expect(await piped(folder, new Uint8Array([97, 0xff]), ...args)).toMatchObject({
    code: 1,
    stderr:
      "unrolled: standard input is not a text in UTF-8; convert it first: iconv -f windows-1252 -t utf-8\n",
  });
  expect(Object.keys(contents(folder))).toEqual(["text.txt"]);
});

it("standard input given twice is refused", async () => {
  const folder = newFolder();
  const twice = "standard input can be read once, but - is given several times";
  for (const command of ["train", "search"]) {
    await expectRefused(folder, [command, ...RUN, "--data", "-", "--validation", "-"], twice);
  }
  await expectRefused(folder, ["train", ...RUN, "--data", "-", "--data", "-"], twice);
});
