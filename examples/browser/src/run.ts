import { History } from "./history.ts";
import type { Notes, Sample, Settings } from "./saved.ts";

const MOST_SAMPLES = 30;

/** What the page knows of a run: what was asked for, how far it is, what it has shown. */
export class Run {
  readonly name: string;
  readonly data: Blob;
  readonly settings: Settings;
  readonly history: History;
  /** How many are done, and how many there are to be. */
  iteration = 0;
  iterations: number;
  /** Of the latest iteration, in nats a character. */
  loss: number | undefined;
  /** Characters a second. */
  speed: number | undefined;
  /** The latest first. */
  samples: readonly Sample[];
  /** The latest, to go on from where the worker has died. */
  checkpoint: Uint8Array | undefined;

  constructor(name: string, data: Blob, { spec, recipe, iterations, threads }: Settings, notes?: Notes) {
    this.name = name;
    this.data = data;
    this.settings = { spec, recipe, iterations, threads };
    this.iterations = notes?.total ?? iterations;
    this.history = new History(notes?.losses);
    this.samples = notes?.samples ?? [];
  }

  get done(): boolean {
    return this.iteration >= this.iterations;
  }

  /** In seconds. */
  get timeLeft(): number | undefined {
    const { batch, seq } = this.settings.recipe;
    return this.speed && ((this.iterations - this.iteration) * batch * seq) / this.speed;
  }

  get notes(): Notes {
    const { name, settings, samples, iterations: total, history } = this;
    return { name, total, samples, losses: history.losses, ...settings };
  }

  addSample(text: string): void {
    const sample = { iteration: this.iteration, text };
    const others = this.samples.filter(({ iteration }) => iteration < this.iteration);
    this.samples = [sample, ...others].slice(0, MOST_SAMPLES);
  }

  /** Goes back to the iteration of a checkpoint. */
  backTo(iteration: number): void {
    this.iteration = iteration;
    this.history.backTo(iteration);
    this.samples = this.samples.filter((sample) => sample.iteration <= iteration);
  }
}

/** Often enough for a curve, but not so often that the validation of a short text costs more than its training. */
export function validateEvery({ iterationsPerEpoch }: { readonly iterationsPerEpoch: number }): number {
  return Math.min(250, Math.max(25, iterationsPerEpoch));
}
