import { checkWhole } from "../checks.ts";
import type { TextIds } from "../data/text-batches.ts";
import { type TokenSpec, tokenize } from "../data/words.ts";
import { counted, UnrolledError } from "../errors.ts";
import { joinTokens } from "../models/sequence-to-sequence/pairs.ts";
import type { TaskModel } from "../network/model.ts";
import { batchBytes, batchRoom, fitsTraining, type Steps } from "../network/training-memory.ts";
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

  /** Returns the text or the list, shortened as above. */
  input<T>(input: string | readonly T[], spec: TokenSpec): string | readonly T[] {
    return typeof input === "string" ? this.text(input, spec) : this.of(input);
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
    const sequences = counted(this.#cut, "sequence is", "sequences are");
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

/** Sequences to train on, and what is known of them. */
interface Trained {
  /** The steps of each sequence. */
  readonly steps: readonly Steps[];
  /** Number of logits of each step; 0 if only the whole sequence has some. */
  readonly outputs: number;
  /** Returns where sequence `i` is, such as "names.tsv, line 3". */
  place(i: number): string;
  /** Number of sequences that a batch has of every example: 2 for pairs of texts that are compared. Default 1. */
  readonly times?: number;
  /** What error messages call a step; default "tokens". */
  readonly noun?: string;
  /** How a sequence can be shortened, for error messages; default: by `cut`. */
  readonly advice?: string;
  /** Whether sequences that are far longer than the others are in batches of their own; default true. */
  readonly apart?: boolean;
}

/**
 * Checks that an iteration with the longest sequence fits into the memory, and tells the user about sequences that are so much longer
 * than the others that they are in smaller batches.
 *
 * @throws ERR_DATA naming the place, the length, how many tokens fit, and `cut` if it does not fit
 */
export function checkTrainable(
  model: TaskModel,
  { batch }: { readonly batch: number },
  { steps, outputs, place, times = 1, noun = "tokens", advice, apart = true }: Trained,
  note?: FormatOptions["note"],
): void {
  const room = apart ? batchRoom(model, outputs, batch, steps) : undefined;
  const count = Math.min(batch, steps.length);
  const small = steps.flatMap((_, i) => (room && room(i) < count ? [i] : []));
  for (const [i, given] of steps.entries()) {
    const sequences = Math.min(count, room?.(i) ?? count);
    const fits = (kept: number) =>
      fitsTraining(
        model,
        outputs,
        times * sequences,
        given.map((n = 0) => Math.min(n, kept)) as unknown as Steps,
      );
    const [source, target = 0] = given;
    if (fits(Math.max(source, target))) continue;
    const most = largest(Math.max(source, target), fits);
    const gib = (batchBytes(model, outputs, times * sequences, given) / 2 ** 30).toFixed(1);
    const tokens = target > source ? `a target of ${target} ${noun}` : `a sequence of ${source} ${noun}`;
    const how = sequences > 1 ? `in batches of ${sequences}` : "even in a batch of its own";
    const shorten =
      advice ?? (most ? `shorten it with cut (--cut N keeps the first N tokens, ${most} fit)` : "");
    const cut = shorten && `; ${shorten}`;
    throw new UnrolledError(
      "ERR_DATA",
      `${place(i)}: ${tokens} is too long to train on ${how}: it needs about ${gib} GiB, and WebAssembly has 4${cut}` +
        `${cut ? ", or use" : "; use"} ${sequences > 1 ? "a smaller batch" : "a smaller network"}`,
    );
  }
  if (!small.length) return;
  const [first] = small;
  const many = counted(small.length, "sequence is", "sequences are");
  note?.(
    `${many} far longer than the others and trained on in smaller batches, the first in ${place(first!)} with ${Math.max(...steps[first!]!.map(Number))} tokens; --cut N keeps the first N tokens`,
  );
}

/** Returns the largest whole number below `end` that fits; 0 if none does. */
function largest(end: number, fits: (n: number) => boolean): number {
  let [low, high] = [0, end];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
