import type { GateValues } from "../autograd/gates.ts";
import { checkIndex, checkInstance, checkOptions } from "../checks.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { Stream } from "../nn/stream/packed.ts";
import type { PackedRecurrent, RecurrentStream, StreamState } from "../nn/stream/recurrent.ts";
import type { Plan } from "../runtime/plan.ts";
import { Random } from "../runtime/random.ts";
import { damaged } from "./damaged.ts";
import type { HeadStream, PackedHead } from "./head.ts";
import type { PackedNetwork } from "./packed-network.ts";
import { drawSymbols, SAMPLING_NAMES, type SamplingOptions } from "./sampling.ts";
import type { NetworkSpec } from "./spec.ts";

/** Maximum number of symbols that one call of the kernels writes. */
const MOST_SYMBOLS = 32;

/** Bytes for the ids of these symbols and one more. The buffer for draws follows them, at the start of a cache line. */
const IDS = 192;

/** One text that is read or written symbol by symbol. A step allocates nothing. Freed by `dispose`. */
export class TokenStream extends Stream<PackedNetwork<NetworkSpec, PackedRecurrent, PackedHead>> {
  readonly #vocabulary: Vocabulary;
  readonly #stream: RecurrentStream;
  readonly #head: HeadStream;
  readonly #token = new Int32Array(1);
  /** Address of the ids of drawn symbols, and of the buffer for draws behind them. */
  readonly #ids: number;
  readonly #lineStart: number | null;
  readonly #startState: StreamState | undefined;
  /** Reads the symbol at the stream's input. Null before the first `write`, undefined if the kernels have no plan for the network. */
  #plan: Plan | null | undefined = null;
  /** The options that were checked last. Callers pass the same object for every symbol, so one check is enough. */
  #checked: SamplingOptions | undefined;

  /**
   * @param lineStart id of the symbol that begins every line and resets the state; null if the text is one sequence
   * @param startState state after this symbol; by default, the symbol is read from a state of zeros
   */
  constructor(
    weights: PackedNetwork<NetworkSpec, PackedRecurrent, PackedHead>,
    vocabulary: Vocabulary,
    lineStart: number | null,
    startState?: StreamState,
  ) {
    const { runtime, recurrent, head } = weights;
    super(runtime, weights);
    this.#vocabulary = vocabulary;
    this.#lineStart = lineStart;
    this.#startState = startState;
    [this.#stream, this.#head, this.#ids] = runtime.frame(() => [
      recurrent.stream(),
      head.stream(),
      runtime.allocate(IDS / 4 + Math.max(5, 2 * vocabulary.size)),
    ]);
    this.#predict();
  }

  /**
   * Reads one symbol and computes the logits of the next symbol.
   *
   * @param token id of the symbol
   * @throws ERR_VALUE if `token` is not in the vocabulary; the stream is then unchanged
   */
  feed(token: number): void {
    checkIndex("symbol", token, this.#vocabulary.size);
    const begins = token === this.#lineStart;
    if (begins && this.#startState) this.#stream.state = this.#startState;
    else {
      if (begins) this.#stream.reset();
      this.#token[0] = token;
      this.#stream.step(this.#token);
    }
    this.#predict();
  }

  /**
   * Returns a copy of the next symbol's logits, one for each symbol of the vocabulary. In a new stream, they come from a state of
   * zeros.
   *
   * @throws ERR_DISPOSED after `dispose`
   */
  logits(): Float32Array {
    this.assertUsable();
    return this.runtime.floats(this.#head.outputPtr, this.#vocabulary.size).slice();
  }

  /**
   * Returns the natural logarithm of the probability that `token` comes next.
   *
   * @throws ERR_VALUE if `token` is not in the vocabulary, ERR_NAN if the logits are not finite
   */
  logProbability(token: number): number {
    checkIndex("symbol", token, this.#vocabulary.size);
    this.assertUsable();
    const value = this.#head.logProbability?.(token) ?? this.#ofLogits(token);
    if (Number.isNaN(value)) throw damaged("the logits are not finite");
    return value;
  }

  #ofLogits(token: number): number {
    const { runtime } = this;
    const { size } = this.#vocabulary;
    const loss = this.#ids + IDS;
    const [kept, lse, target] = [loss + 4, loss + 8, loss + 16];
    runtime.ints(target, 1)[0] = token;
    runtime.kernels.cross_entropy_forward(loss, kept, lse, this.#head.outputPtr, target, 0, 1, size, -1, 0);
    return -runtime.floats(loss, 1)[0]!;
  }

  /**
   * Draws the next symbol, but does not read it. Never draws the unknown symbol.
   *
   * @param random source of the random numbers, such as `runtime.random`
   * @throws ERR_VALUE if an option is invalid, ERR_NAN if the logits are not finite
   */
  draw(random: Random, options: SamplingOptions = {}): number {
    this.assertUsable();
    checkInstance("random", random, Random, "a Random, such as runtime.random");
    return this.#draw(random, options, 1)[0]!;
  }

  /**
   * Draws up to `most` symbols and reads each of them, as `draw` and `feed` in turn do, but in one call of the kernels. Stops after the
   * symbol `end`, which it does not read.
   *
   * @param most at least 1
   * @param end id of a symbol; null if no symbol ends the text
   * @returns the ids, at least one
   * @throws ERR_VALUE if an option is invalid, ERR_NAN if the logits are not finite before the first draw
   * @internal
   */
  write(most: number, end: number | null, random: Random, options: SamplingOptions): Int32Array {
    this.assertUsable();
    if (this.#plan === null) {
      this.#plan = this.runtime.plan?.(() => {
        this.#stream.run();
        this.#predict();
      });
    }
    const plan = this.#plan;
    const ids = this.#draw(random, options, plan ? Math.min(most, MOST_SYMBOLS) : 1, plan, end).slice();
    const last = ids.at(-1)!;
    if (last !== end && (!plan || last === this.#lineStart)) this.feed(last);
    return ids;
  }

  #draw(random: Random, options: SamplingOptions, most: number, plan?: Plan, end: number | null = null) {
    if (options !== this.#checked) this.#checked = checkOptions("draw", options, SAMPLING_NAMES);
    const { runtime } = this;
    const ids = this.#ids;
    const token = plan ? this.#stream.inputPtr : ids + MOST_SYMBOLS * 4;
    const drawn = drawSymbols(
      runtime,
      this.#vocabulary,
      random,
      options,
      this.#head.outputPtr,
      ids + IDS,
      ids,
      most,
      plan,
      token,
      end,
      this.#lineStart,
    );
    if (!drawn) throw damaged("the logits are not finite");
    return runtime.ints(ids, drawn);
  }

  /**
   * Copies of the gates of the last step, for each layer. @see RecurrentStream.gates
   *
   * @throws ERR_STATE before the first symbol, and after an assigned `state` until the next one
   */
  get gates(): readonly GateValues[] {
    return this.#stream.gates;
  }

  /** A copy of the state. To go back to an earlier state, assign its copy. */
  get state(): StreamState {
    return this.#stream.state;
  }

  /** Sets the state and computes the logits of the next symbol. @throws ERR_SHAPE if an array has the wrong length */
  set state(state: StreamState) {
    this.#stream.state = state;
    this.#predict();
  }

  protected override free(): void {
    this.#stream.dispose();
    this.#head.dispose();
    this.runtime.free(this.#ids);
    if (this.#plan) this.runtime.free(this.#plan.start);
  }

  #predict(): void {
    this.#head.run(this.#stream.outputPtr);
  }
}
