/** Numbers, times and failures as text for people. */

import { type FieldNames, plain } from "./plain.ts";

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

/**
 * Shows an error. One of our own has a title and words for the page; others have a title by their code.
 *
 * @param fields the fields of the page, which messages of the library may name
 */
export function failure(error: unknown, fields: FieldNames = {}): Notice {
  const { code = "", message, title } = error as Error & { code?: string; title?: string };
  return {
    kind: "error",
    title: title ?? TITLES[code] ?? "Something went wrong",
    text: title ? message : plain(message, fields),
    code,
  };
}

/** What failed while a run was training, with the name of the run. */
export function trainingFailed(name: string, error: unknown): Notice {
  const notice = failure(error);
  return { ...notice, text: `“${name}”: ${notice.text}` };
}

export const unkept = (name: string, error: unknown): Notice => ({
  kind: "warning",
  title: "The run is not kept",
  text: `“${name}” stays here until you close this page, but ${(error as Error).message}. To keep it, save its model as a file, or remove deleted runs for good on the page Your runs.`,
});

export const diverged = (name: string): Notice => ({
  kind: "warning",
  title: "The loss is worse than that of guessing",
  text: `“${name}” has gone astray. Start again with a lower learning rate.`,
});

export const early = (name: string): Notice => ({
  kind: "info",
  title: "Finished early",
  text: `The last tests of “${name}” were no better than those before, so it would learn nothing more.`,
});

/** What became of a run whose worker has ended before the run did. */
export interface Lost {
  readonly name: string;
  readonly iteration: number;
  /** Iteration of the checkpoint, if it is known; 0 if there is none. */
  readonly kept: number | undefined;
  /** Whether the checkpoint outlasts the page. */
  readonly stored: boolean;
  /** Name of the button that continues. */
  readonly action: string;
  readonly reason: string;
}

export function workerEnded({ name, iteration, kept, stored, action, reason }: Lost): Notice {
  const done = `“${name}” had done about ${whole(iteration)} iterations.`;
  const rest =
    kept === 0
      ? `None of them were kept, so “${action}” begins from the start, with the same data.`
      : `Its state ${kept ? `after about ${whole(kept)} of them` : "of a moment before"} is kept${stored ? "" : " until you close this page"}; “${action}” goes on from there.`;
  return { kind: "error", title: "The worker has stopped", text: `${done} ${rest} (${reason})` };
}

/** @param digits digits after the point */
export const number = (value: unknown, digits: number) =>
  typeof value === "number" && Number.isFinite(value) ? value.toFixed(digits) : "–";

/** Writes a number with a fixed number of digits after the point. What is rounded to 0 has no sign. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/**
 * Writes a share from 0 to 1 in percent. Only 0 and 1 themselves are 0% and 100%: a share that would be rounded to them is "< 0.1%" or
 * "> 99.9%".
 */
export function percent(value: unknown, digits = 1): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  if (value === 0 || value === 1) return `${100 * value}%`;
  const text = (100 * value).toFixed(digits);
  const least = 10 ** -digits;
  if (Number(text) === 0) return `< ${least}%`;
  return Number(text) === 100 && value < 1 ? `> ${100 - least}%` : `${text}%`;
}

/** Writes a share in whole percent, for axes and sentences. */
export const wholePercent = (share: number) => percent(share, 0);

/** Writes a probability that a network gives. It is never entirely sure, even if its numbers are rounded to 0 or 1. */
export const sure = (probability: number, digits?: number) =>
  percent(Math.min(1 - 1e-9, Math.max(1e-9, probability)), digits);
