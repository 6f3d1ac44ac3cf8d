import { useRef, useState } from "preact/hooks";
import { checkData } from "../desk/ask.ts";
import type { CheckPlan } from "../desk/checked.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { Plan } from "../runs/run.ts";
import { active, starting, startRun } from "../runs/session.ts";
import { findRun } from "../runs/shelf.ts";
import type { Dataset } from "../tasks/datasets.ts";
import { datasetsOf } from "../tasks/examples.ts";
import { STUDIO_TASKS } from "../tasks/index.ts";
import { readDataset } from "../tasks/run-data.ts";
import { Network } from "../tasks/setup/network.tsx";
import { OwnData } from "../tasks/setup/own-data.tsx";
import { forLibrary, type OwnOptions } from "../tasks/setup/own-options.tsx";
import { modelFor, type OwnRecipe, ownRecipe } from "../tasks/setup/own-recipe.ts";
import { plain } from "../tasks/setup/plain.ts";
import { type Recipe, recipeOf, type Settings, settingsOf, withSettings } from "../tasks/setup/settings.ts";
import type { StudioTask } from "../tasks/task.ts";
import { address, go } from "../ui/router.ts";

/** Sets up a new run of a task. */
export function TaskPage({ task }: { readonly task: string }) {
  const found = STUDIO_TASKS.find((one) => one.task === task);
  if (found) return <SetUp task={found} />;
  return (
    <>
      <h1 tabIndex={-1}>There is no such task</h1>
      <p>
        <a href={address("home")}>All tasks</a>
      </p>
    </>
  );
}

function SetUp({ task }: { readonly task: StudioTask }) {
  const datasets = datasetsOf(task.task);
  const [dataset, setDataset] = useState(datasets[0]!);
  const [own, setOwn] = useState(false);
  const [data, setData] = useState<File>();
  const [ownOptions, setOwnOptions] = useState<OwnOptions>({});
  const [changes, setChanges] = useState<Partial<Settings>>({});
  const [problem, setProblem] = useState<string>();
  /** Whether a training begins, from the click until its run is there. */
  const begun = useRef(false);

  const recipe: Recipe | OwnRecipe =
    own && data ? ownRecipe(modelFor(datasets, ownOptions.level), data.size) : recipeOf(dataset);
  const settings = { ...settingsOf(task.task, recipe), ...changes };
  const ownFields = forLibrary(ownOptions);
  const { spec, validateEvery, ...trained } = withSettings(task.task, recipe, settings);
  const plan: CheckPlan = {
    task: task.task,
    options: own ? ownFields.options : (dataset.options ?? {}),
    spec: own ? { ...spec, ...ownFields.spec } : spec,
    recipe: trained.recipe,
    length: trained.length,
  };
  const checked = useAnswer(own && data ? () => checkData(data, plan) : undefined, [
    own,
    data,
    JSON.stringify(plan),
  ]);
  const reason = !own
    ? undefined
    : !data
      ? "Choose a file or paste text first."
      : checked.busy
        ? "Your data are being read."
        : checked.error && "Your data cannot be used yet: see below.";
  const other = active.value && findRun(active.value.id);

  function choose(next: Dataset | undefined): void {
    setOwn(!next);
    if (next) setDataset(next);
    setChanges({});
    setProblem(undefined);
  }

  function take(file: File | undefined): void {
    setOwn(true);
    setData(file);
    setProblem(undefined);
  }

  async function begin(): Promise<void> {
    if (reason || starting.value || begun.current) return;
    begun.current = true;
    setProblem(undefined);
    const whole: Plan = {
      ...plan,
      ...(own && { spec: checked.value!.spec }),
      source: own
        ? { kind: "file", name: data!.name, bytes: data!.size }
        : { kind: "dataset", id: dataset.id },
      validateEvery: own ? undefined : validateEvery,
      threads: settings.threads,
    };
    try {
      const name = own ? data!.name : dataset.title;
      go("run", await startRun(name, whole, own ? data! : await readDataset(dataset)));
    } catch (error) {
      setProblem(plain((error as Error).message));
    }
    begun.current = false;
  }

  return (
    <>
      <h1 tabIndex={-1}>{task.title}</h1>
      <p>{task.about}</p>
      <form
        class="setup"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          const [file] = event.dataTransfer?.files ?? [];
          if (file) take(file);
        }}
      >
        <section class="card start" aria-label="Start">
          <p>
            Learns from <strong>{own ? (data?.name ?? "your own data") : dataset.title}</strong>
            <span class="about">
              {" "}
              with {settings.layers > 1 ? `${settings.layers} layers of ` : ""}
              {settings.hidden} {settings.cell.toUpperCase()} units
            </span>
          </p>
          <button
            type="submit"
            class="primary"
            aria-disabled={Boolean(reason) || starting.value !== undefined}
            aria-describedby="start-note"
          >
            {starting.value ? "Reading the data …" : other ? "Stop it and train" : "Train"}
          </button>
          <p id="start-note" class="about" role="status">
            {reason ??
              (other
                ? `“${other.name}” is under way. Training this one stops it; you can continue it later.`
                : "")}
          </p>
          {problem && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
        </section>
        <fieldset class="card">
          <legend>What should it learn from?</legend>
          <div class="choices">
            {datasets.map((one) => (
              <label key={one.id} class="choice">
                <input
                  type="radio"
                  name="dataset"
                  checked={!own && one === dataset}
                  onChange={() => choose(one)}
                />
                <span>
                  <strong>{one.title}</strong> <span class="about">{one.about}</span>
                </span>
              </label>
            ))}
            <label class="choice">
              <input type="radio" name="dataset" checked={own} onChange={() => choose(undefined)} />
              <span>
                <strong>Your own data</strong>{" "}
                <span class="about">A file, or pasted text. It stays in this browser.</span>
              </span>
            </label>
          </div>
          {own ? (
            <OwnData
              task={task}
              data={data}
              checked={checked}
              why={"why" in recipe ? (recipe as OwnRecipe).why : undefined}
              options={ownOptions}
              onData={take}
              onOptions={setOwnOptions}
            />
          ) : (
            <DatasetNotes {...dataset} />
          )}
        </fieldset>
        <details class="card">
          <summary>Change the network and its training</summary>
          <Network
            task={task.task}
            settings={settings}
            epochs={"epochs" in recipe.length}
            onChange={(change) => setChanges({ ...changes, ...change })}
          />
        </details>
      </form>
    </>
  );
}

function DatasetNotes({ tryThis, origin: { name, url, licence, by }, bytes }: Dataset) {
  return (
    <p class="about">
      <strong>Try afterwards:</strong> {tryThis}
      <br />
      <strong>Data:</strong> <a href={url}>{name}</a>
      {by && ` by ${by}`}, {licence}, {Math.max(1, Math.round(bytes / 1000))} kB
    </p>
  );
}
