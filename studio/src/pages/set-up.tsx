import { useState } from "preact/hooks";
import type { CheckPlan } from "../desk/checked.ts";
import { checkData, checkFurther, closeReader } from "../desk/reader.ts";
import { useCheck } from "../desk/use-check.ts";
import type { Model } from "../runs/models.ts";
import { CELL_NAMES, type Plan, type Run } from "../runs/run.ts";
import { starting, startRun } from "../runs/session.ts";
import type { Dataset } from "../tasks/datasets.ts";
import { datasetsOf } from "../tasks/examples.ts";
import { readDataset } from "../tasks/run-data.ts";
import { Network } from "../tasks/setup/network.tsx";
import { OwnData } from "../tasks/setup/own-data.tsx";
import { fieldNames, forLibrary, type OwnOptions } from "../tasks/setup/own-options.tsx";
import { modelFor, type OwnRecipe, ownRecipe } from "../tasks/setup/own-recipe.ts";
import { type Recipe, recipeOf, type Settings, settingsOf, withSettings } from "../tasks/setup/settings.ts";
import type { StudioTask } from "../tasks/task.ts";
import { plain } from "../ui/plain.ts";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { DataChoice, DatasetNotes } from "./data-choice.tsx";
import { follow, forgetProblem } from "./start.ts";
import { StartCard } from "./start-card.tsx";

/** A run whose model is trained further. */
export interface Base {
  readonly run: Run;
  readonly model: Model;
}

interface SetUpProps {
  readonly task: StudioTask;
  /** Else the weights begin at random. */
  readonly base?: Base;
}

/** The form of a new run. */
export function SetUp({ task, base }: SetUpProps) {
  const datasets = datasetsOf(task.task);
  const [dataset, setDataset] = useState(datasets[0]!);
  const [own, setOwn] = useState(false);
  const [data, setData] = useState<File>();
  const [ownOptions, setOwnOptions] = useState<OwnOptions>({});
  const [changes, setChanges] = useState<Partial<Settings>>({});

  const standard: Recipe | OwnRecipe =
    own && data ? ownRecipe(modelFor(datasets, ownOptions.level), data.size) : recipeOf(dataset);
  const recipe = base ? { ...standard, spec: base.run.spec } : standard;
  const settings = { ...settingsOf(task.task, recipe), ...changes };
  const ownFields = forLibrary(ownOptions);
  const { spec, validateEvery, ...trained } = withSettings(task.task, recipe, settings);
  const plan: CheckPlan = {
    task: task.task,
    options: own ? ownFields.options : (dataset.options ?? {}),
    spec: own && !base ? { ...spec, ...ownFields.spec } : spec,
    recipe: trained.recipe,
    length: trained.length,
  };
  const read = async () => (own ? data! : readDataset(dataset));
  const given = own ? data : dataset;
  const words = JSON.stringify(plan);
  const fresh = useCheck(!base && own && data ? checkData(data, plan) : undefined, [own && data, words]);
  const further = useCheck(base && given && checkFurther(base.model, read, plan), [
    base && given,
    base?.model.key,
    words,
  ]);
  const checked = base ? further : fresh;
  const reason =
    own && !data
      ? "Choose a file or paste text first."
      : checked.busy
        ? own
          ? "Your data are being read."
          : "The data are being read."
        : checked.error && `${own ? "Your data" : "These data"} cannot be used yet: see below.`;

  function choose(next: Dataset | undefined): void {
    setOwn(!next);
    if (next) setDataset(next);
    setChanges({});
    forgetProblem();
  }

  function take(file: File | undefined): void {
    setOwn(true);
    setData(file);
    forgetProblem();
  }

  function begin(): void {
    if (reason || starting.value) return;
    const whole: Plan = {
      ...plan,
      ...(own && !base && { spec: fresh.value!.spec }),
      source: own
        ? { kind: "file", name: data!.name, bytes: data!.size }
        : { kind: "dataset", id: dataset.id },
      validateEvery: own ? undefined : validateEvery,
      threads: settings.threads,
      from: base?.run.name,
    };
    const name = base ? `${base.run.name}, further` : own ? data!.name : dataset.title;
    const begun = base && { checkpoint: further.value!.checkpoint };
    const asRead = checked.value?.data;
    closeReader(); // the training reads the data into its own memory
    void follow(
      name,
      () => startRun(name, whole, async () => asRead ?? read(), begun),
      own ? fieldNames(task.task) : {},
    );
  }

  const network = `${settings.layers > 1 ? `${settings.layers} layers of ` : ""}${settings.hidden} ${CELL_NAMES[settings.cell] ?? settings.cell} units`;
  return (
    <form
      class="setup"
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const [file] = event.dataTransfer?.files ?? [];
        if (file) take(file);
      }}
    >
      <StartCard reason={reason}>
        Learns from <strong>{own ? (data?.name ?? "your own data") : dataset.title}</strong>
        <span class="about">
          {" "}
          with {network}
          <Term name="the cell and its units" about={TERMS.network} />
          {base && `, from the weights of “${base.run.name}”`}
        </span>
      </StartCard>
      <DataChoice datasets={datasets} chosen={own ? undefined : dataset} onChoose={choose}>
        {own ? (
          <OwnData
            task={task}
            data={data}
            checked={checked}
            why={!base && "why" in standard ? (standard as OwnRecipe).why : undefined}
            options={ownOptions}
            onData={take}
            onOptions={setOwnOptions}
          />
        ) : (
          <>
            <DatasetNotes {...dataset} />
            {base && (
              <div class="checked" role="status">
                {checked.error && <p class="problem">{plain(checked.error)}</p>}
                {!checked.busy &&
                  checked.value?.notes.map((note) => (
                    <p class="about" key={note}>
                      {plain(note)}
                    </p>
                  ))}
              </div>
            )}
          </>
        )}
      </DataChoice>
      <details class="card">
        <summary>{base ? "Change the training" : "Change the network and its training"}</summary>
        <Network
          task={task.task}
          settings={settings}
          epochs={"epochs" in recipe.length}
          trained={base !== undefined}
          onChange={(change) => setChanges({ ...changes, ...change })}
        />
      </details>
    </form>
  );
}
