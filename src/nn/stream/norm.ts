import type { Runtime } from "../../runtime/runtime.ts";
import { Packed } from "./packed.ts";

/** A normalisation for streams, in inference, with the parameters it had when it was packed. Freed by `dispose`. */
export class PackedNorm extends Packed {
  /** Normalises x[rows, N] into y[rows, N], both addresses; y may be x. Allocates nothing. */
  readonly run: (y: number, x: number, rows: number) => void;
  readonly #block: number;

  /** @param block address of the data of `run`, freed by `dispose` */
  constructor(runtime: Runtime, block: number, run: PackedNorm["run"]) {
    super(runtime);
    this.#block = block;
    this.run = run;
  }

  protected override free(): void {
    this.runtime.free(this.#block);
  }
}
