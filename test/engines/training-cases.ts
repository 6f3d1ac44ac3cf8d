import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRuntime, type Evaluated, type Runtime } from "../../src/index.ts";
import { newFolder } from "./folders.ts";
import { describeEngine, linesOf, runPython } from "./python.ts";

/** Number of iterations of a training that is compared. */
export const ITERATIONS = 20;

/** A training of ours, and the folder that has to repeat it. */
export interface Training {
  /** The folder of the model, written before its first step. */
  readonly folder: string;
  /** The file for `--data`. */
  readonly data: string;
  readonly trainer: { step(): number; validate(): Evaluated };
}

/** Writes a data file and returns its path. */
export function dataFile(text: string, name = "data.txt"): string {
  const file = join(newFolder(), name);
  writeFileSync(file, text);
  return file;
}

/** What train.py printed, and why it stopped early. */
interface Result {
  readonly lines: Record<string, number>[];
  readonly problem: string | null;
}

/** A call of train.py. */
interface Call {
  readonly folder: string;
  readonly arguments: readonly string[];
}

/**
 * Compares the losses of train.py with those of our trainer, of each case: 20 iterations and a validation.
 *
 * @param make makes the training of a case
 * @param processes number of processes. With 1, a single Python runs all cases; with more, torchrun is started for each
 */
export function describeTraining<Case extends { readonly name: string }>(
  name: string,
  cases: readonly Case[],
  make: (rt: Runtime, given: Case) => Training | Promise<Training>,
  processes = 1,
): void {
  describeEngine(name, { modules: ["torch"], long: processes > 1 }, () => {
    let rt: Runtime;
    const expected: { readonly losses: number[]; readonly validation: Evaluated }[] = [];
    let found: Result[] = [];

    beforeAll(async () => {
      rt = await createRuntime();
      const calls: Call[] = [];
      for (const given of cases) {
        const { folder, data, trainer } = await make(rt, given);
        const losses = Array.from({ length: ITERATIONS }, () => trainer.step());
        expected.push({ losses, validation: trainer.validate() });
        calls.push({ folder, arguments: ["--data", data, "--iters", String(ITERATIONS)] });
      }
      found = processes === 1 ? await inOneProcess(calls) : await withTorchrun(calls, processes);
    }, 600_000);
    afterAll(() => rt?.dispose());

    it.each(cases.map((given, i) => [given.name, i] as const))("has our losses: %s", (_, i) => {
      const { lines, problem } = found[i]!;
      expect(problem).toBe(null);
      const losses = lines.filter(({ loss }) => loss !== undefined).map(({ loss }) => loss!);
      expect(losses.length).toBe(ITERATIONS);
      const own = expected[i]!;
      const differences = losses.map((loss, at) => Math.abs(loss - own.losses[at]!));
      expect(Math.max(...differences)).toBeLessThan(1e-4);
      const last = lines.find((line) => line.validation_loss !== undefined && line.iter === ITERATIONS)!;
      const { loss, error } = own.validation;
      expect(Math.abs(last.validation_loss! - loss)).toBeLessThan(1e-4);
      // The number by which the best model is selected; a language model has none besides the loss.
      if (last.error !== undefined) expect(Math.abs(last.error - error!)).toBeLessThan(1e-6);
    });
  });
}

async function inOneProcess(calls: readonly Call[]): Promise<Result[]> {
  const file = dataFile(JSON.stringify(calls), "cases.json");
  const { code, stdout, stderr } = await runPython([new URL("train_all.py", import.meta.url).pathname, file]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function withTorchrun(calls: readonly Call[], processes: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const call of calls) {
    const torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", String(processes)];
    const ran = await runPython([...torchrun, join(call.folder, "train.py"), ...call.arguments]);
    results.push({ lines: linesOf(ran), problem: null });
  }
  return results;
}
