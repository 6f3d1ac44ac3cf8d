import { SingleBar } from "cli-progress";

/** Shows the progress of a search. */
export interface SearchView {
  /** Shows the current candidate: the finished fraction of its run, its latest loss, and the best loss of the search so far. */
  step(share: number, loss: number, best: number | null): void;
  /** Prints a line about the last candidate, with the number of finished candidates. */
  finished(count: number, text: string): void;
  end(): void;
}

/** Prints a line for each candidate. If standard error is a terminal, also shows a progress bar. */
export function searchView(start: number, total: number): SearchView {
  const begun = performance.now();
  let done = start;
  const left = (share: number) => {
    const [passed, ahead] = [done + share - start, total - done - share];
    return passed > 0 ? duration((((performance.now() - begun) / passed) * ahead) / 1000) : "?";
  };
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: "candidate {candidate}/{candidates} [{bar}] loss {loss}  best {best}  {left} left",
        stream: process.stderr,
        barsize: 20,
        linewrap: true,
        hideCursor: true,
        fps: 5,
        gracefulExit: false,
      })
    : undefined;
  const payload = { candidate: start + 1, candidates: total, loss: "-", best: "-", left: "?" };
  bar?.start(total, start, payload);
  return {
    step(share, loss, best) {
      bar?.update(done + share, {
        ...payload,
        candidate: done + 1,
        loss: loss.toFixed(3),
        best: best?.toFixed(3) ?? "-",
        left: left(share),
      });
    },
    finished(count, text) {
      done = count;
      if (bar) process.stderr.write("\r\u001b[K");
      console.error(`candidate ${count}/${total}: ${text}${count < total ? `; about ${left(0)} left` : ""}`);
      bar?.render();
    },
    end() {
      bar?.stop();
    },
  };
}

/** Formats a duration: "40 s", "12 min", "3.5 h" */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
