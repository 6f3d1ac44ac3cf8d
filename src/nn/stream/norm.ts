import type { Runtime } from "../../runtime/runtime.ts";
import { Packed } from "./packed.ts";

/** A normalisation for streams, in inference mode. Its parameters are copies, so training does not change them. */
export class PackedNorm extends Packed {
  /** Normalises x [rows, N] into y [rows, N]. y and x are memory addresses and may be equal. Allocates nothing. */
  readonly run: (y: number, x: number, rows: number) => void;
  readonly #block: number;

  /** @param block address of the memory that `run` reads and `dispose` frees */
  constructor(runtime: Runtime, block: number, run: PackedNorm["run"]) {
    super(runtime);
    this.#block = block;
    this.run = run;
  }

  protected override free(): void {
    this.runtime.free(this.#block);
  }
}
