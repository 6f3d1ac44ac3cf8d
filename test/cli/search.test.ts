import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DOMParser } from "@xmldom/xmldom";
import { expect, it } from "vitest";
import { bestTrial, type Trial } from "../../src/search/trial.ts";
import { contents, finish, newFolder, objects, start, TINY, unrolled } from "./cli.ts";

const SPACE = JSON.stringify({
  cell: ["rnn", "gru", "lstm"],
  lr: { min: 1e-4, max: 0.3, scale: "log" },
  dropout: { min: 0, max: 0.5 },
});
const files = { "space.json": SPACE };
/** A search whose candidates take a few milliseconds. */
const SEARCH = ["search", ...TINY, "--iters", "16", "--space", "space.json"];

/** Returns the trials of a log, without their times. */
function trials(folder: string, log = "search.jsonl"): Trial[] {
  const [, ...lines] = readFileSync(join(folder, log), "utf8").trimEnd().split("\n");
  return lines.map((line) => ({ ...JSON.parse(line), seconds: 0 }));
}

it.concurrent("for programs: one line per candidate, and the best one, which train reproduces", async () => {
  const folder = newFolder(files);
  const result = await unrolled(folder, ...SEARCH, "--trials", "8", "--json", "--svg", "out.svg");
  expect(result).toMatchObject({ code: 0, stderr: "" });
  const [end, ...lines] = objects(result).reverse();
  const all = trials(folder);
  expect(lines.reverse().map((line) => ({ ...line, seconds: 0 }))).toEqual(
    all.map((trial, i) => ({ ...trial, best_so_far: bestTrial(all.slice(0, i + 1))!.best })),
  );
  expect(all.map(({ losses }) => losses[0]![0])).toEqual(Array(8).fill(2));
  const best = bestTrial(all)!;
  const { command, ...rest } = end as { command: string };
  expect(rest).toEqual({
    done: true,
    trials: 8,
    best: best.number,
    candidate: best.candidate,
    validation_nats: best.best,
    model: "best.safetensors",
    log: "search.jsonl",
    svg: "out.svg",
  });
  const words = command.replace("npx unrolled", "").trim().split(" ");
  expect(words.slice(-4)).toEqual(["--validate-every", "2", "--out", "best-2.safetensors"]);
  const again = await unrolled(folder, ...words, "--json");
  expect(objects(again).at(-1)).toMatchObject({ validation_nats: best.best });
  expect(contents(folder)["best-2.safetensors"]).toBe(contents(folder)["best.safetensors"]);
});

it.concurrent("for people: a line for each candidate, a table, and the command for the best one", async () => {
  const folder = newFolder(files);
  const { code, stdout, stderr } = await unrolled(folder, ...SEARCH, "--trials", "7", "--median-after", "2");
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^candidate 1\/7: \d\.\d{4}, best so far: (rnn|gru|lstm), lr [\d.]+, dropout [\d.]+; about \d+ s left$/m,
  );
  expect(stderr).toMatch(/^candidate 7\/7: \d\.\d{4}.*dropout [\d.]+$/m);
  expect(stderr).toMatch(/, stopped at iteration \d+ \(above the median\): /);
  const all = trials(folder);
  const done = all.filter(({ status }) => status === "done").sort((a, b) => a.best! - b.best!);
  const [head, ...rows] = stdout
    .split("\n\n")[0]!
    .split("\n")
    .map((row) => row.trim().split(/ +/));
  expect(head).toEqual(["candidate", "nats", "seconds", "cell", "lr", "dropout"]);
  expect(rows.map(([number, nats]) => [number, nats])).toEqual(
    done.map(({ number, best }) => [String(number), best!.toFixed(4)]),
  );
  expect(stdout).toContain(`7 candidates: ${done.length} finished, ${7 - done.length} stopped`);
  expect(stdout).toMatch(
    /^best\.safetensors holds the best model: .* nats per character, perplexity .*:\nnpx unrolled train /m,
  );
});

it.concurrent.each(["random", "genetic"])("%s: the same command continues from its log", async (method) => {
  const folder = newFolder(files);
  const how = ["--method", method, "--population", "3"];
  const whole = ["--trials", "7", "--log", "whole.jsonl", "--out", "whole.safetensors"];
  await unrolled(folder, ...SEARCH, ...how, ...whole);
  await unrolled(folder, ...SEARCH, ...how, "--trials", "4");
  const more = await unrolled(folder, ...SEARCH, ...how, "--trials", "7", "--json");
  expect(objects(more)).toHaveLength(4);
  expect(trials(folder)).toEqual(trials(folder, "whole.jsonl"));
  const { "best.safetensors": best, "whole.safetensors": wholeBest } = contents(folder);
  expect(best).toBe(wholeBest);
  const none = await unrolled(folder, ...SEARCH, ...how, "--trials", "7", "--out", "other.safetensors");
  expect(none.code).toBe(0);
  expect(none.stderr).toMatch(/^training candidate \d again, the best one in the log\n$/);
  expect(contents(folder)["other.safetensors"]).toBe(wholeBest);
});

it.concurrent("Ctrl-C loses only the current candidate; the same command continues", async () => {
  const folder = newFolder(files);
  const child = start(folder, ...SEARCH, "--trials", "100000", "--json");
  const finished = finish(child);
  let seen = 0;
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", () => ++seen === 3 && resolve());
  });
  child.kill("SIGINT");
  const result = await finished;
  expect(result.code).toBe(130);
  const count = trials(folder).length;
  expect(objects(result).at(-1)).toEqual({
    done: false,
    stopped: "signal",
    trials: count,
    log: "search.jsonl",
  });
  expect(result.stderr).toBe(
    `unrolled: stopped after ${count} of 100000 candidates, saved in search.jsonl. To continue, run the same command again\n`,
  );
  const more = ["--trials", String(count + 2)];
  await unrolled(folder, ...SEARCH, ...more);
  await unrolled(folder, ...SEARCH, ...more, "--log", "whole.jsonl", "--out", "whole.safetensors");
  expect(trials(folder)).toEqual(trials(folder, "whole.jsonl"));
  const { "best.safetensors": best, "whole.safetensors": whole } = contents(folder);
  expect(best).toBe(whole);
});

it.concurrent("candidates that cannot be trained are logged, and the search continues", async () => {
  const folder = newFolder({
    "space.json": JSON.stringify({
      cell: ["rnn", "lstm"],
      nonlinearity: ["tanh", "relu"],
      lr: [0.01, 30, 1e38],
    }),
  });
  const result = await unrolled(folder, ...SEARCH, "--trials", "99", "--median-after", "0");
  expect(result.code).toBe(0);
  const all = trials(folder);
  expect(all).toHaveLength(12);
  for (const { candidate, status, error } of all) {
    const refused = candidate.cell === "lstm" && candidate.nonlinearity === "relu";
    expect(status).toBe(refused || candidate.lr !== 0.01 ? "failed" : "done");
    if (status === "failed")
      expect(error).toMatch(
        refused ? /^spec: nonlinearity/ : candidate.lr === 30 ? /^diverged: / : /iteration \d/,
      );
  }
  expect(result.stdout).toContain("12 candidates: 3 finished, 0 stopped (above the median), 9 failed");

  const none = newFolder({ "space.json": '{"lr":[1e38]}' });
  const failed = await unrolled(none, ...SEARCH);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(
    /unrolled: 1 candidates: .* 1 failed \(the first: .*\); best.safetensors is unchanged\n$/,
  );
  expect(Object.keys(contents(none)).sort()).toEqual(["search.jsonl", "space.json", "text.txt"]);
});

it.concurrent("without a file, searches the task's space without the options that are given", async () => {
  const examples = Array.from({ length: 40 }, (_, i) => (i % 2 ? "good day\tyes" : "bad day\tno")).join("\n");
  const folder = newFolder({ "lines.tsv": examples });
  const data = ["--task", "classifier", "--data", "lines.tsv", "--level", "word"];
  const fixed = ["--hidden", "8", "--layers", "1", "--embedding", "4", "--no-bidirectional", "--activations"];
  const options = ["--iters", "4", "--trials", "2", "--seed", "3", "--json"];
  const result = await unrolled(
    folder,
    "search",
    ...data,
    ...fixed,
    "sigmoid,elu:0.5,tanh",
    "--cell",
    "lstm",
    ...options,
  );
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(trials(folder).map(({ candidate }) => Object.keys(candidate))).toEqual(
    Array(2).fill(["lr", "dropout", "batch", "clip"]),
  );
  const { command, ...end } = objects(result).at(-1)! as { command: string };
  expect(end).toMatchObject({ accuracy: expect.any(Number), f1: expect.any(Number) });
  for (const part of ["--task classifier", "--data lines.tsv", "--seed 3", "--iters 4", "--level word"]) {
    expect(command).toContain(part);
  }
  expect(command).toContain("--hidden 8 --layers 1 --embedding 4 --no-bidirectional");
  expect(command).toContain("--activations 'sigmoid,elu:0.5,tanh' --variant ");
});

it.concurrent("the picture shows losses and candidates, and is valid XML", async () => {
  const folder = newFolder(files);
  await unrolled(folder, ...SEARCH, "--trials", "8", "--svg", "out.svg", "--json");
  const svg = readFileSync(join(folder, "out.svg"), "utf8");
  const texts = [...new DOMParser().parseFromString(svg, "image/svg+xml").getElementsByTagName("text")].map(
    ({ textContent }) => textContent,
  );
  for (const name of [
    "Validation loss by candidate",
    "best so far",
    "nats",
    ...["cell", "lr", "dropout", "gru"],
  ]) {
    expect(texts).toContain(name);
  }
  expect(texts).not.toContain("failed");
});
