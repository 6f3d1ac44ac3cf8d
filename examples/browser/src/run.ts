import { History } from "./history.ts";
import type { Notes, Sample, Settings } from "./saved.ts";

const MOST_SAMPLES = 30;

/** A run as the page knows it: its settings, its progress and what it has shown. */
export class Run {
  readonly name: string;
  readonly data: Blob;
  readonly settings: Settings;
  readonly history: History;
  /** Number of iterations done, then the total. */
  iteration = 0;
  iterations: number;
  /** Loss of the latest iteration, in nats per character. */
  loss: number | undefined;
  /** Characters per second. */
  speed: number | undefined;
  /** Latest first. */
  samples: readonly Sample[];
  /** The latest checkpoint, to continue from if the worker dies. */
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

/** Chooses the iterations between validations: enough for a curve, but cheaper than the training even for a short text. */
export function validateEvery({ iterationsPerEpoch }: { readonly iterationsPerEpoch: number }): number {
  return Math.min(250, Math.max(25, iterationsPerEpoch));
}
