import { type CellWeights, makeCellWeights } from "../autograd/cell-weights.ts";
import type { Cell } from "../autograd/cells.ts";
import { dropout } from "../autograd/dropout.ts";
import type { ForwardValues, StateGradientObserver } from "../autograd/recurrent.ts";
import { clearPadding } from "../autograd/sequence.ts";
import { gatherRows } from "../autograd/shape.ts";
import { checkChoice, checkDropout, checkOptions, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { firstNonFinite } from "../runtime/finite.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { expectShape, type Tensor } from "../runtime/tensor.ts";
import { BatchNorm } from "./batch-norm.ts";
import { CONNECTIONS, type Connections, connect, connectedWidth, makeHighway } from "./connections.ts";
import type { Linear } from "./linear.ts";
import { makeNorm, NORM_KINDS, type NormKind } from "./make-norm.ts";
import { Module } from "./module.ts";
import type { Norm } from "./norm.ts";
import { inferredLayers, type LayerPlace, type RecurrentState, recordedLayers } from "./run-layers.ts";
import { inverse, reorder, rowsInData, sequenceOrder } from "./sequence-order.ts";
import { packingOf } from "./stream/int8.ts";
import { checkDtype, type PackOptions } from "./stream/packed.ts";
import { PackedRecurrent } from "./stream/recurrent.ts";

export type { LayerPlace, RecurrentState };

/** The options that RNN, GRU and LSTM share, except those of the cell itself. */
export interface RecurrentModuleOptions {
  /** Number of features of the input x of `forward`. If x holds tokens, the number of different tokens. */
  inputSize: number;
  /** Number of hidden units of each layer and direction (H). */
  hiddenSize: number;
  /** Number of layers. Each reads the output of the layer below. Default 1. */
  numLayers?: number;
  /** Whether there are biases. Default true. */
  bias?: boolean;
  /** Whether x and output are [B, T, ...] instead of [T, B, ...]. States keep their shape. Default false. */
  batchFirst?: boolean;
  /**
   * Probability of dropout on the input of every layer except the first, in training. Connections around a layer, such as
   * `residual`, have no dropout. Default 0.
   */
  dropout?: number;
  /** Probability of dropout on the first layer's input features, in training. Must be 0 if the input is tokens. Default 0. */
  inputDropout?: number;
  /** Whether dropout and inputDropout use the same mask for all steps of a sequence (Gal and Ghahramani 2016). Default false. */
  variationalDropout?: boolean;
  /** Connections between the layers. Default `plain`: each layer reads the output of the layer below. */
  connections?: Connections;
  /**
   * Normalisation of each layer's output. The layer's connection, such as `residual`, then uses the normalised output. In a
   * bidirectional layer, the outputs of both directions are concatenated before they are normalised. Default `none`.
   */
  norm?: NormKind;
  /**
   * Whether each layer also reads from last step to first, with other weights. Its output is the forward output, followed by the
   * reverse output. Default false.
   */
  bidirectional?: boolean;
  /**
   * Whether every layer reads from last step to first, like ONNX's "reverse". Output t still belongs to input t.
   * Default false.
   */
  reverse?: boolean;
}

/** Returns the number of directions of a network with these options. */
export function directionsOf({ bidirectional = false }: RecurrentModuleOptions): number {
  return bidirectional ? 2 : 1;
}

/** The optional inputs of {@link Recurrent.forward}. */
export interface RecurrentInput {
  /** Initial hidden state [layers * directions, B, H]. Default 0. */
  h0?: Tensor;
  /** Initial cell state [layers * directions, B, H], LSTM only. Default 0. */
  c0?: Tensor;
  /** Number of steps of each sequence, in any order. By default, all sequences have all T steps. Padding may hold anything. */
  lengths?: readonly number[];
}

/** The result of {@link Recurrent.forward}. */
export interface RecurrentOutput {
  /** Output [T, B, outputSize]; with batchFirst, [B, T, outputSize]. It is 0 past the end of a sequence. */
  output: Tensor;
  /** States after each sequence's last step. */
  state: RecurrentState;
}

/** A stack of layers with one kind of cell, in one or both directions. Base class of RNN, GRU and LSTM. */
export abstract class Recurrent extends Module {
  /**
   * A function that receives the gradients of the hidden states during back-propagation. It is called for every step of every
   * layer. Set it before `forward` runs. Default: none.
   */
  onStateGradient: ((place: LayerPlace, ...seen: Parameters<StateGradientObserver>) => void) | undefined;
  /** A function that receives the gates and states of each layer of a forward pass. @internal */
  onForward:
    | ((place: LayerPlace, values: ForwardValues, lengths: readonly number[] | undefined) => void)
    | undefined;
  /** The cell of each direction. @internal */
  readonly cells: readonly Cell[];
  /** Number of features of x, or number of different tokens. */
  readonly inputSize: number;
  /** Number of hidden units of each layer and direction (H). */
  readonly hiddenSize: number;
  /** Number of layers. */
  readonly numLayers: number;
  /** Whether each layer also reads from last step to first. */
  readonly bidirectional: boolean;
  /** Whether every layer reads from last step to first. */
  readonly reverse: boolean;
  /** Whether x and output are [B, T, ...] instead of [T, B, ...]. */
  readonly batchFirst: boolean;
  /** Probability of dropout on the input of every layer except the first, in training. */
  readonly dropout: number;
  /** Probability of dropout on the first layer's input features, in training. */
  readonly inputDropout: number;
  /** Whether dropout uses the same mask for all steps of a sequence. */
  readonly variationalDropout: boolean;
  /** Connections between the layers. */
  readonly connections: Connections;
  /** For each layer, the normalisation of its output; undefined if there is none. */
  readonly norms: readonly (Norm | undefined)[];
  /** For each layer, the gate of its highway connection; undefined if there is none, as for the first layer. */
  readonly highways: readonly (Linear | undefined)[];
  /** Weights of all layers. The index is layer * directions + direction. */
  readonly layers: readonly CellWeights[];

  constructor(runtime: Runtime, cells: readonly Cell[], options: RecurrentModuleOptions) {
    super(runtime);
    const {
      numLayers = 1,
      bias = true,
      batchFirst = false,
      dropout = 0,
      bidirectional = false,
      inputDropout = 0,
      variationalDropout = false,
      connections = "plain",
      norm = "none",
      reverse = false,
    } = options;
    const { name } = new.target; // the static field `name`, which minifying does not change
    if (bidirectional && reverse) {
      throw new UnrolledError("ERR_VALUE", `${name}: expected reverse or bidirectional, not both`);
    }
    this.cells = cells;
    this.inputSize = checkWhole(`${name}: inputSize`, options.inputSize, 1);
    this.hiddenSize = checkWhole(`${name}: hiddenSize`, options.hiddenSize, 1);
    this.numLayers = checkWhole(`${name}: numLayers`, numLayers, 1);
    this.bidirectional = bidirectional;
    this.reverse = reverse;
    this.batchFirst = batchFirst;
    this.dropout = checkDropout(`${name}: dropout`, dropout);
    this.inputDropout = checkDropout(`${name}: inputDropout`, inputDropout);
    this.variationalDropout = variationalDropout;
    this.connections = checkChoice(`${name}: connections`, connections, CONNECTIONS);
    const H = this.hiddenSize;
    const bound = 1 / Math.sqrt(H);
    const register = (_: unknown, i: number): CellWeights => {
      const layer = Math.floor(i / this.directions);
      const I = this.#widthAt(layer);
      const suffix = `l${layer}${i % this.directions ? "_reverse" : ""}`;
      return makeCellWeights(
        cells[0]!,
        { I, H, bias },
        (kind, ...shape) => {
          const isGain = kind === "weight_norm";
          const weight = this.register(`${kind}_${suffix}`, shape, isGain ? 0 : bound);
          if (isGain) weight.data.fill(1);
          return weight;
        },
        (numFeatures) => this.child(`gate_norm_${suffix}`, new BatchNorm(runtime, { numFeatures })),
      );
    };
    checkChoice(`${name}: norm`, norm, NORM_KINDS);
    const width = this.directions * H;
    const part = <T extends Module>(name: string, module?: T) => module && this.child(name, module);
    const perLayer = <T>(make: (layer: number) => T) => Array.from({ length: numLayers }, (_, l) => make(l));
    [this.layers, this.norms, this.highways] = runtime.frame(() => [
      Array.from({ length: numLayers * this.directions }, register),
      perLayer((l) => part(`norm_l${l}`, makeNorm(runtime, norm, width))),
      perLayer((l) => part(`highway_l${l}`, makeHighway(runtime, connections, l, width))),
    ]);
  }

  /** Returns the number of input features of a layer. */
  #widthAt(layer: number): number {
    if (layer === 0) return this.inputSize;
    return connectedWidth(this.connections, layer, this.directions * this.hiddenSize);
  }

  /** Number of features of the output: directions * H. With dense connections, layers * directions * H. */
  get outputSize(): number {
    return this.#widthAt(this.numLayers);
  }

  /** Number of directions, 1 or 2. */
  get directions(): number {
    return this.cells.length;
  }

  /**
   * Runs sequences through all layers. The data that back-propagation needs live until the surrounding `Runtime.scope`
   * ends. Outside any scope, they live until the runtime is disposed.
   *
   * @param given initial states and lengths of the sequences
   * @param x features, float32 [T, B, I]; or tokens, int32 [T, B]. Tokens are from 0 to I - 1 and stand for one-hot vectors.
   *   With batchFirst, x is [B, T, ...]
   * @throws ERR_SHAPE if x, a state or `lengths` has the wrong shape
   * @throws ERR_VALUE if a token or a length is out of range, if x holds tokens but `inputDropout` is above 0, or if
   *   `c0` is given and the cell is not an LSTM
   * @throws ERR_NAN if x or an initial state is NaN or infinite. Padding may hold anything.
   */
  forward(x: Tensor, given: RecurrentInput = {}): RecurrentOutput {
    checkOptions(`${this.constructor.name}.forward`, given, "h0 c0 lengths");
    const size = this.#checkInput(x, given.h0, given.c0);
    const rt = this.runtime;
    const recorded = rt.recording && rt.records([x, given.h0, given.c0, ...Object.values(this.parameters())]);
    const forward = () => this.#forward(x, given, size, recorded);
    return rt.frame(() => (recorded || this.#isSinglePass(given) ? forward() : rt.scope(forward)));
  }

  /**
   * Whether a pass without a tape makes no tensors except its results. Then it needs no scope, which takes as long as all kernels of
   * a small layer.
   */
  #isSinglePass({ h0, c0, lengths }: RecurrentInput): boolean {
    const plain = this.numLayers === 1 && !this.norms[0] && !this.cells[0]!.inputNorm && !this.batchFirst;
    return plain && !(h0 || c0 || lengths || (this.training && this.inputDropout > 0) || this.onForward);
  }

  #forward(
    x: Tensor,
    { h0, c0, lengths }: RecurrentInput,
    { T, B }: { T: number; B: number },
    recorded: boolean,
  ): RecurrentOutput {
    const order = lengths && sequenceOrder(lengths, T, B);
    const rows = order && !order.sorted ? order.rows : undefined;
    const turned = this.batchFirst || rows;
    const places = turned || order ? rowsInData(rows, T, B, this.batchFirst) : undefined;

    let layerInput = places ? reorder(x, places, T, B) : x;
    if (order) clearPadding(this.runtime, layerInput.ptr, order.batchSizes, B, layerInput.shape[2] ?? 1);
    const problem = firstNonFinite({ x: layerInput, h0, c0 });
    if (problem) throw new UnrolledError("ERR_NAN", `${this.constructor.name}.forward: ${problem}`);
    const start = { h0, c0, rows, batchSizes: order?.batchSizes, lengths };
    const keeps = recorded || this.onForward || this.cells[0]!.inputNorm;
    const layers = keeps ? recordedLayers(this, start) : inferredLayers(this, B, start);
    for (let layer = 0; layer < this.numLayers; layer++) {
      const x = this.#drop(layerInput, layer === 0 ? this.inputDropout : this.dropout);
      const output = layers.run(x, layer);
      const y = this.norms[layer]?.forward(output, order?.batchSizes) ?? output;
      layerInput = connect(this.connections, layer, layerInput, y, this.highways[layer]);
    }

    const shape = this.batchFirst ? [B, T, this.outputSize] : [T, B, this.outputSize];
    return {
      output: places && turned ? gatherRows(layerInput, inverse(places), shape) : layerInput,
      state: layers.state(),
    };
  }

  #drop(x: Tensor, p: number): Tensor {
    return this.training && p > 0 ? dropout(x, p, { variational: this.variationalDropout }) : x;
  }

  /**
   * Packs the current weights for streams. Many streams can share the packed weights. Later training does not change the packed
   * weights.
   *
   * @param options.tokens what the streams read. `false` (default): features. `true`: tokens, which stand for one-hot vectors. The
   *   weight [V, I] of an embedding: tokens, which stand for the rows of this weight
   * @param options.dtype type of the packed weights, default `f32`. `int8`: 8-bit integers, a quarter of the memory. Each row of
   *   weights is rounded to whole numbers from -127 to 127 times max|w| / 127. In each step, what a row of weights multiplies is rounded to
   *   whole numbers from -63 to 63 times max|x| / 63. Biases, peepholes, normalisations and states stay floats. Tables of tokens have a
   *   scale for each token and gate. Products have the same bits in strict and relaxed builds. Weights with more than 65,536 inputs stay
   *   floats, and all weights do in Node 20 with `--experimental-wasm-relaxed-simd`, whose products are wrong
   * @throws ERR_STATE if the network reads in reverse or in both directions; ERR_SHAPE if the embedding does not fit the input;
   *   ERR_VALUE if the type is unknown
   *
   * @example
   * ```js
   * const rt = await createRuntime();
   * const lstm = new nn.LSTM(rt, { inputSize: 8, hiddenSize: 32 });
   * const streams = ["f32", "int8"].map((dtype) => lstm.pack({ dtype }).stream());
   * const [h, near] = streams.map((stream) => stream.step([1, 0, 0, 1, 0, 1, 0, 0]));
   * console.log(h.every((value, i) => Math.abs(value - near[i]) < 0.01)); // true
   * ```
   */
  pack(options: PackOptions & { tokens?: boolean | Tensor } = {}): PackedRecurrent {
    const what = `${this.constructor.name}.pack`;
    const { tokens = false, dtype = "f32" } = checkOptions(what, options, "tokens dtype");
    checkDtype(what, dtype);
    if (this.bidirectional || this.reverse) {
      const kind = this.reverse ? "reverse" : "bidirectional";
      throw new UnrolledError("ERR_STATE", `a ${kind} network cannot stream: it needs the end first`);
    }
    this.runtime.checkFloats("pack", ...Object.values(this.parameters()));
    if (typeof tokens !== "boolean") {
      this.runtime.checkFloats("pack", tokens);
      if (tokens.shape.length !== 2 || tokens.shape[1] !== this.inputSize) {
        throw new UnrolledError(
          "ERR_SHAPE",
          `pack: the embedding is [${tokens.shape}], expected [V, ${this.inputSize}]`,
        );
      }
    }
    return new PackedRecurrent(this, tokens, packingOf(this.runtime, dtype));
  }

  #checkInput(x: Tensor, h0: Tensor | undefined, c0: Tensor | undefined): { T: number; B: number } {
    const { name } = this.constructor;
    this.runtime.check(`${name}.forward`, x);
    this.runtime.checkFloats(`${name}.forward`, h0, c0);
    const tokens = x.dtype === "int32";
    if (x.shape.length !== (tokens ? 2 : 3) || (!tokens && x.shape[2] !== this.inputSize)) {
      const lead = this.batchFirst ? "B, T" : "T, B";
      throw new UnrolledError(
        "ERR_SHAPE",
        `${name}.forward: x is ${x.dtype} [${x.shape}], expected float32 [${lead}, ${this.inputSize}] or int32 [${lead}]`,
      );
    }
    if (tokens && this.inputDropout) {
      throw new UnrolledError(
        "ERR_VALUE",
        `${name}.forward: inputDropout is ${this.inputDropout}, but x holds tokens; embed them first`,
      );
    }
    const T = x.shape[this.batchFirst ? 1 : 0]!;
    const B = x.shape[this.batchFirst ? 0 : 1]!;
    const expected = [this.numLayers * this.directions, B, this.hiddenSize];
    expectShape(`${name}.forward: h0`, h0, expected);
    expectShape(`${name}.forward: c0`, c0, expected);
    return { T, B };
  }
}
