import { useState } from "preact/hooks";
import { openModelFile } from "../desk/open.ts";
import { Loss } from "../inside/loss.tsx";
import type { Run } from "../runs/run.ts";
import { phaseOf, stopRun } from "../runs/session.ts";
import { deletedRuns, deleteRun, elsewhere, emptyDeleted, loaded, runs, undeleteRun } from "../runs/shelf.ts";
import { studioTask } from "../tasks/index.ts";
import { byTask, dateOf, differencesOf, scoresOf, sizeOf } from "../tasks/summary.ts";
import { tellError } from "../ui/notices.tsx";
import { address, go } from "../ui/router.ts";
import { whole } from "../ui/words.ts";
import { OtherTab } from "./other-tab.tsx";
import { Rename } from "./run-name.tsx";

/** All runs, by task, to open, compare, rename and delete. */
export function RunsPage() {
  const groups = [...byTask(runs.value)];
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Your runs</h1>
        <label class="button">
          Open a model
          <input
            type="file"
            class="spoken"
            accept=".safetensors"
            onChange={({ currentTarget: { files } }) => files?.[0] && openAndGo(files[0])}
          />
        </label>
      </div>
      <OtherTab />
      {loaded.value && groups.length === 0 && (
        <p>
          {elsewhere.value ? "There are none in this tab." : "There are none yet."}{" "}
          <a href={address("home")}>Choose what a network should learn</a>, or open a model file of unrolled.
          You can also drop such a file on any page.
        </p>
      )}
      {groups.map(([task, some]) => (
        <Group key={task} title={studioTask(task).title} runs={some} />
      ))}
      {deletedRuns.value.length > 0 && <Deleted />}
    </>
  );
}

/** Opens a model file, and its page. */
export function openAndGo(file: File): void {
  openModelFile(file).then((id) => go("run", id), tellError);
}

interface GroupProps {
  readonly title: string;
  readonly runs: readonly Run[];
}

function Group({ title, runs }: GroupProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const compared = runs.filter(({ id }) => chosen.includes(id));
  const choose = (id: string, on: boolean) =>
    setChosen(on ? [...chosen, id] : chosen.filter((one) => one !== id));
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <ul class="runs">
        {runs.map((run) => (
          <li key={run.id}>
            {runs.length > 1 && (
              <label class="compare">
                <input
                  type="checkbox"
                  checked={chosen.includes(run.id)}
                  aria-label={`Compare ${run.name}`}
                  onChange={({ currentTarget }) => choose(run.id, currentTarget.checked)}
                />
                <span aria-hidden="true">Compare</span>
              </label>
            )}
            <RunLine run={run} />
            <button
              type="button"
              class="small"
              aria-label={`Delete ${run.name}`}
              onClick={() => remove(run).catch(tellError)}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
      {runs.length > 1 && compared.length < 2 && (
        <p class="about">Choose two or more runs to see their losses over one another.</p>
      )}
      {compared.length > 1 && <Compared runs={compared} />}
    </section>
  );
}

/** Keeps the keyboard's place on the page when what had it is about to vanish. */
const focusHeading = () => document.querySelector<HTMLElement>("main h1")!.focus({ preventScroll: true });

async function remove(run: Run): Promise<void> {
  focusHeading();
  if (phaseOf(run.id)) await stopRun(run.id);
  await deleteRun(run.id);
}

function RunLine({ run }: { readonly run: Run }) {
  const phase = phaseOf(run.id);
  const [score] = scoresOf(run, phase !== undefined);
  const states = { finished: "finished", stopped: "stopped", training: "stopped" };
  const about = [
    phase ?? (run.opened ? `opened from a ${run.opened}` : states[run.state]),
    !phase && run.kept === 0 && "nothing kept yet",
    score && `${score.name} ${score.value}`,
    run.iteration > 0 && `${whole(run.iteration)} iterations`,
    sizeOf(run),
    dateOf(run),
  ];
  return (
    <div class="run-words">
      <Rename run={run}>
        <a href={address("run", run.id)}>
          <strong>{run.name}</strong>
        </a>
      </Rename>
      <span class="about">{about.filter(Boolean).join(" · ")}</span>
    </div>
  );
}

function Compared({ runs }: { readonly runs: readonly Run[] }) {
  const scores = runs.map((run) => scoresOf(run, phaseOf(run.id) !== undefined));
  const names = (scores.find(({ length }) => length) ?? []).map(({ name }) => name);
  const rows = [
    ...names.map((name) => ({
      name,
      values: scores.map((all) => all.find((score) => score.name === name)?.value ?? "–"),
    })),
    { name: "weights", values: runs.map(({ parameters }) => whole(parameters)) },
    ...differencesOf(runs),
  ];
  return (
    <>
      <Loss runs={runs} unit={studioTask(runs[0]!.plan.task).lossUnit} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Scores, and settings that differ">
        <table>
          <caption>Scores, and settings that differ</caption>
          <thead>
            <tr>
              <td />
              {runs.map(({ id, name }) => (
                <th scope="col" key={id}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, values }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, i) => (
                  <td key={runs[i]!.id}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Deleted() {
  return (
    <section class="card" aria-labelledby="deleted-title">
      <h2 id="deleted-title">Deleted</h2>
      <p class="about">
        Until you open the studio again, they can be taken back. Their files take room until then.
      </p>
      <ul class="runs">
        {deletedRuns.value.map(({ id, name }) => (
          <li key={id}>
            <div>{name}</div>
            <button
              type="button"
              class="small"
              aria-label={`Take back ${name}`}
              onClick={() => {
                focusHeading();
                undeleteRun(id).catch(tellError);
              }}
            >
              Take back
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="small narrow-button"
        onClick={() => {
          focusHeading();
          emptyDeleted().catch(tellError);
        }}
      >
        Remove them for good
      </button>
    </section>
  );
}
