import { MultiBar, type SingleBar } from "cli-progress";

/** Shows the progress of a training run. */
export interface ProgressView {
  step(iteration: number, loss: number, symbolsPerSecond: number): void;
  /** Prints a message of one or more lines. */
  note(text: string): void;
  end(): void;
}

/** Shows a progress bar if standard error is a terminal. Otherwise prints a line at most every `PAUSE` seconds. */
export function progressView(start: number, total: number, unit: string): ProgressView {
  return process.stderr.isTTY ? bar(start, total, unit) : lines(total, unit);
}

function bar(start: number, total: number, unit: string): ProgressView {
  const bars = new MultiBar({
    format: `{value}/{total} [{bar}] loss {loss}  {speed} ${unit}/s  {eta_formatted} left`,
    stream: process.stderr,
    barsize: 20,
    linewrap: true,
    hideCursor: true,
    etaBuffer: 1000,
    fps: 5,
    gracefulExit: false,
  });
  const single: SingleBar = bars.create(total, start, { loss: "-", speed: "-" });
  return {
    step(iteration, loss, symbolsPerSecond) {
      single.update(iteration, { loss: loss.toFixed(3), speed: thousands(symbolsPerSecond) });
    },
    note(text) {
      bars.log(`${text}\n`);
      bars.update();
    },
    end() {
      bars.stop();
    },
  };
}

/** Minimum time between two lines, in seconds. */
const PAUSE = 5;

function lines(total: number, unit: string): ProgressView {
  let last = Number.NEGATIVE_INFINITY;
  return {
    step(iteration, loss, symbolsPerSecond) {
      const now = performance.now() / 1000;
      if (now - last < PAUSE && iteration !== total) return;
      last = now;
      console.error(
        `iteration ${iteration}/${total}  loss ${loss.toFixed(4)}  ${thousands(symbolsPerSecond)} ${unit}/s`,
      );
    },
    note(text) {
      console.error(text);
    },
    end() {},
  };
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Returns a number with its noun: 1 -> "1 forecast", 2000 -> "2,000 forecasts" */
export function count(n: number, noun: string): string {
  return `${thousands(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** Formats a fraction as a percentage: 0.912 -> "91.2%" */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
