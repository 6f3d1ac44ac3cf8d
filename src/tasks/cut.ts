import { checkWhole } from "../checks.ts";
import type { TextIds } from "../data/text-batches.ts";
import { type TokenSpec, tokenize } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { joinTokens } from "../models/sequence-to-sequence/pairs.ts";
import type { TaskModel } from "../network/model.ts";
import type { FormatOptions, InputFile } from "./task.ts";

/** Shortens sequences to their first `steps` tokens, and counts those that were longer. Without `steps`, they stay as they are. */
export class Cut {
  readonly #steps: number;
  readonly #note: FormatOptions["note"];
  #cut = 0;

  /** @throws ERR_VALUE if `cut` is not a whole number from 1 */
  constructor({ cut, note }: FormatOptions) {
    this.#steps = cut === undefined ? Number.POSITIVE_INFINITY : checkWhole("cut", cut, 1);
    this.#note = note;
  }

  /** Returns the sequence, or its first tokens if it is too long. */
  of<T>(sequence: readonly T[]): readonly T[] {
    if (sequence.length <= this.#steps) return sequence;
    this.#cut++;
    return sequence.slice(0, this.#steps);
  }

  /** Returns the text, or the text of its first tokens if it is too long. */
  text(text: string, spec: TokenSpec): string {
    if (text.length <= this.#steps) return text;
    const tokens = tokenize(text, spec);
    return tokens.length <= this.#steps ? text : joinTokens(this.of(tokens), spec);
  }

  /** Shortens the lines of a text of ids. @param end the id that ends a line */
  lines(ids: TextIds, end: number | null): TextIds {
    if (this.#steps === Number.POSITIVE_INFINITY) return ids;
    const kept = ids.slice();
    let [count, place] = [0, 0];
    for (const id of ids) {
      place = id === end ? 0 : place + 1;
      if (place <= this.#steps) kept[count++] = id;
      else if (place === this.#steps + 1) this.#cut++;
    }
    return kept.subarray(0, count);
  }

  /** Tells the user how many sequences were shortened since the last call. */
  tell(): void {
    if (!this.#cut) return;
    const sequences = this.#cut === 1 ? "1 sequence is" : `${this.#cut} sequences are`;
    this.#note?.(`${sequences} cut to the first ${this.#steps} tokens`);
    this.#cut = 0;
  }
}

/** Shortens the inputs of a file that are longer than the option `cut`. @param shorten returns a shortened input */
export function withCutInputs<I>(
  file: InputFile<I>,
  options: FormatOptions,
  shorten: (input: I, cut: Cut) => I,
): InputFile<I> {
  const cut = new Cut(options);
  const inputs = file.inputs.map((input) => shorten(input, cut));
  cut.tell();
  return { ...file, inputs };
}

/** Numbers that a WebAssembly memory can hold: 4 GiB of float32. */
const MOST_NUMBERS = 2 ** 30;

const GATES: Readonly<Record<string, number>> = { rnn: 1, gru: 3, lstm: 4 };

/** A sequence to train on: its number of steps, and for a pair those of its target. */
export type Steps = readonly [steps: number, target?: number];

/**
 * Checks that an iteration with the longest sequence can fit into the memory. The estimate counts only what every network keeps of
 * each step: gates, states and outputs of the recurrent layers, and the weights of an attention.
 *
 * @param steps the steps of each sequence
 * @param place returns where sequence `i` is, such as "names.tsv, line 3"
 * @param count number of sequences, if `steps` has only the longest
 * @param noun what error messages call a step
 * @param advice how a sequence can be shortened
 * @throws ERR_DATA naming the place, the length and the advice if it cannot
 */
export function checkTrainable(
  { spec }: TaskModel,
  { batch }: { readonly batch: number },
  steps: readonly Steps[],
  place: (i: number) => string,
  {
    count = steps.length,
    noun = "tokens",
    advice = "shorten it with cut (--cut N keeps the first N tokens)",
  }: { count?: number; noun?: string; advice?: string } = {},
): void {
  const { cell, hidden, layers, bidirectional, attention } = spec as unknown as Readonly<
    Record<string, string | number | boolean | undefined>
  >;
  const each = (GATES[String(cell)] ?? 1) + 2;
  const width = each * Number(hidden) * Number(layers) * (bidirectional ? 2 : 1);
  const sequences = Math.min(batch, count);
  const attends = attention !== undefined && attention !== "none";
  for (const [i, [source, target = 0]] of steps.entries()) {
    const numbers = sequences * ((source + target) * width + (attends ? source * target : 0));
    if (numbers <= MOST_NUMBERS) continue;
    const tokens = target > source ? `a target of ${target} ${noun}` : `a sequence of ${source} ${noun}`;
    throw new UnrolledError(
      "ERR_DATA",
      `${place(i)}: ${tokens} is too long to train on in batches of ${sequences}: it would need over ${Math.ceil(numbers / 2 ** 28)} GiB; ` +
        `${advice}, or use a smaller batch`,
    );
  }
}
