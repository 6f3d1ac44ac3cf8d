import { UnrolledError } from "../errors.ts";
import type { Tensor } from "./tensor.ts";

/** One operation that has been carried out: what it takes to run it backwards. */
export interface TapeEntry {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Adds to the gradients of the inputs, given those of the outputs. */
  readonly backward: () => void;
  /** Frees what was kept for the backward pass. */
  readonly free: () => void;
}

/** The operations since the last backward pass, in the order in which they ran. */
export class Tape {
  #entries: TapeEntry[] = [];
  /** Outputs of entries that are on the tape. */
  readonly #outputs = new Set<Tensor>();

  get length(): number {
    return this.#entries.length;
  }

  record(entry: TapeEntry): void {
    this.#entries.push(entry);
    for (const output of entry.outputs) this.#outputs.add(output);
  }

  /** Whether the operation that made the tensor can still be run backwards. */
  holds(tensor: Tensor): boolean {
    return this.#outputs.has(tensor);
  }

  /** Runs backwards through every operation that a gradient reaches, and takes these off the tape. */
  backward(): void {
    const entries = this.#entries;
    const kept: TapeEntry[] = [];
    this.#entries = [];
    try {
      for (let entry = entries.pop(); entry; entry = entries.pop()) {
        if (!entry.outputs.some((output) => output.grad)) {
          kept.push(entry);
          continue;
        }
        try {
          checkAlive(entry);
          entry.backward();
        } finally {
          this.#drop(entry);
        }
      }
    } finally {
      this.#entries = [...entries, ...kept.reverse()];
    }
  }

  /** Forgets the operations after the first `length`, whose tensors are about to be freed. */
  truncate(length: number): void {
    for (const entry of this.#entries.splice(length)) this.#drop(entry);
  }

  #drop(entry: TapeEntry): void {
    entry.free();
    for (const output of entry.outputs) {
      output.dropGrad();
      this.#outputs.delete(output);
    }
  }
}

function checkAlive({ name, inputs, outputs }: TapeEntry): void {
  for (const tensor of [...inputs, ...outputs]) {
    if (!tensor.disposed) continue;
    throw new UnrolledError(
      "ERR_DISPOSED",
      `backward: a tensor of shape [${tensor.shape}] that ${name} needs was disposed before the backward pass`,
    );
  }
}
