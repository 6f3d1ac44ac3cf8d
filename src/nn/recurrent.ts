import type { CellWeights } from "../autograd/cell-weights.ts";
import type { Cell } from "../autograd/cells.ts";
import { dropout } from "../autograd/dropout.ts";
import { recurrent, type StateGradientObserver } from "../autograd/recurrent.ts";
import { clearPadding } from "../autograd/sequence.ts";
import { concat, gatherRows, stack } from "../autograd/shape.ts";
import { checkDropout, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { expectShape, Tensor } from "../runtime/tensor.ts";
import { Module } from "./module.ts";
import { inverse, rowsInData, sequenceOrder } from "./sequence-order.ts";
import { PackedRecurrent } from "./stream.ts";

/** The options of torch.nn.RNN, GRU and LSTM that they share. */
export interface RecurrentModuleOptions {
  /** Features of x, or number of tokens where x holds tokens. */
  inputSize: number;
  hiddenSize: number;
  /** Layers, each reading the output of the one below; default 1. */
  numLayers?: number;
  /** Default true. */
  bias?: boolean;
  /** x and output are [B, T, ...] instead of [T, B, ...]; states are never turned. Default false. */
  batchFirst?: boolean;
  /** Dropout on the output of every layer but the last, in training; default 0. */
  dropout?: number;
  /** A second set of weights runs from the end; outputs are concatenated, forward half first. Default false. */
  bidirectional?: boolean;
  /** Every layer runs from the end, as ONNX's direction "reverse"; outputs stay at their steps. Default false. */
  reverse?: boolean;
}

/** Directions that a network with these options runs in. */
export function directionsOf({ bidirectional = false }: RecurrentModuleOptions): number {
  return bidirectional ? 2 : 1;
}

/** States of all layers, [layers * directions, B, H]; index layer * directions + direction. */
export interface RecurrentState {
  h: Tensor;
  /** LSTM only. */
  c?: Tensor;
}

export interface RecurrentInput {
  /** First hidden state [layers * directions, B, H]; default 0. */
  h0?: Tensor;
  /** First memory cell [layers * directions, B, H], LSTM only; default 0. */
  c0?: Tensor;
  /** Steps of each sequence, in any order; what lies behind is padding and may hold anything. Default: all T. */
  lengths?: readonly number[];
}

export interface RecurrentOutput {
  /** [T, B, directions * H], or [B, T, directions * H] with batchFirst; 0 behind the end of a sequence. */
  output: Tensor;
  /** States after each sequence's last step. */
  state: RecurrentState;
}

/** A layer of a network, in one direction: 0 forwards, 1 backwards. */
export interface LayerPlace {
  readonly layer: number;
  readonly direction: number;
}

/** Layers of one kind of cell, in one or both directions. Base of RNN, GRU and LSTM. */
export abstract class Recurrent extends Module {
  /** Sees dL/dh<t> of every layer in the backward passes of what `forward` computes while it is set; default none. */
  onStateGradient: ((place: LayerPlace, ...seen: Parameters<StateGradientObserver>) => void) | undefined;
  /** The cell of each direction. */
  readonly cells: readonly Cell[];
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly reverse: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  /** Weights by layer * directions + direction. */
  readonly layers: readonly CellWeights[];

  constructor(runtime: Runtime, cells: readonly Cell[], options: RecurrentModuleOptions) {
    super(runtime);
    const {
      numLayers = 1,
      bias = true,
      batchFirst = false,
      dropout = 0,
      bidirectional = false,
      reverse = false,
    } = options;
    if (bidirectional && reverse) {
      throw new UnrolledError("ERR_VALUE", "reverse and bidirectional exclude each other; choose one");
    }
    const { gates, peepholes, norms } = cells[0]!;
    this.cells = cells;
    this.inputSize = checkWhole("inputSize", options.inputSize, 1);
    this.hiddenSize = checkWhole("hiddenSize", options.hiddenSize, 1);
    this.numLayers = checkWhole("numLayers", numLayers, 1);
    this.bidirectional = bidirectional;
    this.reverse = reverse;
    this.batchFirst = batchFirst;
    this.dropout = checkDropout("dropout", dropout);
    const H = this.hiddenSize;
    const bound = 1 / Math.sqrt(H);
    const layers = { length: numLayers * this.directions };
    const register = (_: unknown, i: number): CellWeights => {
      const layer = Math.floor(i / this.directions);
      const I = layer === 0 ? this.inputSize : this.directions * H;
      const suffix = `l${layer}${i % this.directions ? "_reverse" : ""}`;
      const make = (name: string, ...shape: number[]) => this.register(`${name}_${suffix}`, shape, bound);
      const norm = norms ? this.register(`weight_norm_${suffix}`, [norms * H], 0) : undefined;
      norm?.data.fill(1);
      return {
        weightIh: make("weight_ih", gates * H, I),
        weightHh: make("weight_hh", gates * H, H),
        ...(bias && { biasIh: make("bias_ih", gates * H), biasHh: make("bias_hh", gates * H) }),
        ...(peepholes && { peephole: make("weight_peephole", peepholes * H) }),
        ...(norm && { norm }),
      };
    };
    this.layers = runtime.frame(() => Array.from(layers, register));
  }

  get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /**
   * Sequences through all layers. What a backward pass needs lives until the surrounding `Runtime.scope` ends; outside
   * any scope, until the runtime is disposed.
   *
   * @param x float32 [T, B, I] or int32 [T, B] (tokens below I, which stand for one-hot vectors); [B, T, ...] with
   *   batchFirst
   * @throws ERR_SHAPE, ERR_VALUE
   */
  forward(x: Tensor, given: RecurrentInput = {}): RecurrentOutput {
    const size = this.#checkInput(x, given.h0, given.c0);
    const rt = this.runtime;
    const recorded = rt.records([x, given.h0, given.c0, ...Object.values(this.parameters())]);
    const forward = () => this.#forward(x, given, size);
    return rt.frame(() => (recorded ? forward() : rt.scope(forward)));
  }

  #forward(
    x: Tensor,
    { h0, c0, lengths }: RecurrentInput,
    { T, B }: { T: number; B: number },
  ): RecurrentOutput {
    const order = lengths && sequenceOrder(lengths, T, B);
    const rows = order && !order.sorted ? order.rows : undefined;
    const turned = this.batchFirst || rows;
    const places = turned || order ? rowsInData(rows, T, B, this.batchFirst) : undefined;

    let layerInput = places ? this.#reorder(x, places, T, B) : x;
    if (order) clearPadding(this.runtime, layerInput.ptr, order.counts, B, layerInput.shape[2] ?? 1);
    const observer = this.onStateGradient;
    const h: Tensor[] = [];
    const c: Tensor[] = [];
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0 && this.training && this.dropout > 0) layerInput = dropout(layerInput, this.dropout);
      const outputs: Tensor[] = [];
      for (let direction = 0; direction < this.directions; direction++) {
        const index = layer * this.directions + direction;
        const result = recurrent(this.cells[direction]!, layerInput, this.layers[index]!, {
          ...(h0 && { h0: stateRow(h0, index, rows) }),
          ...(c0 && { c0: stateRow(c0, index, rows) }),
          ...(order && { counts: order.counts }),
          reverse: this.reverse || direction === 1,
          ...(observer && { onStateGradient: (...seen) => observer({ layer, direction }, ...seen) }),
        });
        outputs.push(result.output);
        h.push(result.h);
        if (result.c) c.push(result.c);
      }
      layerInput = outputs.length === 1 ? outputs[0]! : concat(outputs);
    }

    const width = this.directions * this.hiddenSize;
    const shape = this.batchFirst ? [B, T, width] : [T, B, width];
    return {
      output: places && turned ? gatherRows(layerInput, inverse(places), shape) : layerInput,
      state: {
        h: stackStates(h, rows),
        ...(c.length && { c: stackStates(c, rows) }),
      },
    };
  }

  /**
   * Packs the weights as they are now for streaming; many streams share them, and later training does not reach them.
   *
   * @param options.tokens the streams read token numbers: true for one-hot vectors, or an embedding's weight [V, I]
   */
  pack({ tokens = false }: { tokens?: boolean | Tensor } = {}): PackedRecurrent {
    if (this.bidirectional || this.reverse) {
      const kind = this.reverse ? "network that runs in reverse" : "bidirectional network";
      throw new UnrolledError("ERR_STATE", `a ${kind} cannot stream: it needs the end of the sequence first`);
    }
    this.runtime.checkFloats("pack", ...Object.values(this.parameters()));
    if (tokens instanceof Tensor) {
      this.runtime.checkFloats("pack", tokens);
      if (tokens.shape.length !== 2 || tokens.shape[1] !== this.inputSize) {
        throw new UnrolledError(
          "ERR_SHAPE",
          `pack: the embedding is [${tokens.shape}], expected [V, ${this.inputSize}]`,
        );
      }
    }
    return new PackedRecurrent(this.runtime, this.cells[0]!, this.layers, this.hiddenSize, tokens);
  }

  #checkInput(x: Tensor, h0: Tensor | undefined, c0: Tensor | undefined): { T: number; B: number } {
    const name = this.constructor.name;
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
    const T = x.shape[this.batchFirst ? 1 : 0]!;
    const B = x.shape[this.batchFirst ? 0 : 1]!;
    const expected = [this.numLayers * this.directions, B, this.hiddenSize];
    expectShape(`${name}.forward: h0`, h0, expected);
    expectShape(`${name}.forward: c0`, c0, expected);
    return { T, B };
  }

  #reorder(x: Tensor, places: Int32Array, T: number, B: number): Tensor {
    if (x.dtype === "float32") return gatherRows(x, places, [T, B, this.inputSize]);
    const tokens = x.data;
    return this.runtime.tensor(
      places.map((place) => tokens[place]!),
      [T, B],
    );
  }
}

/** States [B, H] of all layers as [layers * directions, B, H], their rows back in the order of the data. */
function stackStates(states: readonly Tensor[], rows: Int32Array | undefined): Tensor {
  if (!rows) return stack(states);
  const back = inverse(rows);
  return stack(states.map((state) => gatherRows(state, back, state.shape)));
}

/** State `index` of [layers * directions, B, H] as [B, H], its rows in the order of the layers. */
function stateRow(states: Tensor, index: number, rows: Int32Array | undefined): Tensor {
  const [, B = 0, H = 0] = states.shape;
  const order = rows ?? Int32Array.from({ length: B }, (_, b) => b);
  return gatherRows(
    states,
    order.map((b) => index * B + b),
    [B, H],
  );
}
