/** Numbers, times and failures as text for people. */

const locale = "en";

export const whole = (number: number) => number.toLocaleString(locale, { maximumFractionDigits: 0 });
export const loss = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(3));

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const TITLES: Record<string, string> = {
  ERR_DATA: "This text cannot be used",
  ERR_VALUE: "A setting does not fit",
  ERR_FILE: "It cannot be stored",
  ERR_FORMAT: "This is not a model",
  ERR_MEMORY: "There is not enough memory",
  ERR_NAN: "The numbers have overflowed",
  ERR_STATE: "The worker has stopped",
  ERR_WASM: "This browser cannot run it",
};

export interface Notice {
  readonly kind: "error" | "warning" | "info";
  readonly title: string;
  readonly text: string;
  /** Code of an error of the library. */
  readonly code?: string;
}

export function failure(error: unknown): Notice {
  const { code = "", message } = error as Error & { code?: string };
  return { kind: "error", title: TITLES[code] ?? "Something went wrong", text: message, code };
}

/** @param told notice of the call that failed @param iterations iterations done by the run */
export function died(told: Notice, iterations: number): Notice {
  const reason = told.text.split(";")[0]; // after it is advice for programs
  const done = `It had done ${whole(iterations)} iterations`;
  return {
    ...told,
    text: `${done}; press Continue to resume from the last checkpoint. What happened: ${reason}.`,
  };
}

export function unkept(error: unknown): Notice {
  return {
    kind: "warning",
    title: "The run is not kept",
    text: `It continues, but ${(error as Error).message}.`,
  };
}

export const DIVERGED: Notice = {
  kind: "warning",
  title: "The loss is worse than that of guessing",
  text: "Start again with a lower learning rate.",
};
