import { UnrolledError } from "../errors.ts";
import type { Tensor } from "./tensor.ts";

/** An operation that has run, with everything that its backward pass needs. */
export interface TapeEntry {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The inputs that get a gradient. @internal */
  readonly differentiable: readonly Tensor[];
  /** Computes the gradients of the inputs from the gradients of the outputs, and adds them to the inputs' gradients. */
  readonly backward: () => void;
  /** Frees the memory that was saved for the backward pass. */
  readonly free: () => void;
}

/** An entry and its serial number. Entries are numbered in the order in which they are recorded. */
type Recorded = TapeEntry & { readonly serial: number };

/** A list of the operations whose backward pass can still be run, in the order in which they ran. */
export class Tape {
  #entries: Recorded[] = [];
  #recorded = 0;

  /** Number of operations recorded so far. Pass it to `truncate` to remove the operations recorded later. */
  get mark(): number {
    return this.#recorded;
  }

  /** Adds an operation that has run. @internal */
  record(entry: TapeEntry): void {
    this.#entries.push({ ...entry, serial: this.#recorded++ });
  }

  /**
   * Runs the backward pass of every operation that the outputs depend on, the last operation first. Removes these operations from
   * the tape.
   *
   * @param seed sets the gradients of the outputs. It is called after all checks have passed
   * @throws ERR_STATE if an earlier pass freed a part of the graph, ERR_DISPOSED if a tensor in the graph was disposed. In both
   *   cases, nothing has changed.
   */
  backward(outputs: readonly Tensor[], seed: () => void): void {
    const { reached, rest } = this.#split(outputs);
    seed();
    this.#entries = rest;
    this.truncate(this.#recorded);
    try {
      for (let entry = reached.pop(); entry; entry = reached.pop()) {
        try {
          entry.backward();
        } finally {
          drop(entry);
        }
      }
    } finally {
      for (const entry of reached) drop(entry);
    }
  }

  /** Splits the entries into those that the outputs depend on and the rest. Both lists are in the order in which they ran. */
  #split(outputs: readonly Tensor[]): { reached: Recorded[]; rest: Recorded[] } {
    const reached: Recorded[] = [];
    const rest: Recorded[] = [];
    const tensors = new Set(outputs);
    for (const entry of [...this.#entries].reverse()) {
      if (!entry.outputs.some((output) => tensors.has(output))) {
        rest.push(entry);
        continue;
      }
      checkWhole(entry);
      reached.push(entry);
      for (const input of entry.differentiable) tensors.add(input);
    }
    return { reached: reached.reverse(), rest: rest.reverse() };
  }

  /** Whether the tensor is the result of an operation. @internal */
  made(tensor: Tensor): boolean {
    return this.#entries.some(({ outputs }) => outputs.includes(tensor));
  }

  /** Removes operations that were recorded since `mark`. Also removes every operation that has only disposed results. @internal */
  truncate(mark: number): void {
    this.#entries = this.#entries.filter((entry) => {
      const keeps = entry.serial < mark && entry.outputs.some((output) => !output.disposed);
      if (!keeps) drop(entry);
      return keeps;
    });
  }
}

function drop(entry: TapeEntry): void {
  entry.free();
  for (const output of entry.outputs) output.cutGraph();
}

function checkWhole({ name, inputs, outputs, differentiable }: TapeEntry): void {
  for (const tensor of [...inputs, ...outputs]) {
    if (!tensor.disposed) continue;
    throw new UnrolledError(
      "ERR_DISPOSED",
      `backward: a tensor of shape [${tensor.shape}] that ${name} needs was disposed`,
    );
  }
  if (differentiable.every((input) => input.requiresGrad)) return;
  throw new UnrolledError(
    "ERR_STATE",
    `backward: an input of ${name} lost its graph in an earlier backward; give all outputs at once`,
  );
}
