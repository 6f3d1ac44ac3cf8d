import { join } from "node:path";
import { expect, it } from "vitest";
import { Journal } from "../../src/cli/optuna/journal.ts";
import { MINIMIZE, OP, STATE } from "../../src/cli/optuna/studies.ts";
import { newFolder, objects, TINY, unrolled } from "./cli.ts";

const SPACE = JSON.stringify({ cell: ["rnn", "gru"], lr: { min: 1e-4, max: 0.3, scale: "log" } });
const STUDY = ["--space", "space.json", "--storage", "s.log", "--study", "n"];
const SEARCH = ["search", ...TINY, "--iters", "16", ...STUDY, "--median-after", "0"];

/** Makes a study whose waiting trials ask for values, as `study.enqueue_trial` does. */
function enqueue(folder: string, asked: readonly object[]): void {
  new Journal(join(folder, "s.log")).update((append) => {
    append({ op_code: OP.CREATE_STUDY, study_name: "n", directions: [MINIMIZE] });
    for (const fixed_params of asked) {
      append({
        ...{ op_code: OP.CREATE_TRIAL, study_id: 0, state: STATE.WAITING },
        ...{ datetime_start: null, system_attrs: { fixed_params } },
      });
    }
  });
}

it.concurrent("the end counts trials that failed before training, of other workers too", async () => {
  const folder = newFolder({ "space.json": SPACE });
  enqueue(folder, [{ cell: "nope" }, { momentum: 1 }, { lr: 1e9 }, { cell: "gru", lr: 0.01 }]);
  const json = objects(await unrolled(folder, ...SEARCH, "--trials", "4", "--json"));
  expect(json.at(-1)).toMatchObject({ done: true, trials: 4, counts: { done: 1, stopped: 0, failed: 3 } });
  const { stdout } = await unrolled(folder, ...SEARCH, "--trials", "1");
  expect(stdout).toContain(
    '5 candidates: 2 finished, 0 stopped (above the median), 3 failed (the first: cell is "nope", not in ["rnn","gru"]); 1 by this worker.',
  );
  expect(stdout.split("\n")[0]).toMatch(/^candidate +nats +seconds +cell +lr$/);
});

it.concurrent("a study without a model says why its trials failed", async () => {
  const folder = newFolder({ "space.json": SPACE });
  enqueue(folder, [{ momentum: 1 }]);
  const { code, stderr } = await unrolled(folder, ...SEARCH, "--trials", "1");
  expect(code).toBe(1);
  expect(stderr).toContain(
    "1 failed (the first: momentum is not searched, only cell, lr); the study has no model yet",
  );
});
