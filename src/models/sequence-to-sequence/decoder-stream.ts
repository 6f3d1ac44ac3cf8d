import { activationCode } from "../../autograd/activation.ts";
import type { Network } from "../../network/network.ts";
import type { Attention } from "../../nn/attention.ts";
import type { Linear } from "../../nn/linear.ts";
import type { RecurrentState } from "../../nn/recurrent.ts";
import type { AttentionStream } from "../../nn/stream/attention.ts";
import type { FeedForwardStream, PackedFeedForward } from "../../nn/stream/feed-forward.ts";
import { packingOf } from "../../nn/stream/int8.ts";
import { PackedLinear } from "../../nn/stream/linear.ts";
import { type Dtype, Stream } from "../../nn/stream/packed.ts";
import type { PackedRecurrent, RecurrentStream } from "../../nn/stream/recurrent.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import type { Encoded } from "./encoder.ts";

/** The parts of a decoder that a stream reads. */
interface DecoderParts extends Pick<Network, "runtime" | "rnn" | "embedding" | "head"> {
  readonly attention: Attention | undefined;
  readonly mix: Linear | undefined;
  begin(state: RecurrentState): RecurrentState;
}

/** The parts that combine a step's attention context with the output of the recurrent layers. */
interface Mixer {
  readonly attention: AttentionStream;
  readonly mix: PackedLinear;
  /** Address of the input of `mix`: the context, then the output of the recurrent layers. */
  readonly joined: number;
  /** Address of the output of `mix`, which is the input of the head. */
  readonly mixed: number;
}

/** Runs a decoder step by step, with several hypotheses of every source in parallel. `dispose` frees the stream. */
export class DecoderStream extends Stream {
  /** Number of hypotheses for each source. */
  readonly rows: number;
  /** Number of steps of each source. */
  readonly lengths: readonly number[];
  readonly #embedding: Tensor | undefined;
  readonly #packed: PackedRecurrent;
  readonly #stream: RecurrentStream;
  readonly #mixer: Mixer | undefined;
  readonly #head: PackedFeedForward;
  readonly #headStream: FeedForwardStream;

  constructor(decoder: DecoderParts, { memory, state, lengths }: Encoded, rows: number, dtype: Dtype) {
    const { runtime: rt, rnn, embedding, head, attention, mix } = decoder;
    super(rt, undefined);
    const all = lengths.length * rows;
    const width = rnn.outputSize;
    this.rows = rows;
    this.lengths = lengths;
    this.#embedding = embedding?.weight;
    [this.#packed, this.#stream, this.#head, this.#headStream, this.#mixer] = rt.frame(() => {
      // Embeddings are looked up at each step. Multiplying the whole table by the input weights in advance would take longer than
      // writing most targets.
      const packed = rnn.pack({ tokens: !embedding, dtype });
      const packedHead = head.pack({ dtype });
      const stream = packed.stream({ batch: all });
      const each = (states: Tensor) => repeatRows(states, rows);
      stream.state = rt.noGrad(() =>
        rt.scope(() => {
          const { h, c } = decoder.begin(state);
          return { h: each(h), ...(c && { c: each(c) }) };
        }),
      );
      const mixer = attention &&
        mix &&
        memory && {
          attention: attention.stream(memory, lengths, rows, dtype),
          mix: new PackedLinear(mix, packingOf(rt, dtype)),
          joined: rt.allocate(all * mix.weight.shape[1]!),
          mixed: rt.allocate(all * width),
        };
      return [packed, stream, packedHead, packedHead.stream(all), mixer];
    });
  }

  /**
   * Reads the next token of each hypothesis, and computes the logits of the token after it. There are `rows` hypotheses for each
   * source.
   */
  step(tokens: Int32Array): void {
    const k = this.runtime.kernels;
    const width = this.#packed.outputSize;
    this.#stream.step(this.#embedding ? embed(this.#embedding, tokens) : tokens);
    const output = this.#stream.outputPtr;
    if (!this.#mixer) {
      this.#headStream.run(output);
      return;
    }
    const { attention, mix, joined, mixed } = this.#mixer;
    const all = tokens.length;
    const source = mix.inFeatures - width;
    attention.run(output);
    k.copy_rows(joined, mix.inFeatures, attention.contextPtr, source, all, source);
    k.copy_rows(joined + source * 4, mix.inFeatures, output, width, all, width);
    mix.run(mixed, joined, all);
    k.activation_forward(activationCode("mix", "tanh").id, mixed, mixed, all * width, 0, 0);
    this.#headStream.run(mixed);
  }

  /** Address of the logits [sources * rows, symbols]. @internal */
  get logitsPtr(): number {
    return this.#headStream.outputPtr;
  }

  /**
   * Returns the attention weights of the last step, [hypotheses, steps]. `hypotheses` is the number of hypotheses of all sources.
   * `steps` is the number of steps of the longest source. Returns undefined if the decoder has no attention.
   */
  weights(): Float32Array | undefined {
    return this.#mixer?.attention.weights();
  }

  /** Copies states between hypotheses: hypothesis i gets the state of hypothesis `from[i]`. */
  select(from: Int32Array): void {
    if (from.every((row, i) => row === i)) return;
    const { h, c } = this.#stream.state;
    const turn = (states: Float32Array) => {
      const H = this.#packed.hiddenSize;
      const turned = new Float32Array(states.length);
      for (let i = 0; i < states.length / H; i++) {
        const layer = i - (i % from.length);
        const row = layer + from[i % from.length]!;
        turned.set(states.subarray(row * H, (row + 1) * H), i * H);
      }
      return turned;
    };
    this.#stream.state = { h: turn(h), ...(c && { c: turn(c) }) };
  }

  protected override free(): void {
    this.#stream.dispose();
    this.#packed.dispose();
    this.#headStream.dispose();
    this.#head.dispose();
    if (!this.#mixer) return;
    const { attention, mix, joined, mixed } = this.#mixer;
    attention.dispose();
    mix.dispose();
    for (const block of [joined, mixed]) this.runtime.free(block);
  }
}

/** Looks up the embedding of each token. Returns the embeddings one after the other, [tokens, E]. */
function embed({ shape, data }: Tensor, tokens: Int32Array): Float32Array {
  const [, E = 0] = shape;
  const rows = new Float32Array(tokens.length * E);
  tokens.forEach((token, i) => {
    rows.set(data.subarray(token * E, (token + 1) * E), i * E);
  });
  return rows;
}

/** Repeats the state of each sequence `times` times: [layers, B, H] -> [layers, B * times, H]. */
function repeatRows({ shape, data }: Tensor, times: number): Float32Array {
  const [layers = 0, B = 0, H = 0] = shape;
  const repeated = new Float32Array(layers * B * H * times);
  for (let i = 0; i < layers * B * times; i++) {
    const from = Math.floor(i / times) * H;
    repeated.set(data.subarray(from, from + H), i * H);
  }
  return repeated;
}
