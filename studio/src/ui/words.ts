/** Numbers, times and failures as text for people. */

const locale = "en";

export const whole = (number: number) => number.toLocaleString(locale, { maximumFractionDigits: 0 });

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

export const EARLY: Notice = {
  kind: "info",
  title: "Finished early",
  text: "The last tests were no better than those before, so it would learn nothing more.",
};

export const STUCK: Notice = {
  kind: "warning",
  title: "The worker was ended",
  text: "It did not answer in time. Continue starts from the last state that was kept.",
};

export const workerDied = (name: string, iteration: number, { message }: Error): Notice => ({
  kind: "error",
  title: "The worker has stopped",
  text: `${name} had done ${whole(iteration)} iterations. Continue starts from the last state that was kept. (${message.split(";")[0]})`,
});

/** @param digits digits after the point */
export const number = (value: unknown, digits: number) =>
  typeof value === "number" && Number.isFinite(value) ? value.toFixed(digits) : "–";

/** A share from 0 to 1 in whole percent, for axes and sentences. */
export const wholePercent = (share: number) => `${Math.round(100 * share)}%`;

export const percent = (value: unknown) => (typeof value === "number" ? `${(100 * value).toFixed(1)}%` : "–");
