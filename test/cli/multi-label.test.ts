import { expect, it } from "vitest";
import { labelSet } from "../../src/data/label-set.ts";
import { MEANT, THINGS } from "../models/labels/sets.ts";
import { contents, expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";
import { describeTask, MODEL } from "./describe-task.ts";

const texts = THINGS.map(({ tokens, labels }) => ({ text: tokens.join(" "), labels: labelSet(labels[0]!) }));
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
/** Cells with commas; the label with a comma in its name has another name. */
const plain = (labels: readonly string[]) => labels.map((label) => label.replace(",", "")).join(", ");
const csv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");

const FILES = {
  "things.csv": csv([["text", "labels"], ...texts.map(({ text, labels }) => [text, plain(labels)])]),
  "things.tsv": texts.map(({ text, labels }) => `${text}\t${plain(labels)}\n`).join(""),
  "things.jsonl": texts.map((row) => `${JSON.stringify(row)}\n`).join(""),
  "strange.jsonl": [...texts.slice(0, 5), { text: "the", labels: ["new"] }]
    .map((row) => `${JSON.stringify(row)}\n`)
    .join(""),
  "meant.conll": MEANT.map(({ tokens, labels }) =>
    tokens.map((token, t) => `${token}\t${labels[t] === "[]" ? "" : labels[t]}\n`).join(""),
  ).join("\n"),
  "meant.jsonl": MEANT.map(
    ({ tokens, labels }) =>
      `${JSON.stringify({ tokens, labels: labels.map(labelSet).map((set) => (set.length === 1 ? set[0]!.replace("metal, noble", "metal") : set)) })}\n`,
  ).join(""),
  "texts.txt": "the red\n\nbig blue\n",
  "python.csv": "text,labels\nred,\"['colour']\"\nbig,\"['size']\"\n",
  "bare.csv": 'text,labels\nx,"[red, blue]"\ny,red\n',
  "short.csv": "text,labels\nred,colour\nbig\n",
  "untabbed.tsv": "red\tcolour\nbig\n",
  "same.csv": 'text,labels\nred,"a,b"\nbig,"b,a"\nblue,"b, a"\n',
  "none.csv": "text,labels\nred,\nbig,\nblue,\n",
  "single.csv": csv([
    ["text", "label"],
    ...texts.map(({ text, labels }) => [text, labels.includes("colour") ? "colour" : "none"]),
  ]),
};

const SMALL = [
  ...[
    "--variant",
    "strict",
    "--hidden",
    "8",
    "--embedding",
    "6",
    "--batch",
    "8",
    "--lr",
    "0.03",
    "--min-count",
    "1",
  ],
  ...["--dropout", "0", "--input-dropout", "0", "--word-dropout", "0", "--average", "0", "--early-stop", "0"],
];
const train = (task: string, ...options: string[]) => ["train", "--task", task, ...SMALL, ...options];
const SCORES = {
  micro_f1: expect.any(Number),
  micro_f1_at_half: expect.any(Number),
  macro_f1: expect.any(Number),
  exact: expect.any(Number),
};

describeTask("a classifier of several labels", {
  files: FILES,
  train: train("classifier", "--multi-label"),
  trains: [
    ["--data", "things.jsonl", "--iters", "150"],
    (run) => {
      expect(run.at(-1)).toMatchObject({ done: true, micro_f1: 1, macro_f1: 1, exact: 1 });
      expect(run.at(-1)).not.toHaveProperty("accuracy");
    },
  ],
  prints: {
    "eval --json: micro and macro F1": [
      ["eval", MODEL, "--data", "things.jsonl"],
      ({ json }) => expect(json).toEqual([{ ...SCORES, nats: expect.any(Number), labels: 60 }]),
    ],
    "eval: a table of labels, and those that the model never saw": [
      ["eval", MODEL, "--data", "strange.jsonl"],
      ({ text, notes }) => {
        expect(notes).toContain("never saw, counted as missed: new\n");
        expect(text).toMatch(/^metal, noble +\d/m);
        expect(text).toMatch(/^new +0\.0% +0\.0% +0\.0% +1$/m);
        expect(text).toMatch(
          /6 examples: micro F1 [\d.]+% \([\d.]+% at 0\.5\), macro F1 66\.7%, exact 83\.3%, [\d.]+ nats/,
        );
      },
    ],
    "eval --threshold: from a probability on": [
      ["eval", MODEL, "--data", "things.jsonl", "--threshold", "0"],
      ({ json }) => {
        const right = texts.flatMap(({ labels }) => labels).length;
        expect(json[0]!.micro_f1).toBeCloseTo((2 * right) / (right + 180), 12);
      },
    ],
    "predict: the labels of texts": [
      ["predict", MODEL, "the gold", "the the", "big red"],
      ({ json, text }) => {
        expect(json.map(({ labels }) => (labels as string[]).sort())).toEqual([
          ["colour", "metal, noble"],
          [],
          ["colour", "size"],
        ]);
        expect(Object.keys(json[0]!)).toEqual(["text", "labels", "probabilities"]);
        const rows = text
          .trim()
          .split("\n")
          .map((line) => line.split("\t"));
        expect(rows.map(([cell]) => labelSet(cell!))).toEqual(json.map(({ labels }) => labels));
        expect(rows.map(([, shares]) => shares!.split(",").filter(Boolean).length)).toEqual([2, 0, 2]);
        expect(rows.map((row) => row[2])).toEqual(["the gold", "the the", "big red"]);
      },
    ],
    "predict --threshold: from a probability on": [
      ["predict", MODEL, "the", "--threshold", "0"],
      ({ json }) => expect(json[0]!.labels).toHaveLength(3),
    ],
    "predict --data: a blank line has no labels": [
      ["predict", MODEL, "--data", "texts.txt"],
      ({ json }) => expect(json[1]).toEqual({ text: "", labels: [], probabilities: {} }),
    ],
    "info: the thresholds": [
      ["info", MODEL],
      ({ json, text }) => {
        const { spec, thresholds, labels } = json[0] as Record<string, never>;
        expect(spec).toMatchObject({ multiLabel: true });
        expect(labels).toHaveLength(3);
        expect(thresholds).toHaveLength(3);
        expect(text).toMatch(/^labels +3: .*"metal, noble"/m);
        expect(text).toContain(`thresholds         ${JSON.stringify(thresholds)}`);
      },
    ],
  },
  resumes: { data: ["--data", "things.csv"], after: 10, iterations: 20 },
  refusesToTrain: [
    [
      "lists of Python",
      ["--data", "python.csv"],
      `python.csv, line 2: "['colour']" is not a JSON array of labels, expected labels with commas between them or ["a", "b"]`,
    ],
    [
      "lists without quotes",
      ["--data", "bare.csv"],
      'bare.csv, line 2: "[red, blue]" is not a JSON array of labels',
    ],
    ["a row without the cell", ["--data", "short.csv"], "short.csv, line 3: no label"],
    ["a line without a tab", ["--data", "untabbed.tsv"], "untabbed.tsv, line 2: no tab"],
    [
      "sets that are the same",
      ["--data", "same.csv"],
      'all examples have the same set of labels, "a,b", expected',
    ],
    [
      "no labels at all",
      ["--data", "none.csv"],
      "all examples have the empty set of labels, expected at least two sets",
    ],
    [
      "another task",
      ["--data", "things.tsv", "--task", "embedder"],
      "--multi-label goes with task classifier or tagger",
    ],
  ],
  refuses: [
    [
      "--multi-label",
      ["train", "--data", "things.jsonl", "--resume", "model.checkpoint.safetensors", "--multi-label"],
    ],
    ["expected a number from 0 to 1", ["eval", MODEL, "--data", "things.jsonl", "--threshold", "1.5"]],
  ],
});

describeTask("a tagger of several labels", {
  files: FILES,
  train: train("tagger", "--multi-label", "--characters", "0"),
  trains: [
    ["--data", "meant.jsonl", "--iters", "120"],
    (run) => expect(run.at(-1)).toMatchObject({ done: true, micro_f1: 1, macro_f1: 1, exact: 1 }),
  ],
  prints: {
    "eval: the scores of all tokens": [
      ["eval", MODEL, "--data", "meant.jsonl"],
      ({ json, text }) => {
        const tokens = MEANT.flatMap((sentence) => sentence.tokens).length;
        expect(json[0]).toMatchObject({ micro_f1: 1, macro_f1: 1, exact: 1, labels: tokens });
        expect(text).toContain(`${tokens} tokens: micro F1 100.0%`);
      },
    ],
    "predict: the tags of each word": [
      ["predict", MODEL, "the gold big"],
      ({ json, text }) => {
        const [{ tokens, tags }] = json as [{ tokens: string[]; tags: string[][] }];
        expect(tokens).toEqual(["the", "gold", "big"]);
        expect(tags.map((set) => set.sort())).toEqual([[], ["colour", "metal, noble"], ["size"]]);
        expect(text).toMatch(/^the\t\[\]\ngold\t\["[^\t]*"\]\nbig\tsize\n/);
      },
    ],
  },
  resumes: { data: ["--data", "meant.conll"], after: 6, iterations: 12 },
});

it("commas in a table, in lines and JSON arrays are the same labels", async () => {
  const folder = newFolder(FILES);
  const runs = ["things.csv", "things.tsv"].map((data) =>
    jsonLines(
      folder,
      ...train(
        "classifier",
        "--multi-label",
        "--data",
        data,
        "--iters",
        "12",
        "--out",
        `${data}.safetensors`,
      ),
    ),
  );
  const losses = (await Promise.all(runs)).map((run) => run.flatMap(({ loss }) => loss ?? []));
  expect(losses[1]).toEqual(losses[0]);
  expect(losses[0]!.length).toBeGreaterThan(0);
});

it("predict --out writes cells that are read back as the same sets", async () => {
  const folder = newFolder(FILES);
  await jsonLines(
    folder,
    ...train("classifier", "--multi-label", "--data", "things.jsonl", "--iters", "150"),
  );
  const predicted = await jsonLines(folder, "predict", MODEL, "--data", "things.jsonl");
  for (const out of ["out.csv", "out.tsv", "out.jsonl"]) {
    const { code, stderr } = await unrolled(folder, "predict", MODEL, "--data", "things.jsonl", "--out", out);
    expect(code, stderr).toBe(0);
    const own = out.endsWith("jsonl")
      ? ["--label-column", "predicted_labels"]
      : ["--label-column", "predicted_labels", "--header"];
    const [scores] = await jsonLines(folder, "eval", MODEL, "--data", out, ...own);
    expect(scores, out).toMatchObject({ micro_f1: 1, exact: 1, labels: predicted.length });
  }
  const table = Buffer.from(contents(folder)["out.tsv"]!, "base64").toString();
  expect(table.split("\n")[0]).toBe("text\tlabels\tpredicted_labels");
});

it("without --multi-label, a text is one label, and a note names the option if it looks like a list", async () => {
  const folder = newFolder(FILES);
  const run = (data: string) =>
    unrolled(folder, ...train("classifier", "--data", data, "--iters", "1", "--force"));
  expect((await run("things.csv")).stderr).toMatch(
    /each text such as "[^"]*,[^"]*" is one label; .* use --multi-label/,
  );
  expect((await run("single.csv")).stderr).not.toContain("--multi-label");
  await expectRefused(
    folder,
    train("classifier", "--data", "things.jsonl", "--force"),
    "for several labels, use --multi-label",
  );
  await expectRefused(
    folder,
    train("tagger", "--data", "meant.jsonl", "--force"),
    "for several labels, use --multi-label",
  );
  await jsonLines(folder, ...train("classifier", "--data", "single.csv", "--iters", "1", "--force"));
  await expectRefused(
    folder,
    ["predict", MODEL, "red", "--threshold", "0.3"],
    "--threshold 0.3: the model predicts one label, without thresholds; leave the option out",
  );
  await expectRefused(
    folder,
    ["eval", MODEL, "--data", "single.csv", "--threshold", "0.3"],
    "--threshold 0.3: the model predicts one label",
  );
  const lists = ["eval", MODEL, "--data", "things.jsonl"];
  await expectRefused(folder, lists, "expected a text or a number; the model predicts one label");
});

it.concurrent("a run with one label names it in the singular", async () => {
  const lines = Array.from(
    { length: 30 },
    (_, i) => `a ${i % 3 ? "word" : "fault"}\t${i % 3 ? "" : "wrong"}\n`,
  );
  const folder = newFolder({ "one.tsv": lines.join("") });
  const trained = await unrolled(
    folder,
    ...train("classifier", "--multi-label"),
    "--data",
    "one.tsv",
    "--iters",
    "2",
  );
  expect(trained.stderr).toMatch(/ symbols, 1 label, /);
});
