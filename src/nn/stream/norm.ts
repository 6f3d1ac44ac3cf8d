import type { Runtime } from "../../runtime/runtime.ts";
import { Packed } from "./packed.ts";

/** A normalisation in inference, its parameters as they were when it was packed; for streams. Freed by `dispose`. */
export class PackedNorm extends Packed {
  /** y[rows, N] = normalised x[rows, N], by addresses; y may be x. Allocates nothing. */
  readonly run: (y: number, x: number, rows: number) => void;
  readonly #block: number;

  /** @param block address of what `run` reads, which is freed with it */
  constructor(runtime: Runtime, block: number, run: PackedNorm["run"]) {
    super(runtime);
    this.#block = block;
    this.run = run;
  }

  protected override free(): void {
    this.runtime.free(this.#block);
  }
}
