import type { CellWeights } from "../../autograd/cell-weights.ts";
import type { Cell } from "../../autograd/cells.ts";
import type { Weight } from "../../runtime/weight.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import type { Connections } from "../connections.ts";
import type { PackedStack } from "./connections.ts";
import { freeLayer, type PackedLayer, packLayer } from "./layer.ts";
import { type LinearWeights, PackedLinear } from "./linear.ts";
import type { PackedNorm } from "./norm.ts";
import { Packed } from "./packed.ts";
import type { Packing } from "./packing.ts";

/** The fields of a `Recurrent` module that packing reads. */
export interface RecurrentWeights {
  readonly runtime: Workspace;
  readonly cells: readonly Cell[];
  readonly layers: readonly CellWeights<Weight>[];
  readonly hiddenSize: number;
  readonly outputSize: number;
  readonly connections: Connections;
  readonly norms: readonly ({ pack(): PackedNorm } | undefined)[];
  readonly highways: readonly (LinearWeights | undefined)[];
}

/** The weights of recurrent layers, packed once to read any number of sequences. Freed by `dispose`. */
export class PackedLayers extends Packed implements PackedStack {
  /** The cell of the first direction, in the form that the kernels take. */
  readonly cell: Cell;
  /** The cell of each direction. */
  readonly cells: readonly Cell[];
  /** Number of hidden units of each layer (H). */
  readonly hiddenSize: number;
  /** Number of features of the output. */
  readonly outputSize: number;
  /** Connections between the layers. */
  readonly connections: Connections;
  /** Whether the first layer reads tokens instead of features. */
  readonly tokens: boolean;
  /** The packed weights of each layer and direction. The index is layer * directions + direction. */
  readonly layers: readonly PackedLayer[];
  readonly norms: PackedStack["norms"];
  readonly highways: PackedStack["highways"];

  /**
   * @param tokens what the first layer reads. With false, it reads features. With true, it reads tokens, which stand for one-hot
   *   vectors. With the weight [V, I] of an embedding, it reads tokens, which stand for the weight's rows
   */
  constructor(network: RecurrentWeights, tokens: boolean | Weight, packing: Packing) {
    const { runtime, cells, layers, hiddenSize, connections, outputSize, norms, highways } = network;
    super(runtime);
    const directions = cells.length;
    this.cell = cells[0]!;
    this.cells = cells;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.connections = connections;
    this.tokens = tokens !== false;
    [this.layers, this.norms, this.highways] = runtime.frame(() => [
      layers.map((weights, i) =>
        packLayer(runtime, cells[i % directions]!, weights, hiddenSize, i < directions && tokens, packing),
      ),
      norms.map((norm) => norm?.pack()),
      highways.map((gate) => gate && new PackedLinear(gate, packing)),
    ]);
  }

  protected override free(): void {
    for (const layer of this.layers) freeLayer(this.runtime, layer);
    for (const part of [...this.norms, ...this.highways]) part?.dispose();
  }
}
