import { scaleAndShift } from "../autograd/batch-norm.ts";
import { makeCellWeights } from "../autograd/cell-weights.ts";
import { connectedWidth } from "../nn/connections.ts";
import type { NormKind } from "../nn/make-norm.ts";
import { DEFAULT_EPS } from "../nn/norm.ts";
import { PackedFeedForward } from "../nn/stream/feed-forward.ts";
import type { PackedLayers } from "../nn/stream/layers.ts";
import type { LinearWeights } from "../nn/stream/linear.ts";
import { type PackedNorm, packBatchNorm, packLayerNorm } from "../nn/stream/norm.ts";
import { FLOATS } from "../nn/stream/packing.ts";
import type { NetworkParts } from "./packed-network.ts";
import { cellsOf, type NetworkSizes, type NetworkSpec } from "./spec.ts";
import type { StoredWeights } from "./stored-weights.ts";

/**
 * Returns what packing reads of a network, from the weights of a file. Makes no modules.
 *
 * @param type class of the packed recurrent layers, so that a page that opens no streams does not download them
 * @throws ERR_FORMAT if a weight is missing, ERR_SHAPE if one has another shape
 */
export function storedNetwork<Spec extends NetworkSpec, Layers extends PackedLayers>(
  weights: StoredWeights,
  spec: Spec,
  { inputs, outputs, beside = 0, pooled = 1 }: NetworkSizes,
  type: LayersClass<Layers>,
): NetworkParts<Spec, Layers> {
  const { embedding: width, tied, head: hidden, headActivation } = spec;
  const embedding = width ? { weight: weights.weight("embedding.weight", inputs, width) } : undefined;
  const rnn = storedRecurrent(weights, "rnn.", spec, (width || inputs) + beside, type);
  const widths = [pooled * rnn.outputSize, ...hidden];
  const layers = hidden.map((units, i) => storedLinear(weights, `head.hidden_l${i}.`, widths[i]!, units));
  const shared = tied ? embedding?.weight : undefined;
  layers.push(storedLinear(weights, "head.", widths.at(-1)!, outputs, shared));
  const { runtime } = weights;
  return {
    runtime,
    spec,
    embedding,
    rnn,
    head: { pack: () => new PackedFeedForward(layers, headActivation, FLOATS) },
  };
}

/** Returns the weights of a linear layer. @param shared the weight, if another part of the network owns it */
export function storedLinear(
  weights: StoredWeights,
  prefix: string,
  inFeatures: number,
  outFeatures: number,
  shared?: LinearWeights["weight"],
): LinearWeights {
  return {
    runtime: weights.runtime,
    weight: shared ?? weights.weight(`${prefix}weight`, outFeatures, inFeatures),
    bias: weights.weight(`${prefix}bias`, outFeatures),
  };
}

/** A class of packed recurrent layers. */
type LayersClass<Layers> = new (...parts: ConstructorParameters<typeof PackedLayers>) => Layers;

/** The fields of a spec that describe recurrent layers. */
type RecurrentSpec = Parameters<typeof cellsOf>[0];

/** Returns the weights of recurrent layers under the names that the class `Recurrent` gives them. */
export function storedRecurrent<Layers extends PackedLayers>(
  weights: StoredWeights,
  prefix: string,
  spec: RecurrentSpec,
  inputSize: number,
  type: LayersClass<Layers>,
): NetworkParts<NetworkSpec, Layers>["rnn"] & { readonly outputSize: number } {
  const { hidden: H, layers: count, connections, norm } = spec;
  const { runtime } = weights;
  const cells = cellsOf(spec);
  const directions = cells.length;
  const width = directions * H;
  const inputOf = (layer: number) => (layer ? connectedWidth(connections, layer, width) : inputSize);
  const layers = Array.from({ length: count * directions }, (_, i) => {
    const layer = Math.floor(i / directions);
    const suffix = `l${layer}${i % directions ? "_reverse" : ""}`;
    return makeCellWeights(
      cells[0]!,
      { I: inputOf(layer), H, bias: true },
      (kind, ...shape) => weights.weight(`${prefix}${kind}_${suffix}`, ...shape),
      (features) => ({ scaleAndShift: batchNorm(weights, `${prefix}gate_norm_${suffix}.`, features) }),
    );
  });
  const perLayer = <T>(make: (layer: number) => T) => Array.from({ length: count }, (_, l) => make(l));
  const norms = perLayer((l) => storedNorm(weights, norm, `${prefix}norm_l${l}.`, width));
  const highways = perLayer((l) =>
    l && connections === "highway"
      ? storedLinear(weights, `${prefix}highway_l${l}.`, width, width)
      : undefined,
  );
  const outputSize = inputOf(count);
  const parts = { runtime, cells, layers, hiddenSize: H, outputSize, connections, norms, highways };
  return { inputSize, outputSize, pack: ({ tokens = false } = {}) => new type(parts, tokens, FLOATS) };
}

function storedNorm(
  weights: StoredWeights,
  kind: NormKind,
  prefix: string,
  N: number,
): { pack(): PackedNorm } | undefined {
  if (kind === "none") return undefined;
  const rt = weights.runtime;
  if (kind === "batch") {
    const values = batchNorm(weights, prefix, N);
    return { pack: () => packBatchNorm(rt, values()) };
  }
  const [weight, bias] = ["weight", "bias"].map((name) => weights.vector(prefix + name, N));
  return { pack: () => packLayerNorm(rt, { N, eps: DEFAULT_EPS, weight, bias }) };
}

/** Returns a function that computes the scales and shifts of a batch normalisation in inference. */
function batchNorm(weights: StoredWeights, prefix: string, N: number): () => Float64Array {
  const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((name) =>
    weights.vector(prefix + name, N),
  );
  weights.weight(`${prefix}num_batches_tracked`); // its number is not read
  return () =>
    scaleAndShift(Float64Array.from(mean!), Float64Array.from(variance!), DEFAULT_EPS, weight, bias);
}
