import { LossChart } from "./chart.ts";
import { button, element, made } from "./page.ts";
import type { Run } from "./run.ts";
import type { Session } from "./session.ts";
import { duration, loss, whole } from "./words.ts";

/** Interval of the progress announcements for screen readers, in ms. */
const SPOKEN_EVERY = 15_000;

/** The progress of the run, its chart and its buttons. */
export class RunView {
  readonly #chart = new LossChart(element("chart"));
  readonly #buttons: Record<"pause" | "resume" | "goOn" | "stop" | "forget", HTMLButtonElement>;
  #spoken = 0;
  #rows = 0;
  #shown: Run | undefined;

  constructor(session: Session) {
    this.#buttons = {
      pause: button("pause", () => session.pause()),
      resume: button("resume", () => session.resume()),
      goOn: button("go-on", () => session.goOn()),
      stop: button("stop", () => session.stop()),
      forget: button("forget", async () => {
        await session.forget();
        element("run").focus(); // the focused button is gone
      }),
    };
  }

  show(session: Session): void {
    const { run } = session;
    const phase = phaseOf(session);
    element("running").hidden = !run;
    element("run-title").textContent = run ? run.name : "No run yet";
    element("run-about").textContent = run ? about(session) : START;
    element("phase").textContent = phase;
    element("phase").dataset.phase = phase;
    this.#showButtons(session);
    if (!run) return;
    this.#bringIntoView(run, session.phase);
    this.#showFigures(run, session.phase);
    this.#chart.show(run.history.losses);
    this.#showTable(run);
    this.#speak(run, phase);
  }

  #showButtons({ phase, run }: Session): void {
    const { pause, resume, goOn, stop, forget } = this.#buttons;
    const focused = Object.values(this.#buttons).find((button) => button === document.activeElement);
    pause.hidden = phase !== "training";
    resume.hidden = phase !== "paused";
    stop.hidden = phase !== "training" && phase !== "paused";
    goOn.hidden = forget.hidden = !stop.hidden;
    goOn.disabled = forget.disabled = phase === "busy";
    goOn.textContent = run?.done ? `Train ${whole(run.settings.iterations)} more` : "Continue";
    // Keeps the keyboard focus in place: on the button that replaces the hidden one.
    if (focused?.hidden) [resume, pause, goOn].find(({ hidden }) => !hidden)?.focus();
  }

  /** Scrolls to the run. On a phone, the form that started it is one screen above. */
  #bringIntoView(run: Run, phase: Session["phase"]): void {
    if (run === this.#shown || phase !== "training") return;
    this.#shown = run;
    if (matchMedia("(max-width: 56rem)").matches) element("run").scrollIntoView();
  }

  #showFigures(run: Run, phase: Session["phase"]): void {
    const progress = element<HTMLProgressElement>("progress");
    progress.max = run.iterations;
    progress.value = run.iteration;
    element("iteration").textContent = `${whole(run.iteration)} of ${whole(run.iterations)}`;
    element("loss").textContent = loss(run.loss ?? run.history.losses.steps.at(-1)?.loss);
    element("validation").textContent = loss(run.history.lastValidation?.loss);
    element("speed").textContent = run.speed ? whole(run.speed) : "–";
    const left = phase === "rest" ? undefined : run.timeLeft;
    element("left").textContent = left === undefined ? "–" : duration(left);
  }

  #showTable({ history }: Run): void {
    const { validations } = history.losses;
    if (validations.length === this.#rows) return;
    this.#rows = validations.length;
    const rows = validations.map(({ iteration, loss }) => {
      const row = document.createElement("tr");
      row.append(made("td", whole(iteration)), made("td", loss.toFixed(3)));
      return row;
    });
    element("losses").replaceChildren(...rows.reverse());
  }

  #speak(run: Run, phase: string): void {
    const place = element("spoken");
    const now = performance.now();
    if (place.dataset.phase === phase && now - this.#spoken < SPOKEN_EVERY) return;
    this.#spoken = now;
    place.dataset.phase = phase;
    const known = run.history.lastValidation?.loss ?? run.loss;
    const said = known === undefined ? "" : `, loss ${loss(known)}`;
    place.textContent = `${phase}: iteration ${whole(run.iteration)} of ${whole(run.iterations)}${said}`;
  }
}

const START = "Choose a text and press Train: you will see here how the network learns and what it writes.";

function phaseOf({ phase, run }: Session): string {
  if (phase === "training") return "Training";
  if (phase === "paused") return "Paused";
  if (phase === "busy") return "One moment";
  if (!run) return "";
  return run.done ? "Finished" : "Stopped";
}

function about({ run, model }: Session): string {
  const { cell, layers, hidden } = run!.settings.spec;
  const { info } = model ?? {};
  const shape = `${cell.toUpperCase()}, ${layers} ${layers === 1 ? "layer" : "layers"} of ${whole(hidden)} units`;
  if (!info?.run) return shape;
  const { workers } = info.run;
  const threads = workers === 1 ? "" : `, ${workers} threads`;
  return `${shape}, ${whole(info.parameters)} parameters, ${info.variant} kernels${threads}`;
}
