import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Loss } from "../inside/loss.tsx";
import { viewsOf } from "../inside/views.ts";
import { type Model, modelOf, openModel } from "../runs/models.ts";
import type { Run } from "../runs/run.ts";
import { active, continueRun, type Phase, pauseRun, phaseOf, resumeRun, stopRun } from "../runs/session.ts";
import { findRun, loaded } from "../runs/shelf.ts";
import { studioTask } from "../tasks/index.ts";
import { scoresOf, summaryOf } from "../tasks/summary.ts";
import { Lazy } from "../ui/lazy.tsx";
import { tellError } from "../ui/notices.tsx";
import { address } from "../ui/router.ts";
import { duration, number, whole } from "../ui/words.ts";
import { RunFiles } from "./run-files.tsx";
import { RunName } from "./run-name.tsx";

/** A run: how it learns, what its model does, and the inside of the model. */
export function RunPage({ id }: { readonly id: string }) {
  const run = findRun(id);
  useEffect(() => {
    openModel(id).catch(tellError);
  }, [id]);
  if (!run) {
    return loaded.value ? (
      <>
        <h1 tabIndex={-1}>There is no such run</h1>
        <p>
          It may have been deleted, or it is open in another tab. <a href={address("runs")}>All runs</a>
        </p>
      </>
    ) : (
      <h1 tabIndex={-1}>Opening …</h1>
    );
  }
  return <RunView run={run} />;
}

function RunView({ run }: { readonly run: Run }) {
  const task = studioTask(run.plan.task);
  const model = modelOf(run.id);
  const phase = phaseOf(run.id);
  // These two draw much. They change with the model, not with every report of the training.
  const use = useMemo(() => model && <Lazy load={task.use} props={{ run, model }} />, [model?.key]);
  const inside = useMemo(() => model && <Inside run={run} model={model} />, [model?.key]);
  return (
    <>
      <div class="run-head">
        <div class="heading">
          <RunName run={run} />
          <PhaseText run={run} phase={phase} />
        </div>
        <p class="about">
          {task.title} · {summaryOf(run)}
          {phase &&
            run.threads > 1 &&
            !crossOriginIsolated &&
            " that hand data over, as the site is not isolated"}
        </p>
      </div>
      <div class="columns">
        <section class="card" aria-label="Training">
          <Progress run={run} phase={phase} />
          <Controls run={run} phase={phase} />
          <Loss runs={[run]} unit={task.lossUnit} />
        </section>
        <section class="card" aria-label="What it can do now">
          <h2>Try it</h2>
          {use ?? <p class="about">In a moment, the network can be tried here.</p>}
        </section>
      </div>
      {inside}
      <RunFiles run={run} />
    </>
  );
}

interface PartProps {
  readonly run: Run;
  readonly phase: Phase | undefined;
}

const PHASES = {
  starting: "Reading the data",
  training: "Training",
  paused: "Paused",
  stopping: "Stopping …",
  finished: "Finished",
  stopped: "Stopped",
};

function PhaseText({ run: { state, opened }, phase }: PartProps) {
  const rest = state === "finished" ? "finished" : "stopped";
  return (
    <span class="phase" role="status">
      {opened ? "Opened" : PHASES[phase ?? rest]}
    </span>
  );
}

function Progress({ run, phase }: PartProps) {
  const { iteration, iterations, losses } = run;
  const now = active.value?.id === run.id ? active.value : undefined;
  const loss = now?.loss ?? losses.steps.at(-1)?.loss;
  return (
    <>
      {iterations > 0 && <progress max={iterations} value={iteration} aria-label="Iterations done" />}
      <dl class="figures">
        {iterations > 0 && (
          <div>
            <dt>Iteration</dt>
            <dd>
              {whole(iteration)} of {whole(iterations)}
            </dd>
          </div>
        )}
        {!run.opened && (
          <div>
            <dt>Time left</dt>
            <dd>{now?.secondsLeft === undefined ? "–" : duration(now.secondsLeft)}</dd>
          </div>
        )}
        {loss !== undefined && (
          <div>
            <dt>Loss</dt>
            <dd>{number(loss, 3)}</dd>
          </div>
        )}
        {scoresOf(run, phase !== undefined).map(({ name, value, about }) => (
          <div key={name} title={about}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The buttons stay where they are when their words change, so that the keyboard's place is not lost. */
function Controls({ run, phase }: PartProps) {
  const stop = useRef(false);
  if (phase) stop.current = true;
  if (run.opened) {
    return <p class="about">It was trained elsewhere. Its data are not here, so it cannot train further.</p>;
  }
  const rest = run.state === "finished" ? "Train longer" : "Continue";
  const main = { starting: "Starting …", training: "Pause", paused: "Resume", stopping: "Pause" };
  const busy = phase === "starting" || phase === "stopping";
  const act = () => {
    if (phase === "training") return pauseRun();
    return phase === "paused" ? resumeRun() : continueRun(run.id);
  };
  return (
    <div class="buttons">
      <button
        type="button"
        class={phase ? undefined : "primary"}
        aria-disabled={busy}
        onClick={() => !busy && act().catch(tellError)}
      >
        {phase ? main[phase] : rest}
      </button>
      {stop.current && (
        <button
          type="button"
          aria-disabled={!phase || phase === "stopping"}
          onClick={() => phase && stopRun(run.id).catch(tellError)}
        >
          {phase === "stopping" ? "Stopping …" : "Stop"}
        </button>
      )}
    </div>
  );
}

function Inside({ run, model }: { readonly run: Run; readonly model: Model }) {
  const views = viewsOf(run.plan.task);
  const [chosen, setChosen] = useState(views[0]?.id);
  const view = views.find(({ id }) => id === chosen) ?? views[0];
  if (!view) return null;
  return (
    <section class="card inside" aria-labelledby="inside-title">
      <h2 id="inside-title">Look inside</h2>
      <div class="tabs" role="tablist" aria-label="Pictures">
        {views.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === view.id}
            aria-controls="inside-panel"
            tabIndex={id === view.id ? 0 : -1}
            onClick={() => setChosen(id)}
            onKeyDown={({ key, currentTarget }) => {
              const tabs = [...currentTarget.parentElement!.children] as HTMLElement[];
              const move = { ArrowRight: 1, ArrowLeft: -1 }[key];
              if (!move) return;
              const next = (tabs.indexOf(currentTarget) + move + tabs.length) % tabs.length;
              tabs[next]!.focus();
              setChosen(views[next]!.id);
            }}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="inside-panel" role="tabpanel" aria-labelledby={`tab-${view.id}`}>
        <Lazy load={view.load} props={{ run, model }} height={320} />
      </div>
    </section>
  );
}
