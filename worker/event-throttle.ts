import type { RunEvents } from "./protocol.ts";

/** Minimum time between two step events, in ms. */
const INTERVAL = 100;

type Step = Parameters<RunEvents["onStep"]>[0];
type Validation = Parameters<RunEvents["onValidation"]>[0];

/** Sends the events of a run to a listener. Sends at most one step event per `INTERVAL`, but always sends the last step event. */
export class EventThrottle {
  readonly #listener: RunEvents;
  readonly #onThrown: () => void;
  #told = Number.NEGATIVE_INFINITY;
  #untold: Step | undefined;
  #heard: Promise<unknown> = Promise.resolve();

  /** @param onThrown called if the listener throws */
  constructor(listener: RunEvents, onThrown: () => void) {
    this.#listener = listener;
    this.#onThrown = onThrown;
  }

  step(step: Step): void {
    this.#untold = step;
    if (performance.now() - this.#told >= INTERVAL) this.#tellStep();
  }

  validation(validation: Validation): void {
    this.#wait(this.#listener.onValidation(validation));
  }

  /** Sends the last step, then waits until the listener has handled all events. @throws the errors of the listener */
  async end(): Promise<void> {
    this.#tellStep();
    await this.#heard;
  }

  #tellStep(): void {
    if (!this.#untold) return;
    this.#told = performance.now();
    this.#wait(this.#listener.onStep(this.#untold));
    this.#untold = undefined;
  }

  #wait(answer: unknown): void {
    this.#heard = Promise.all([this.#heard, answer]);
    this.#heard.catch(this.#onThrown);
  }
}
