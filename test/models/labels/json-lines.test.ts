import { describe, expect, it } from "vitest";
import { featuresOf, readJsonExamples, readJsonRows } from "../../../src/models/labels/json-lines.ts";
import { all, expectRejection } from "../../runtimes.ts";

const read = (lines: readonly string[], targetPer: "step" | "sequence" = "sequence", labelled = true) =>
  all(readJsonExamples([lines.join("\n")], "f.jsonl", { targetPer, labelled }));

it("reads texts, tokens and vectors, with labels of sequences or of steps", async () => {
  expect(
    await read(['\ufeff{"text": "so good", "label": "pos", "id": 7}', "", '{"text":"bad","label":-1}\r']),
  ).toEqual([
    { text: "so good", labels: ["pos"] },
    { text: "bad", labels: ["-1"] },
  ]);
  expect(await read(['{"tokens":["a","b"],"label":"x"}'])).toEqual([{ tokens: ["a", "b"], labels: ["x"] }]);
  const vectors = ['{"input":[[1,-2.5e0],[0,3]],"labels":["x",2]}', '{"input":[[1,2]],"labels":["y"]}'];
  expect(await read(vectors, "step")).toEqual([
    {
      tokens: [
        [1, -2.5],
        [0, 3],
      ],
      labels: ["x", "2"],
    },
    { tokens: [[1, 2]], labels: ["y"] },
  ]);
  expect(await read(['{"input":[[1]]}'], "step", false)).toEqual([{ tokens: [[1]], labels: [] }]);
  expect(
    [{ tokens: [[1, 2]] }, { tokens: ["a"] }, { tokens: [] }].map((one) =>
      featuresOf({ ...one, labels: [] }),
    ),
  ).toEqual([2, 0, 0]);
});

describe("fields without the usual names", () => {
  const fields = async (object: object, more: object = object) => {
    const text = `${JSON.stringify(object)}\n${JSON.stringify(more)}`;
    const rows = await all(readJsonRows([text], "f.jsonl", { targetPer: "sequence" }));
    return [rows[0]!.names, rows[1]!.example];
  };

  it("are found by the words of their names, by the first object", async () => {
    const review = { reviewerID: "A2", reviewText: "so good", reviewed: ["x"], gold_label: 4 };
    expect(await fields(review)).toEqual([
      { sequence: "reviewText", labels: "gold_label" },
      { text: "so good", labels: ["4"] },
    ]);
    const one = { title: "good", stars: 4 };
    const other = { text: "bad", label: "x", ...one };
    expect((await fields(one, other))[1]).toEqual({ text: "good", labels: ["4"] });
    const twice = { review_score: "5", review_body: "good" };
    await expectRejection(
      fields(twice),
      "ERR_DATA",
      /no field label.* it has review_score, .* --label-column/,
    );
  });

  it("are not exchanged for others where they are missing", async () => {
    const [one, other] = [
      { text: "a", label: "x" },
      { text: "b", label: null, score: 0.9 },
    ];
    await expectRejection(fields(one, other), "ERR_DATA", /line 2: label is null/);
  });

  it("are asked for", async () => {
    const asked = /no field text, tokens or input; it has a, overall; name another one with --text-column/;
    await expectRejection(fields({ a: "x", overall: 5 }), "ERR_DATA", asked);
    const unlabelled = /no field label, class or category; it has text, overall; .* --label-column/;
    await expectRejection(fields({ text: "x", overall: 5 }), "ERR_DATA", unlabelled);
  });
});

it("takes a line of 10 MB", async () => {
  const text = "word ".repeat(2_000_000);
  const [example] = await read([`{"text":"${text}","label":"x"}`]);
  expect(example!.text).toBe(text);
});

it.each<[string, "step" | "sequence", RegExp]>([
  ["{", "sequence", /line 2: not JSON/],
  ['{"input":[[NaN]],"label":"x"}', "sequence", /line 2: not JSON \(which has no NaN\)/],
  ["[1]", "sequence", /line 2: not a JSON object.*"\[1\]"/],
  ["null", "sequence", /not a JSON object/],
  ['{"label":"x"}', "sequence", /no field text, tokens or input/],
  ['{"text":"a","label":"x"}', "sequence", /field text, but earlier lines have input/],
  ['{"input":[],"label":"x"}', "sequence", /input is not a list, or empty/],
  ['{"input":"a","label":"x"}', "sequence", /input is not a list/],
  ['{"input":[1,2],"label":"x"}', "sequence", /step 1 is not a list of numbers/],
  ['{"input":[[1,2],[1]],"label":"x"}', "sequence", /step 2 has 1 number, expected 2/],
  ['{"input":[[1,2,3]],"label":"x"}', "sequence", /step 1 has 3 numbers, expected 2 as before/],
  ['{"input":[[1,"2"]],"label":"x"}', "sequence", /number 2 of step 1 is "2", expected a finite number/],
  ['{"input":[[1,null]],"label":"x"}', "sequence", /number 2 of step 1 is null/],
  ['{"input":[[1,1e999]],"label":"x"}', "sequence", /number 2 of step 1/],
  ['{"input":[[1,2]]}', "sequence", /label is undefined, expected a text or a number/],
  ['{"input":[[1,2]],"label":""}', "sequence", /a label is empty/],
  ['{"input":[[1,2]],"label":["x"]}', "sequence", /label is \["x"\]/],
  ['{"input":[[1,2]],"label":"x"}', "step", /no list labels/],
  ['{"input":[[1,2]],"labels":["x","y"]}', "step", /2 labels of 1 step:/],
  ['{"input":[[1,2]],"labels":[null]}', "step", /a label is null/],
])("%s is refused with its line", async (line, targetPer, message) => {
  const first = `{"input":[[0,0]],"label":"x","labels":["x"]}`;
  await expectRejection(read([first, line], targetPer), "ERR_DATA", /^f.jsonl, line 2: /, message);
});

it.each([
  ['{"tokens":["a",1],"label":"x"}', "sequence", /token 2 is 1/],
  ['{"tokens":["a",""],"label":"x"}', "sequence", /token 2 is "", expected a text/],
  ['{"text":" ","label":"x"}', "sequence", /text is no text, or empty/],
  ['{"text":"a b","labels":["x","y"]}', "step", /field text, expected tokens or input/],
] as const)("%s is refused", async (line, targetPer, message) => {
  await expectRejection(read([line], targetPer), "ERR_DATA", message);
});
