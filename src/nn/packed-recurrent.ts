import { needsOptions, OPTIONS_SIZE, writeOptions } from "../autograd/cell-options.ts";
import {
  biasRow,
  type CellWeights,
  orderedInput,
  packedHiddenSize,
  packHidden,
} from "../autograd/cell-weights.ts";
import type { Cell } from "../autograd/cells.ts";
import { checkOptions } from "../checks.ts";
import { packedSize } from "../runtime/kernels.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { Connections } from "./connections.ts";
import type { PackedNorm } from "./norm.ts";
import { Packed } from "./packed.ts";
import { PackedLinear } from "./packed-linear.ts";
import type { Recurrent } from "./recurrent.ts";
import { RecurrentStream } from "./stream.ts";

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

/** The weights of a recurrent network packed once; any number of streams read them. Freed by `dispose`. */
export class PackedRecurrent extends Packed {
  readonly cell: Cell;
  readonly hiddenSize: number;
  readonly outputSize: number;
  readonly connections: Connections;
  /** Whether the first layer reads tokens instead of features. */
  readonly tokens: boolean;
  readonly layers: readonly PackedLayer[];
  /** What normalises the output of each layer, where something does. */
  readonly norms: readonly (PackedNorm | undefined)[];
  /** Gates of highway connections, by layer. */
  readonly highways: readonly (PackedLinear | undefined)[];

  /** `tokens`: the first layer reads tokens, as one-hot vectors (true) or as rows of an embedding [V, I]. */
  constructor(network: Recurrent, tokens: boolean | Tensor) {
    super(network.runtime);
    const { runtime, cells, layers, hiddenSize, connections, outputSize, norms, highways } = network;
    this.cell = cells[0]!;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.connections = connections;
    this.tokens = tokens !== false;
    [this.layers, this.norms, this.highways] = runtime.frame(() => [
      layers.map((weights, i) => this.#pack(weights, i === 0 && tokens)),
      norms.map((norm) => norm?.pack()),
      highways.map((gate) => gate && new PackedLinear(gate)),
    ]);
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
  stream(options: { batch?: number } = {}): RecurrentStream {
    const { batch = 1 } = checkOptions("stream", options, "batch");
    return new RecurrentStream(this, batch);
  }

  protected override free(): void {
    for (const { input, hidden, bias, options } of this.layers) {
      for (const block of [input, hidden, bias, options]) if (block) this.runtime.free(block);
    }
    for (const part of [...this.norms, ...this.highways]) part?.dispose();
  }
}
