import { useEffect, useMemo, useRef } from "preact/hooks";
import { Loss } from "../inside/loss.tsx";
import { chosenView, viewsOf } from "../inside/views.ts";
import { type Model, modelOf, openModel } from "../runs/models.ts";
import type { Run } from "../runs/run.ts";
import {
  active,
  continueName,
  continueRun,
  type Phase,
  pauseRun,
  phaseOf,
  resumeRun,
  stopRun,
} from "../runs/session.ts";
import { findRun, loaded } from "../runs/shelf.ts";
import { studioTask } from "../tasks/index.ts";
import { isUntested, scoresOf, summaryOf, weightsOf } from "../tasks/summary.ts";
import { PicturesOf } from "../ui/figure.tsx";
import { Lazy } from "../ui/lazy.tsx";
import { tellError } from "../ui/notices.tsx";
import { address } from "../ui/router.ts";
import { Term } from "../ui/term.tsx";
import { TERMS } from "../ui/terms.ts";
import { duration, number, whole } from "../ui/words.ts";
import { NoRun } from "./no-run.tsx";
import { OtherTab } from "./other-tab.tsx";
import { RunFiles } from "./run-files.tsx";
import { RunName } from "./run-name.tsx";

/** A run: how it learns, what its model does, and the inside of the model. */
export function RunPage({ id }: { readonly id: string }) {
  const run = findRun(id);
  useEffect(() => {
    openModel(id).catch(tellError);
  }, [id]);
  if (!run) {
    return loaded.value ? <NoRun id={id} /> : <h1 tabIndex={-1}>Opening …</h1>;
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
  const nothing = isNothing(run);
  return (
    <PicturesOf.Provider value={run.name}>
      <div class="run-head">
        <div class="heading">
          <RunName run={run} />
          <PhaseText run={run} phase={phase} />
        </div>
        <p class="about">
          {task.title} · {summaryOf(run)}
          <Term name="the cell, units, weights and threads" about={TERMS.network} />
          {run.plan.from && ` · trained further from “${run.plan.from}”`}
          {phase &&
            run.threads > 1 &&
            !crossOriginIsolated &&
            " that hand data over, as the site is not isolated"}
        </p>
      </div>
      <OtherTab />
      <div class="columns">
        <section class="card" aria-label="Training">
          {run.interrupted && !phase && <p role="status">{interruption(run)}</p>}
          <Progress run={run} phase={phase} />
          <Controls run={run} phase={phase} />
          {!nothing && <Loss runs={[run]} unit={task.lossUnit} />}
        </section>
        <section class="card" aria-label="What it can do now">
          <h2>Try it</h2>
          {model && <p class="about weights">{weightsOf(run, model.iteration, phase !== undefined)}</p>}
          {use ?? (
            <p class="about">
              {phase
                ? "In a moment, the network can be tried here."
                : nothing
                  ? "There is no network yet that can be tried: the run ended before anything was kept."
                  : "The network is being read …"}
            </p>
          )}
        </section>
      </div>
      {inside}
      <RunFiles run={run} isEmpty={nothing} />
    </PicturesOf.Provider>
  );
}

/** Tells whether a run ended before its first model, so that there is nothing to show or to save. */
const isNothing = (run: Run) => !phaseOf(run.id) && run.kept === 0 && !run.losses.validations.length;

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
  const { lossUnit } = studioTask(run.plan.task);
  const loss = now?.loss ?? losses.steps.at(-1)?.loss;
  return (
    <>
      {iterations > 0 && <progress max={iterations} value={iteration} aria-label="Iterations done" />}
      <dl class="figures">
        {iterations > 0 && (
          <div>
            <dt>
              Iteration <Term name="iterations" about={TERMS.iteration} />
            </dt>
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
            <dt>
              Training loss{" "}
              <Term
                name="the training loss"
                about={`How far off the guesses were in the last iteration, on what the network learns from, in ${lossUnit}. 0 would be always sure and right. The scores beside it are measured on what was kept aside.`}
              />
            </dt>
            <dd>{number(loss, 3)}</dd>
          </div>
        )}
        {scoresOf(run, phase !== undefined).map(({ name, value, about }) => (
          <div key={name}>
            <dt>
              {name} <Term name={name} about={about} />
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {isUntested(run, phase !== undefined) && (
        <p class="about">It was not yet tested on what was kept aside, so it has no scores.</p>
      )}
    </>
  );
}

/** Says what became of a run whose page was left while it was training. */
function interruption(run: Run): string {
  const rest = isNothing(run)
    ? "before anything of it was kept"
    : `and its state after about iteration ${whole(run.kept ?? run.iteration)} was kept`;
  return `The page was closed or reloaded while it was training, ${rest}. “${continueName(run)}” ${isNothing(run) ? "begins from the start, with the same data" : "goes on from there"}.`;
}

/** The buttons stay where they are when their words change, so that the keyboard's place is not lost. */
function Controls({ run, phase }: PartProps) {
  const stop = useRef(false);
  if (phase) stop.current = true;
  if (run.opened) {
    return (
      <p class="buttons">
        <a class="button primary" href={address("further", run.id)}>
          Train further
        </a>
        <span class="about">
          It was trained elsewhere and its data are not here, so you choose data for it.
        </span>
      </p>
    );
  }
  const rest = run.state === "finished" ? "Train longer" : continueName(run);
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
      <Term name="Pause, Stop and Continue" about={TERMS.pause} />
    </div>
  );
}

function Inside({ run, model }: { readonly run: Run; readonly model: Model }) {
  const views = viewsOf(run);
  const chosen = chosenView(run.id);
  const view = views.find(({ id }) => id === chosen.value) ?? views[0];
  if (!view) return null;
  return (
    <section class="card inside" aria-labelledby="inside-title">
      <div class="heading">
        <h2 id="inside-title">Look inside</h2>
        <a class="about" href={address("lesson", "lstm")}>
          Lesson: what a forget gate does
        </a>
      </div>
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
            onClick={() => {
              chosen.value = id;
            }}
            onKeyDown={({ key, currentTarget }) => {
              const tabs = [...currentTarget.parentElement!.children] as HTMLElement[];
              const move = { ArrowRight: 1, ArrowLeft: -1 }[key];
              if (!move) return;
              const next = (tabs.indexOf(currentTarget) + move + tabs.length) % tabs.length;
              tabs[next]!.focus();
              chosen.value = views[next]!.id;
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
