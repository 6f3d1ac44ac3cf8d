import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { serializeModel } from "../../src/network/model-file.ts";
import { EXAMPLES, taskOf, trained } from "../tasks/examples.ts";
import { expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";

// `predict --data` answers every line, and `predict --out` writes a table of the lines and the answers.

const EMPTY: Readonly<Record<string, object>> = {
  "a classifier": { text: "", label: "", probability: 0, probabilities: {} },
  "an encoder-decoder": { text: "", output: "", tokens: [], log_probability: 0 },
  "an autoencoder": { text: "", output: "", tokens: [], log_probability: 0 },
  "a generator": { condition: "", text: "" },
  "an embedder": { text: "", vector: [] },
};

it.each(Object.entries(EMPTY))("every line of the file is answered by %s", async (name, empty) => {
  const line = taskOf(EXAMPLES[name]!).Model.task === "generator" ? "x\tred" : "red cow";
  const model = serializeModel(await trained(name));
  const folder = newFolder({ "model.safetensors": model, "lines.txt": `${line}\n\n${line}\n \n` });
  const predict = ["predict", "model.safetensors", "--data", "lines.txt"];
  const answers = await jsonLines(folder, ...predict);
  expect(answers).toHaveLength(4);
  expect([answers[1], answers[3]]).toEqual([empty, empty]);
  expect(answers[0]).not.toEqual(empty);
  expect(await unrolled(folder, ...predict, "--out", "out.tsv")).toMatchObject({ code: 0, stdout: "" });
  const rows = readFileSync(join(folder, "out.tsv"), "utf8").slice(0, -1).split("\n");
  expect(rows, "a header and four lines").toHaveLength(5);
  expect(rows[1]).toContain(line);
});

it.each(["a classifier", "an embedder"])("%s answers a cell with several lines on one line", async (name) => {
  const folder = newFolder({
    "model.safetensors": serializeModel(await trained(name)),
    "new.csv": 'text,label\n"red\ncow\r\n\r\nblue",x\nred,y\n',
  });
  const predict = ["predict", "model.safetensors", "--data", "new.csv", "--text-column", "text"];
  const lines = (await unrolled(folder, ...predict)).stdout.trimEnd().split("\n");
  expect(lines.map((line) => line.split("\t").at(-1))).toEqual(["red cow  blue", "red"]);
  expect((await jsonLines(folder, ...predict))[0]).toMatchObject({ text: "red\ncow\n\nblue" });
});

it("a model that learnt from CSV writes the columns of another table, with the answers", async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},"red, ""${i % 3}""\nmore",${"xy"[i % 2]}\n`).join(
    "",
  );
  const folder = newFolder({
    "train.csv": `id,review,mood\n${rows}`,
    "new.csv": 'review,label\n"a, b",old\n\nc,older\n',
  });
  const train = ["train", "--task", "classifier", "--hidden", "4", "--epochs", "1", "--out", "m.safetensors"];
  const run = await unrolled(
    folder,
    ...train,
    "--data",
    "train.csv",
    "--text-column",
    "review",
    "--label-column",
    "3",
  );
  expect(run).toMatchObject({ code: 0 });
  const predict = ["predict", "m.safetensors", "--data", "new.csv", "--out"];
  expect(await unrolled(folder, ...predict, "out.csv")).toMatchObject({ code: 0 });
  const table = readFileSync(join(folder, "out.csv"), "utf8");
  expect(table).toMatch(
    /^review,label,predicted_label,probability\n"a, b",old,[xy],0\.\d+\n,,,\nc,older,[xy],0\.\d+\n$/,
  );
  await expectRefused(
    folder,
    [...predict, "out.xlsx"],
    "--out out.xlsx: predict writes .csv, .tsv and .jsonl",
  );
  await expectRefused(folder, [...predict, "out.csv"], "out.csv exists; give another --out, or --force");
  expect(await unrolled(folder, ...predict, "out.jsonl")).toMatchObject({ code: 0 });
  const objects = readFileSync(join(folder, "out.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line && JSON.parse(line));
  expect(objects[0]).toMatchObject({ review: "a, b", label: "old", predicted_label: expect.any(String) });
  expect(objects).toHaveLength(3);
});

it.concurrent("predict --out puts the tags beside the tokens, also if sentences are cut", async () => {
  const rows = (tags: string) => `red\t${tags[0]}\nblue\t${tags[1]}\ngreen\t${tags[2]}\n\n`;
  const folder = newFolder({
    "train.conll": rows("xyx").repeat(10),
    "new.conll": "red\tx\nblue\ty\ngreen\tx\n\nred\tx\n",
    "lines.txt": "red blue green\n\nred blue\n",
    "numbered.csv": "sentence,token,tag\n1,red,x\n2,blue,y\n2,red,x\n",
  });
  const train = ["train", "--task", "tagger", "--hidden", "4", "--iters", "2", "--out", "m.safetensors"];
  expect(await unrolled(folder, ...train, "--data", "train.conll")).toMatchObject({ code: 0 });
  const out = async (...options: string[]) => {
    const command = ["predict", "m.safetensors", "--out", "out.csv", "--force", ...options];
    expect(await unrolled(folder, ...command)).toMatchObject({ code: 0 });
    return readFileSync(join(folder, "out.csv"), "utf8").trimEnd().split("\n");
  };
  const whole = await out("--data", "new.conll");
  expect(whole.join("\n"), "tokens as before, with blank lines and without a header").toMatch(
    /^red,x,[xy]\nblue,y,[xy]\ngreen,x,[xy]\n\nred,x,[xy]$/,
  );
  const cut = await out("--data", "new.conll", "--cut", "2");
  expect(cut).toHaveLength(5);
  expect(cut[2]).toBe("green,x,");
  const lines = await out("--data", "lines.txt");
  expect(lines[1]).toMatch(/^red blue green,"\[""[xy]"",""[xy]"",""[xy]""\]"$/);
  expect(lines[2]).toBe(",");
  await expectRefused(folder, ["predict", "m.safetensors", "red", "--out", "x.csv"], "give --data FILE");

  const both = await out("--data", "lines.txt", "--data", "new.conll");
  expect(both[0]).toMatch(/^red blue green,,"\["/);
  expect(both.slice(3).join("\n")).toMatch(/^red,x,[xy]\nblue,y,[xy]\ngreen,x,[xy]\n\nred,x,[xy]$/);
  const numbered = await out("--data", "numbered.csv");
  expect(numbered[0]).toBe("sentence,token,tag,predicted_tag");
  expect(numbered.slice(1).join("\n")).toMatch(/^1,red,x,[xy]\n2,blue,y,[xy]\n2,red,x,[xy]$/);
});

it.each(["a classifier", "an embedder"])("the table of %s keeps the values of JSON", async (name) => {
  const rows = [
    { id: 7, text: "red cow", ok: true, none: null, nested: { a: [1, "x"] }, padded: " a " },
    { id: -0.5, text: "old", more: [] },
  ];
  const folder = newFolder({
    "model.safetensors": serializeModel(await trained(name)),
    "new.jsonl": `${JSON.stringify(rows[0])}\n\n${JSON.stringify(rows[1])}\n`,
  });
  const table = async (out: string) => {
    const run = await unrolled(folder, "predict", "model.safetensors", "--data", "new.jsonl", "--out", out);
    expect(run).toMatchObject({ code: 0 });
    return readFileSync(join(folder, out), "utf8").trimEnd().split("\n");
  };
  const objects = (await table("out.jsonl")).map((line) => line && JSON.parse(line));
  expect(objects).toHaveLength(3);
  expect(objects[1], "a blank line stays one").toBe("");
  expect(objects[0]).toMatchObject(rows[0]!);
  expect(objects[2]).toMatchObject(rows[1]!);
  expect(Object.keys(objects[2])).not.toContain("nested");
  const [header, first] = await table("out.csv");
  expect(header).toMatch(/^id,text,ok,none,nested,padded,more,/);
  expect(first).toMatch(/^7,red cow,true,,"\{""a"":\[1,""x""\]\}", a ,,/);
});
