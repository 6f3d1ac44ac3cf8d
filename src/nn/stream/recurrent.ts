import { copyGates, type GateValues } from "../../autograd/gates.ts";
import { checkIndex, checkNumbers, checkOptions, checkThat, checkWhole } from "../../checks.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { allKernels } from "../../runtime/workspace.ts";
import { StreamConnections } from "./connections.ts";
import { PackedLayers } from "./layers.ts";
import { Stream } from "./packed.ts";

/** The weights of a recurrent network, packed once for any number of streams. Freed by `dispose`. */
export class PackedRecurrent extends PackedLayers {
  /**
   * Opens a stream with zero states.
   *
   * @param options.batch number of sequences that run in parallel, default 1
   * @throws ERR_VALUE if `batch` is not a whole number of at least 1; ERR_DISPOSED after `dispose`
   */
  stream(options: { batch?: number } = {}): RecurrentStream {
    const { batch = 1 } = checkOptions("stream", options, "batch");
    return new RecurrentStream(this, batch);
  }
}

/** A copy of a stream's states. The arrays are flat [layers, batch, H]. */
export interface StreamState {
  /** Hidden states, [layers, batch, H]. */
  readonly h: Float32Array;
  /** LSTM only. */
  readonly c?: Float32Array;
}

/** The type S with plain lists of numbers in place of typed arrays, as parsed JSON has them. */
export type Lists<S> = {
  readonly [K in keyof S]: S[K] extends ArrayLike<number> | undefined ? S[K] | ArrayLike<number> : S[K];
};

/**
 * A network that runs one step at a time and keeps its states in between. A step allocates nothing. Dispose of the stream before
 * its weights.
 */
export class RecurrentStream extends Stream<PackedRecurrent> {
  /** Number of sequences that run in parallel (B). */
  readonly batch: number;
  readonly #connections: StreamConnections;
  /** Address of the input of a step: features [B, I] or tokens [B]. @internal */
  readonly inputPtr: number;
  /** Address of the gates of all layers, each [B, columns * H]. */
  readonly #gates: number;
  /** Whether the gates belong to the current states. */
  #stepped = false;
  /** Address of the hidden states of all layers. The cell states follow them. */
  readonly #states: number;
  readonly #stateSize: number;
  #inputView: Float32Array | Int32Array;
  #outputView: Float32Array;

  constructor(weights: PackedRecurrent, batch: number) {
    const { runtime: rt, cell, layers, hiddenSize: H } = weights;
    super(rt, weights);
    checkWhole("stream: batch", batch, 1);
    this.batch = batch;
    this.#stateSize = layers.length * batch * H;
    [this.inputPtr, this.#gates, this.#states, this.#connections] = rt.frame(() => {
      const input = rt.allocate(weights.tokens ? batch : batch * layers[0]!.inputSize);
      const gates = rt.allocate(layers.length * batch * cell.columns * H);
      const states = rt.allocate(this.#stateSize * (cell.memory ? 2 : 1));
      const top = states + (layers.length - 1) * batch * H * 4;
      return [input, gates, states, new StreamConnections(weights, batch, top)];
    });
    this.#inputView = this.#viewInput();
    this.reset();
    this.#outputView = this.#viewOutput();
  }

  /** Address of the output [B, outputSize] that belongs to the current states. @internal */
  get outputPtr(): number {
    return this.#connections.output;
  }

  /**
   * Runs one step.
   *
   * @param x features [B, I] as a flat array, or token numbers [B] if the weights were packed for tokens
   * @returns the output [B, outputSize], a view that the next step overwrites. For a plain stack without normalisation, this is
   *   the last layer's hidden state
   * @throws ERR_SHAPE if the number of elements is wrong, ERR_VALUE if a token is outside the vocabulary or a feature is not a
   *   number, ERR_NAN if a feature is NaN or infinite. In each case, the states stay as they were
   */
  step(x: ArrayLike<number>): Float32Array {
    this.assertUsable();
    if (this.#inputView.length === 0) this.#renewViews(); // views become empty when the memory grows
    if (x?.length !== this.#inputView.length) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `step: ${counted(x?.length, "number", "numbers")}, expected ${this.#inputView.length}`,
      );
    }
    if (this.packed.tokens) this.#checkTokens(x);
    else checkNumbers("step: x", x);
    this.#inputView.set(x);
    const { kernels } = this.runtime;
    if (!this.packed.tokens && kernels.first_nonfinite(this.inputPtr, x.length) >= 0) {
      throw new UnrolledError("ERR_NAN", "step: x is not finite");
    }
    this.run();
    return this.#outputView;
  }

  /** Runs a step on the input at `inputPtr`, which the caller has checked. @internal */
  run(): void {
    const { kernels: k } = this.runtime;
    this.#stepped = true;
    const { cell, layers, hiddenSize: H, tokens } = this.packed;
    const B = this.batch;
    const ld = cell.columns * H;
    let x = this.inputPtr;
    let ldx = layers[0]!.inputSize;
    for (let i = 0; i < layers.length; i++) {
      const { inputSize: I, input, hidden, bias, options } = layers[i]!;
      const gates = this.#gates + i * B * ld * 4;
      const table = tokens && i === 0;
      if (table && input % 2 === 0) k.gather_rows(gates, ld, input, ld, x, B, ld);
      else {
        k.fill_rows(gates, ld, bias, B, ld);
        if (table) allKernels(this.runtime).add_int8_rows(gates, ld, input - 1, x, B, cell.gates, H);
        else k.gemm(gates, ld, x, ldx, input, B, cell.gates * H, I);
      }
      const h = this.#h(i);
      const c = cell.memory ? h + this.#stateSize * 4 : 0;
      k.recurrent_forward(cell.id, options, gates, h, h, c, c, hidden, 1, B, H, 1, 0);
      x = this.#connections.take(i, h);
      ldx = this.#connections.ld;
    }
  }

  /** Returns the address of a layer's hidden state. */
  #h(layer: number): number {
    return this.#states + layer * this.batch * this.packed.hiddenSize * 4;
  }

  /** Computes the output from the current states. */
  #connect(): void {
    for (let i = 0; i < this.packed.layers.length; i++) this.#connections.take(i, this.#h(i));
  }

  #checkTokens(x: ArrayLike<number>): void {
    const limit = this.packed.layers[0]!.inputSize;
    for (let i = 0; i < x.length; i++) checkIndex("step: token", x[i]!, limit);
  }

  /** Sets all states to 0. */
  reset(): void {
    this.#stateView().fill(0);
    this.#connect();
    this.#stepped = false;
  }

  /** A copy of the states. To go back to earlier states, assign their copy. */
  get state(): StreamState {
    const all = this.#stateView();
    const n = this.#stateSize;
    return { h: all.slice(0, n), ...(this.packed.cell.memory && { c: all.slice(n) }) };
  }

  /**
   * Sets all states.
   *
   * @throws ERR_SHAPE if an array has the wrong length; ERR_VALUE if there are other fields, or `c` but no LSTM, or if an element
   *   is not a number; ERR_NAN if one is not finite. In each case, the states stay as they were
   */
  set state(given: Lists<StreamState>) {
    const { h, c } = checkOptions("stream: state", given, "h c");
    const n = this.#stateSize;
    const memory = this.packed.cell.memory;
    checkThat("stream: state.c", c, memory || c === undefined, "none, since the cell is not an LSTM");
    if (h?.length !== n || (memory && c?.length !== n)) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `stream: state has ${memory ? `${[h?.length, c?.length]} numbers` : counted(h?.length, "number", "numbers")}, expected ${n}`,
      );
    }
    for (const list of [h, c ?? []]) {
      checkNumbers("stream: state", list);
      if (!Array.prototype.every.call(list, Number.isFinite)) {
        throw new UnrolledError("ERR_NAN", "stream: state is not finite");
      }
    }
    const all = this.#stateView();
    all.set(h);
    if (c) all.set(c, n);
    this.#connect();
    this.#stepped = false;
  }

  /**
   * Copies of the gates of the last step, for each layer, by the names in the equations of `nn.LSTM` and `nn.GRU`: i, f, g, o and
   * the cell state c of an LSTM; r, z and the candidate n of a GRU, where 1 - z is the update gate of many course notes. A cell
   * without one of the gates lacks its name; an RNN has none. Each array is flat [batch, H].
   *
   * @throws ERR_STATE before the first step, and after `reset` or an assigned `state` until the next one
   */
  get gates(): readonly GateValues[] {
    const states = this.#stateView();
    if (!this.#stepped) {
      throw new UnrolledError("ERR_STATE", "gates are those of a step; run a step first");
    }
    const { runtime, cell, layers, hiddenSize: H } = this.packed;
    const n = this.batch * H;
    return layers.map((_, i) => {
      const size = n * cell.columns;
      const c = this.#stateSize + i * n;
      return {
        ...copyGates(cell, runtime.floats(this.#gates + i * size * 4, size), H),
        ...(cell.memory && { c: states.slice(c, c + n) }),
      };
    });
  }

  protected override free(): void {
    for (const block of [this.inputPtr, this.#gates, this.#states]) this.runtime.free(block);
    this.#connections.dispose();
  }

  #stateView(): Float32Array {
    this.assertUsable();
    return this.runtime.floats(this.#states, this.#stateSize * (this.packed.cell.memory ? 2 : 1));
  }

  #viewInput(): Float32Array | Int32Array {
    const { runtime: rt, tokens, layers } = this.packed;
    return tokens
      ? rt.ints(this.inputPtr, this.batch)
      : rt.floats(this.inputPtr, this.batch * layers[0]!.inputSize);
  }

  #viewOutput(): Float32Array {
    return this.runtime.floats(this.outputPtr, this.batch * this.packed.outputSize);
  }

  #renewViews(): void {
    this.#inputView = this.#viewInput();
    this.#outputView = this.#viewOutput();
  }
}
