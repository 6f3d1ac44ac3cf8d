import { expect, it } from "vitest";
import { readObjects } from "../../src/data/json.ts";
import { embedderTask } from "../../src/tasks/embedder.ts";
import { textSource } from "../../src/tasks/source.ts";
import { all, expectRejection } from "../runtimes.ts";

const fields = async (text: string, format: "json" | "jsonl") =>
  (await all(readObjects([text], "x.json", format))).map(({ fields }) => fields);
const OBJECTS = [{ text: "a", label: 1 }, { text: "b" }];

it("an array, on one line or several, and lines in a file that ends in .json", async () => {
  expect(await fields(`\ufeff${JSON.stringify(OBJECTS)}`, "json")).toEqual(OBJECTS);
  expect(await fields(JSON.stringify(OBJECTS, null, 2), "json")).toEqual(OBJECTS);
  const lines = OBJECTS.map((one) => `${JSON.stringify(one)}\r\n`).join("");
  expect(await fields(lines, "json")).toEqual(OBJECTS);
  expect(await fields(lines, "jsonl")).toEqual(OBJECTS);
});

it.each([
  [
    '{"text":["a"],"label":[1]}',
    "json",
    'an object with the fields "text, label", expected an array .* orient="records"',
  ],
  ['[["a","x"]]', "json", "entry 1: not a JSON object"],
  ["text,label\na,x\n", "json", "^x.json: not JSON"],
  ['[\n{"text":"a"}]', "jsonl", "line 1: not JSON; .* use --format json"],
  ['{"text":"a"}\n{"text":\n', "json", "line 2: not JSON"],
] as const)("%j as %s is refused", async (text, format, message) => {
  await expectRejection(fields(text, format), "ERR_DATA", new RegExp(message));
});

it("names NaN as the reason only if it is there", async () => {
  const read = (text: string) => all(readObjects([text], "x.jsonl", "jsonl"));
  await expect(read('{"a": NaN}\n')).rejects.toThrow("line 1: not JSON (which has no NaN)");
  await expect(read('{"a": 1,}\n')).rejects.toThrow(/line 1: not JSON: /);
});

it("refuses objects and lists in place of texts", async () => {
  const read = (object: object) =>
    embedderTask.read(
      { data: textSource(`${JSON.stringify(object)}\n`, "a.jsonl") },
      { textColumn: "translation", labelColumn: "b" },
    );
  for (const translation of [{ en: "x", de: "y" }, ["x", "y"]]) {
    await expectRejection(
      read({ translation, b: "z" }),
      "ERR_DATA",
      /^a\.jsonl, line 1: field translation is an object or a list, expected a text/,
    );
  }
});
