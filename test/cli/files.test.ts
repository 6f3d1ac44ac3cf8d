import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkWritable, writeWhole } from "../../src/cli/files.ts";
import { contents, newFolder } from "./cli.ts";

it("writes a new file next to the old one and then replaces it, so that nobody ever sees a part", async () => {
  const folder = newFolder({ "model.bin": "old" });
  const file = join(folder, "model.bin");
  const old = openSync(file, "r");
  await writeWhole(file, new TextEncoder().encode("what is new").subarray(8));
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(readFileSync(old, "utf8")).toBe("old");
  closeSync(old);
  expect(Object.keys(contents(folder)).sort(), "nothing is left over").toEqual(["model.bin", "text.txt"]);
});

it("leaves the old file if it cannot write", async () => {
  const folder = newFolder();
  for (const [name, reason] of [
    ["none/model.bin", "no such file or folder"],
    ["text.txt/model.bin", "not a folder"],
    ["folder", "it is a folder"],
  ] as const) {
    const file = join(folder, name);
    const expected = {
      code: "ERR_FILE",
      message: expect.stringMatching(`cannot write ${file}: .*${reason}`),
    };
    const before = contents(folder);
    await expect(checkWritable(file)).rejects.toMatchObject(expected);
    await expect(writeWhole(file, new Uint8Array(9))).rejects.toMatchObject(expected);
    expect(contents(folder)).toEqual(before);
  }
  await checkWritable(join(folder, "text.txt"));
  await checkWritable(join(folder, "new.txt"));
  expect(Object.keys(contents(folder))).toEqual(["text.txt"]);
});
