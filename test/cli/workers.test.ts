import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { contents, finish, newFolder, start, TINY, unrolled } from "./cli.ts";

const OPTIONS = ["--dropout", "0.2", "--validate-every", "1000000"];

it.concurrent("--workers trains with several threads: the same number gives the same model, even if resumed", async () => {
  const folder = newFolder();
  const child = start(
    folder,
    "train",
    ...TINY,
    ...OPTIONS,
    ...["--json", "--workers", "2", "--out", "part.safetensors", "--iters", "1000000"],
  );
  const finished = finish(child);
  createInterface({ input: child.stdout }).once("line", () => child.kill("SIGINT"));
  const { code, stderr } = await finished;
  expect([code, stderr]).toEqual([130, expect.stringContaining("--workers 2")]);
  const [, iteration, command = ""] = /after iteration (\d+) and.*To continue: npx unrolled (.*)/s.exec(
    stderr,
  )!;
  const iterations = String(Number(iteration) + 20);
  const again = command.trim().replace("1000000 ", `${iterations} `).split(" ");
  const train = (out: string, ...rest: string[]) =>
    unrolled(folder, "train", ...TINY, ...OPTIONS, "--iters", iterations, "--out", out, ...rest);
  const results = await Promise.all([
    unrolled(folder, ...again),
    train("whole.safetensors", "--workers", "2"),
    train("three.safetensors", "--workers", "3"),
  ]);
  expect(results.map((result) => result.code)).toEqual([0, 0, 0]);
  expect(results[1]!.stderr).toContain("; 2 threads");
  const all = contents(folder);
  expect(all["part.safetensors"]).toBe(all["whole.safetensors"]);
  expect(all["part.checkpoint.safetensors"]).toBe(all["whole.checkpoint.safetensors"]);
  expect(all["three.safetensors"]).not.toBe(all["whole.safetensors"]);
  // A run may continue with fewer threads, but then its bits differ.
  const alone = again
    .join(" ")
    .replace(" --workers 2", "")
    .replace(iterations, String(Number(iterations) + 1));
  expect((await unrolled(folder, ...alone.split(" "))).code).toBe(0);
});

it.concurrent("--workers says if there are more threads than cores, and what cannot be divided", async () => {
  const pairs = Array.from({ length: 12 }, (_, i) => `word ${i}\tother ${i}`).join("\n");
  const folder = newFolder({ "pairs.txt": pairs });
  const many = String(availableParallelism() + 1);
  const [run, encoder, none] = await Promise.all([
    unrolled(folder, "train", ...TINY, "--iters", "2", "--workers", many),
    unrolled(
      folder,
      "train",
      "--task",
      "embedder",
      "--data",
      "pairs.txt",
      "--workers",
      "2",
      "--out",
      "e.safetensors",
    ),
    unrolled(folder, "train", ...TINY, "--workers", "0"),
  ]);
  expect([run.code, run.stderr]).toEqual([0, expect.stringContaining("more than the")]);
  expect([encoder.code, encoder.stderr]).toEqual([
    1,
    expect.stringContaining("compares the sequences of a batch"),
  ]);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("--workers")]);
});
