import type { GateValues } from "../../autograd/gates.ts";
import { checkList, checkObject, checkWhole } from "../../checks.ts";
import type { Vector } from "../../data/feature-scaling.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { expectFinite } from "../../network/damaged.ts";
import { type NetworkParts, PackedNetwork } from "../../network/packed-network.ts";
import type { FeedForwardStream } from "../../nn/stream/feed-forward.ts";
import { type Dtype, Stream } from "../../nn/stream/packed.ts";
import type { Lists, RecurrentStream, StreamState } from "../../nn/stream/recurrent.ts";
import { BLANK, type TranscriberCoding } from "./batches.ts";
import { GreedyDecoder } from "./greedy.ts";
import type { TranscriberSpec } from "./spec.ts";

interface TranscriberParts extends NetworkParts<TranscriberSpec> {
  readonly coding: TranscriberCoding;
}

/** The packed weights of a transcriber. Any number of streams can share the weights. `dispose` frees the weights. */
export class PackedTranscriber extends PackedNetwork<TranscriberSpec> {
  /** Turns vectors and texts into numbers. */
  readonly coding: TranscriberCoding;

  constructor(model: TranscriberParts, dtype: Dtype) {
    super(model, false, dtype);
    this.coding = model.coding;
  }

  /** Opens a stream that has read no vector. */
  stream(): TranscriberStream {
    return new TranscriberStream(this);
  }
}

/** A copy of the state of a stream. */
export interface TranscriberState extends StreamState {
  /** Vectors that wait until there are `spec.stack` of them. */
  readonly waiting: readonly (readonly number[])[];
  /** Class of the latest step; 0 is the blank. */
  readonly last: number;
}

/**
 * Writes the text of a sequence while its vectors arrive, by the best path. The texts of all calls together are that of
 * `Transcriber.predict` for the whole sequence. `dispose` frees the stream.
 */
export class TranscriberStream extends Stream<PackedTranscriber> {
  readonly #stream: RecurrentStream;
  readonly #head: FeedForwardStream;
  readonly #decoder = new GreedyDecoder(BLANK);
  #waiting: (readonly number[])[] = [];

  constructor(model: PackedTranscriber) {
    const { runtime, recurrent, head } = model;
    super(runtime, model);
    [this.#stream, this.#head] = runtime.frame(() => [recurrent.stream(), head.stream()]);
  }

  /**
   * Reads the next vectors.
   *
   * @returns the symbols that begin here; often ""
   * @throws ERR_DATA if a vector has not `spec.features` finite numbers; the vectors before it have then been read. ERR_NAN if the
   *   weights are damaged
   */
  push(vectors: readonly Vector[]): string {
    this.assertUsable();
    let text = "";
    for (const vector of checkList("push: vectors", vectors)) {
      this.packed.coding.inputs([vector]);
      this.#waiting.push(Array.from(vector));
      if (this.#waiting.length === this.packed.spec.stack) text += this.#step();
    }
    return text;
  }

  /** Reads the vectors that wait, as if vectors of the mean followed. Call it at the end of a sequence. @returns the symbols */
  end(): string {
    this.assertUsable();
    return this.#waiting.length ? this.#step() : "";
  }

  #step(): string {
    const { coding } = this.packed;
    this.#stream.step(coding.inputs(this.#waiting));
    this.#waiting = [];
    this.#head.run(this.#stream.outputPtr);
    const scores = this.runtime.floats(this.#head.outputPtr, coding.classes);
    const label = this.#decoder.push(expectFinite("scores", scores));
    return label === undefined ? "" : coding.text([label]);
  }

  /** Forgets all vectors, so that another sequence can begin. */
  reset(): void {
    this.#stream.reset();
    this.#decoder.last = BLANK;
    this.#waiting = [];
  }

  /**
   * Copies of the gates of the last step, for each layer. @see RecurrentStream.gates
   *
   * @throws ERR_STATE before the first step, and after `reset` or an assigned `state` until the next one
   */
  get gates(): readonly GateValues[] {
    return this.#stream.gates;
  }

  /**
   * A copy of the stream's state. To return to this state, assign the copy to this stream or to another stream of the same model. The
   * arrays may be plain lists, as parsed JSON has them.
   *
   * @throws ERR_SHAPE, ERR_VALUE, ERR_DATA or ERR_NAN if an assigned state is wrong; the stream is then unchanged
   */
  get state(): TranscriberState {
    return {
      ...this.#stream.state,
      waiting: this.#waiting.map((vector) => [...vector]),
      last: this.#decoder.last,
    };
  }

  set state(given: Lists<TranscriberState>) {
    const { waiting, last, ...state } = checkObject("stream: state", given);
    const { coding, spec } = this.packed;
    checkWhole("stream: state.last", last);
    const vectors = Array.from(checkList("stream: state.waiting", waiting), (vector) => Array.from(vector));
    if (last >= coding.classes || vectors.length >= spec.stack) {
      throw new UnrolledError(
        "ERR_VALUE",
        `stream: state.last is ${last} and ${counted(vectors.length, "vector waits", "vectors wait")}, expected below ${coding.classes} and ${spec.stack}`,
      );
    }
    coding.inputs(vectors);
    this.#stream.state = state;
    this.#decoder.last = last;
    this.#waiting = vectors;
  }

  protected override free(): void {
    this.#stream.dispose();
    this.#head.dispose();
  }
}
