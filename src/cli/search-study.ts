import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UnrolledError } from "../errors.ts";
import { DEFAULT_SEARCH, runTrial } from "../search/search.ts";
import type { Candidate, SearchSpace } from "../search/space.ts";
import { bestTrial, type Trial } from "../search/trial.ts";
import { freeModelName, writeWhole } from "./files.ts";
import { type Claim, StudyWorker } from "./optuna/study.ts";
import { failedTrial } from "./optuna/trials.ts";
import type { SearchDescription, SearchFlags } from "./search-description.ts";
import { countNote, countTrials, searchTable, trialNote } from "./search-notes.ts";
import { type Trained, trainCandidate } from "./search-trial.ts";
import { searchView } from "./search-view.ts";
import { commandLine } from "./shell.ts";
import { stopOnSignal } from "./signals.ts";

/** Works for an Optuna study: runs `--trials` trials, the waiting ones first. */
export async function searchStudy(
  flags: SearchFlags & { readonly storage: string },
  space: SearchSpace,
  { commands, asked, common }: SearchDescription,
): Promise<void> {
  const { storage, trials: count, json, method, population, seed } = flags;
  const how = { method, population, seed, tournament: DEFAULT_SEARCH.tournament };
  const study = new StudyWorker(storage, flags.study, common, space, how);
  const { signal, exitCode, release } = stopOnSignal();
  const view = json ? undefined : searchView(0, count);
  const print = (value: object) => json && console.log(JSON.stringify(value));
  let done = 0;
  let best = bestTrial(study.trials());
  const step = (share: number, loss: number) => view?.step(share, loss, best?.best ?? null);
  try {
    for (; done < count; done++) {
      if (signal.aborted) throw new UnrolledError("ERR_ABORTED", "stopped between two trials");
      const trial = await runClaim(study, study.claimTrial(), flags, signal, async (candidate, context) =>
        trainCandidate(asked(candidate), context, step),
      );
      best = bestTrial(study.trials());
      view?.finished(done + 1, `trial ${trial.number}: ${trialNote(trial, best)}`);
      print({ ...trial, best_so_far: best?.best ?? null });
    }
    view?.end();
    const all = study.ended();
    best = bestTrial(all);
    if (!best) throw new UnrolledError("ERR_VALUE", `${countNote(all)}; the study has no model yet`);
    const { model, command } = study.attributes(best.number);
    print({
      ...{
        done: true,
        trials: done,
        study: study.name,
        storage,
        best: best.number,
        candidate: best.candidate,
      },
      counts: countTrials(all),
      ...{ [`validation_${commands.loss}`]: best.best, model, command },
    });
    if (json) return;
    console.log(
      [searchTable(all, commands.loss), "", `${countNote(all)}; ${done} by this worker.`].join("\n"),
    );
    const again = command ? `. To train it again:\n${command}` : "";
    console.log(
      `trial ${best.number} of ${study.name} is the best: ${best.best!.toFixed(4)} ${commands.loss} per ${commands.target}` +
        `${model ? `, model ${model}` : ""}${again}`,
    );
  } catch (error) {
    view?.end();
    if (!(error instanceof UnrolledError) || error.code !== "ERR_ABORTED") throw error;
    process.exitCode = exitCode();
    print({ done: false, stopped: "signal", trials: done, study: study.name, storage });
    throw new UnrolledError(
      "ERR_ABORTED",
      `stopped after ${done} of ${count} trials, saved in ${storage}. To continue, run the same command again`,
      { cause: error },
    );
  } finally {
    release();
  }
}

/** Trains a candidate. `report` gets its losses. */
type Train = (
  candidate: Candidate,
  context: { readonly signal: AbortSignal; report(iteration: number, loss: number): void },
) => Promise<Trained>;

/**
 * Runs a trial and records in the study how it ended. A model that is the best of the study so far is written next to `--out`,
 * with the trial's number in its name, so that workers that share a folder never write the same file.
 *
 * @throws ERR_ABORTED if the signal aborts. The trial has failed then
 */
async function runClaim(
  study: StudyWorker,
  claim: Claim,
  { out, medianAfter }: Pick<SearchFlags, "out" | "medianAfter">,
  signal: AbortSignal,
  train: Train,
): Promise<Trial> {
  const { number, candidate } = claim;
  if (candidate instanceof UnrolledError) return failedTrial(number, candidate.message);
  let [trained, steps, ended]: [Trained | undefined, number, boolean] = [undefined, 0, false];
  try {
    const trial = await runTrial(
      async (candidate, { signal, report }) => {
        trained = await train(candidate, {
          signal,
          report(iteration, loss) {
            report(iteration, loss);
            ended = !study.report(claim, ++steps, loss);
            if (ended) throw new UnrolledError("ERR_ABORTED", "somebody else has ended the trial");
          },
        });
      },
      candidate,
      // A trial of Optuna may have no reports. The median rule has nothing to compare with then.
      { number, medianAfter, signal, before: () => study.trials().filter(({ losses }) => losses.length) },
    );
    study.finish(claim, trial, trained ? await keep(trained, trial.best!) : {});
    return trial;
  } catch (error) {
    if (ended) return failedTrial(number, (error as Error).message);
    study.fail(claim, signal.aborted ? "stopped by a signal" : (error as Error).message);
    throw error;
  }

  /** Writes the model if it is the best. @returns attributes for the trial */
  async function keep({ model, arguments: options }: Trained, loss: number): Promise<Record<string, string>> {
    const command = commandLine("train", ...options);
    const best = bestTrial(study.trials())?.best ?? Number.POSITIVE_INFINITY;
    if (best <= loss) return { command };
    const name = out.replace(/(\.safetensors)?$/, `-${number}$1`);
    const file = existsSync(name) ? freeModelName(name) : name;
    await writeWhole(file, model);
    return { command, model: resolve(file) };
  }
}
