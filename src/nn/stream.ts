import { needsOptions, OPTIONS_SIZE, writeOptions } from "../autograd/cell-options.ts";
import {
  biasRow,
  type CellWeights,
  orderedInput,
  packedHiddenSize,
  packHidden,
} from "../autograd/cell-weights.ts";
import type { Cell } from "../autograd/cells.ts";
import { checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { packedSize } from "../runtime/kernels.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** Addresses of one layer's weights, packed. */
interface PackedLayer {
  /** Features, or number of tokens. */
  readonly inputSize: number;
  /** Packed W_ih^T; for tokens, the table whose row v is what token v adds to the gates, biases included. */
  readonly input: number;
  readonly hidden: number;
  readonly bias: number;
  /** The cell's functions, followed by its peepholes; 0 where it has PyTorch's own. */
  readonly options: number;
}

/** States of a stream, copied out: layer by layer, row by row. */
export interface StreamState {
  readonly h: Float32Array;
  /** LSTM only. */
  readonly c?: Float32Array;
}

/** The weights of a recurrent network packed once; any number of streams read them. Freed by `dispose`. */
export class PackedRecurrent {
  readonly runtime: Runtime;
  readonly cell: Cell;
  readonly hiddenSize: number;
  /** Whether the first layer reads tokens instead of features. */
  readonly tokens: boolean;
  readonly layers: readonly PackedLayer[];
  #disposed = false;

  /** `tokens`: the first layer reads tokens, as one-hot vectors (true) or as rows of an embedding [V, I]. */
  constructor(
    runtime: Runtime,
    cell: Cell,
    layers: readonly CellWeights[],
    hiddenSize: number,
    tokens: boolean | Tensor,
  ) {
    this.runtime = runtime;
    this.cell = cell;
    this.hiddenSize = hiddenSize;
    this.tokens = tokens !== false;
    this.layers = runtime.frame(() => layers.map((weights, i) => this.#pack(weights, i === 0 && tokens)));
  }

  #pack(weights: CellWeights, tokens: boolean | Tensor): PackedLayer {
    const { runtime: rt, cell, hiddenSize: H } = this;
    const k = rt.kernels;
    const I = weights.weightIh.shape[1]!;
    const ld = cell.columns * H;
    const N = cell.gates * H;
    const row = cell.norms ? rt.scratch(ld) : rt.allocate(ld);
    biasRow(rt, cell, row, weights, H);
    const bias = cell.norms ? 0 : row; // what is normalised gets its biases later, as options
    const hidden = rt.allocate(packedHiddenSize(cell, H));
    packHidden(rt, cell, hidden, weights.weightHh, H);
    const options = this.#packOptions(weights, row);
    return rt.frame(() => {
      const rows = orderedInput(rt, cell, weights.weightIh, H);
      if (tokens === true) {
        const input = rt.allocate(I * ld);
        k.fill_rows(input, ld, bias, I, ld);
        k.add_transposed(input, ld, rows, I, I, N);
        return { inputSize: I, input, hidden, bias, options };
      }
      const packed = tokens ? rt.scratch(packedSize(I, N)) : rt.allocate(packedSize(I, N));
      k.pack_transposed(packed, rows, I, I, N);
      if (!tokens) return { inputSize: I, input: packed, hidden, bias, options };
      const V = tokens.shape[0]!;
      const input = rt.allocate(V * ld);
      k.fill_rows(input, ld, bias, V, ld);
      k.gemm(input, ld, tokens.ptr, I, packed, V, N, I);
      return { inputSize: V, input, hidden, bias, options };
    });
  }

  #packOptions({ peephole, norm }: CellWeights, bias: number): number {
    const { runtime: rt, cell } = this;
    if (!needsOptions(cell)) return 0;
    const ld = cell.columns * this.hiddenSize;
    const size = OPTIONS_SIZE + ld + (peephole?.size ?? 0) + (norm?.size ?? 0);
    const options = rt.allocate(size);
    let end = options + OPTIONS_SIZE * 4;
    const copy = (from: number, n: number): number => {
      const to = end;
      rt.kernels.copy_rows(to, n, from, n, 1, n);
      end += n * 4;
      return to;
    };
    writeOptions(rt, cell, options, {
      bias: copy(bias, ld),
      peepholes: peephole && copy(peephole.ptr, peephole.size),
      gain: norm && copy(norm.ptr, norm.size),
    });
    return options;
  }

  /** A new stream with zero states. `batch`: sequences that run side by side, default 1. */
  stream({ batch = 1 }: { batch?: number } = {}): RecurrentStream {
    return new RecurrentStream(this, batch);
  }

  /** @throws ERR_DISPOSED after `dispose` */
  assertUsable(): void {
    if (this.#disposed || this.runtime.disposed) {
      throw new UnrolledError("ERR_DISPOSED", "the packed weights were disposed; pack() them anew");
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { input, hidden, bias, options } of this.layers) {
      for (const block of [input, hidden, bias, options]) if (block) this.runtime.free(block);
    }
  }
}

/**
 * A network that runs one step at a time, keeping its states in between. A step allocates nothing. Close it with
 * `dispose`, before its weights.
 */
export class RecurrentStream {
  readonly weights: PackedRecurrent;
  readonly batch: number;
  /** Address of the last layer's hidden state [B, H]. */
  readonly outputPtr: number;
  readonly #inputPtr: number;
  readonly #gates: number;
  /** Hidden states of all layers, then their memory cells. */
  readonly #states: number;
  readonly #stateSize: number;
  #disposed = false;
  #inputView: Float32Array | Int32Array;
  #outputView: Float32Array;

  constructor(weights: PackedRecurrent, batch: number) {
    const { runtime: rt, cell, layers, hiddenSize: H } = weights;
    checkWhole("stream: batch", batch, 1);
    weights.assertUsable();
    this.weights = weights;
    this.batch = batch;
    this.#stateSize = layers.length * batch * H;
    [this.#inputPtr, this.#gates, this.#states] = rt.frame(() => [
      rt.allocate(weights.tokens ? batch : batch * layers[0]!.inputSize),
      rt.allocate(batch * cell.columns * H),
      rt.allocate(this.#stateSize * (cell.memory ? 2 : 1)),
    ]);
    this.outputPtr = this.#states + (layers.length - 1) * batch * H * 4;
    this.#inputView = this.#viewInput();
    this.#outputView = rt.floats(this.outputPtr, batch * H);
    this.reset();
  }

  /**
   * One step.
   *
   * @param x features [B, I] as a flat array; token numbers [B] where the weights were packed for tokens
   * @returns the last layer's hidden state [B, H]: a view that the next step overwrites
   * @throws ERR_SHAPE for another number of elements, ERR_VALUE for a token outside the vocabulary
   */
  step(x: ArrayLike<number>): Float32Array {
    const rt = this.weights.runtime;
    this.assertUsable();
    if (this.#inputView.length === 0) this.#renewViews(); // a memory that has grown leaves empty views behind
    if (x?.length !== this.#inputView.length) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `step: ${x?.length} numbers given, expected ${this.#inputView.length}`,
      );
    }
    if (this.weights.tokens) this.#checkTokens(x);
    this.#inputView.set(x);
    this.#run(rt.kernels);
    return this.#outputView;
  }

  #run(k: Runtime["kernels"]): void {
    const { cell, layers, hiddenSize: H, tokens } = this.weights;
    const B = this.batch;
    const ld = cell.columns * H;
    let x = this.#inputPtr;
    for (let i = 0; i < layers.length; i++) {
      const { inputSize: I, input, hidden, bias, options } = layers[i]!;
      if (tokens && i === 0) {
        k.gather_rows(this.#gates, ld, input, ld, x, B, ld);
      } else {
        k.fill_rows(this.#gates, ld, bias, B, ld);
        k.gemm(this.#gates, ld, x, I, input, B, cell.gates * H, I);
      }
      const h = this.#states + i * B * H * 4;
      const c = cell.memory ? h + this.#stateSize * 4 : 0;
      k.recurrent_forward(cell.id, options, this.#gates, h, h, c, c, hidden, 1, B, H, 1, 0);
      x = h;
    }
  }

  #checkTokens(x: ArrayLike<number>): void {
    const limit = this.weights.layers[0]!.inputSize;
    for (let i = 0; i < x.length; i++) {
      const token = x[i]!;
      if (Number.isInteger(token) && token >= 0 && token < limit) continue;
      throw new UnrolledError("ERR_VALUE", `step: token ${token}, expected 0 to ${limit - 1}`);
    }
  }

  /** Sets all states to 0. */
  reset(): void {
    this.#stateView().fill(0);
  }

  /** A copy of the states, to go back to. */
  get state(): StreamState {
    const all = this.#stateView();
    const n = this.#stateSize;
    return { h: all.slice(0, n), ...(this.weights.cell.memory && { c: all.slice(n) }) };
  }

  set state({ h, c }: StreamState) {
    const n = this.#stateSize;
    const memory = this.weights.cell.memory;
    if (h.length !== n || (memory && c?.length !== n)) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `stream: the state does not have ${n} elements${memory ? " in h and c" : ""}`,
      );
    }
    const all = this.#stateView();
    all.set(h);
    if (memory && c) all.set(c, n);
  }

  /** @throws ERR_DISPOSED after `dispose`, of the stream, its weights or their runtime */
  assertUsable(): void {
    this.weights.assertUsable();
    if (this.#disposed) {
      throw new UnrolledError("ERR_DISPOSED", "the stream was disposed; open another with stream()");
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const block of [this.#inputPtr, this.#gates, this.#states]) this.weights.runtime.free(block);
  }

  #stateView(): Float32Array {
    this.assertUsable();
    return this.weights.runtime.floats(this.#states, this.#stateSize * (this.weights.cell.memory ? 2 : 1));
  }

  #viewInput(): Float32Array | Int32Array {
    const { runtime: rt, tokens, layers } = this.weights;
    return tokens
      ? rt.ints(this.#inputPtr, this.batch)
      : rt.floats(this.#inputPtr, this.batch * layers[0]!.inputSize);
  }

  #renewViews(): void {
    this.#inputView = this.#viewInput();
    this.#outputView = this.weights.runtime.floats(this.outputPtr, this.batch * this.weights.hiddenSize);
  }
}
