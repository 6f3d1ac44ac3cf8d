import { expect, it } from "vitest";
import { TEXT_PAIR_FORM } from "../../src/models/embedder/pairs.ts";
import { readTexts } from "../../src/tables/texts.ts";
import { expectRejection } from "../runtimes.ts";

/** Reads pairs. @returns the pairs, and the notes about matches */
async function read(name: string, text: string) {
  const notes: string[] = [];
  const { rows } = await readTexts([text], name, TEXT_PAIR_FORM, { note: (n) => notes.push(n) });
  return {
    pairs: rows.flatMap(({ values }) => (values ? [values.join("|")] : [])),
    notes: notes.filter((note) => /match|have 0/.test(note)),
  };
}

const QUORA = (values: readonly string[], column = "is_duplicate") =>
  `id,qid1,qid2,question1,question2,${column}\n${values.map((v, i) => `${i},1${i},2${i},how ${i},why ${i},${v}\n`).join("")}`;

it.each([
  ["0 and 1", ["1", "0", "0", "1"]],
  ["decimals", ["1.0", "0.0", "0.0", "1.0"]],
  ["words", ["True", "False", "False", "True"]],
])("rows that do not match are left out and counted: %s", async (_, values) => {
  expect(await read("q.csv", QUORA(values))).toEqual({
    pairs: ["how 0|why 0", "how 3|why 3"],
    notes: ["column is_duplicate grades the pairs: 2 of 4 rows have 0 and are left out"],
  });
});

it("a column of ones, of texts, or with another name changes nothing", async () => {
  const pairs = ["how 0|why 0", "how 1|why 1"];
  expect(await read("q.csv", QUORA(["1", "1"]))).toEqual({ pairs, notes: [] });
  expect(await read("q.csv", QUORA(["news", "video"], "label"))).toEqual({ pairs, notes: [] });
  expect(await read("q.csv", QUORA(["0", "1"], "votes"))).toEqual({ pairs, notes: [] });
});

it("JSON lines have such a field as well", async () => {
  const line = (i: number) => JSON.stringify({ sentence1: `a ${i}`, sentence2: `b ${i}`, label: i % 2 });
  expect((await read("q.jsonl", `${[0, 1, 2, 3].map(line).join("\n")}\n`)).pairs).toEqual([
    "a 1|b 1",
    "a 3|b 3",
  ]);
});

it("grades are told", async () => {
  const graded = "sentence1\tsentence2\tscore\na man\ta woman\t2.4\na cat\ta kitten\t4.8\n";
  expect(await read("sts.tsv", graded)).toEqual({
    pairs: ["a man|a woman", "a cat|a kitten"],
    notes: ["column score grades the pairs, but all rows are read as matches: keep only those that match"],
  });
});

it("a column that often means something else is not tried if the columns are named", async () => {
  const votes = "question,answer,score\nhow,so,1\nwhy,thus,0\n";
  expect((await read("q.csv", votes)).pairs).toEqual(["how|so"]);
  const named = { textColumn: "question", labelColumn: "answer" };
  const { rows } = await readTexts([votes], "q.csv", TEXT_PAIR_FORM, named);
  expect(rows.filter(({ values }) => values)).toHaveLength(2);
});

it("no match at all is refused", async () => {
  await expectRejection(read("q.csv", QUORA(["0", "0"])), "ERR_DATA", /is_duplicate has 0 in every row/);
});
