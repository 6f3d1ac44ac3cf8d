import type { Pooling } from "../../autograd/pool.ts";
import { listed } from "../../errors.ts";
import type { GraphNode } from "../../graph/graph.ts";
import { show } from "../../schema.ts";
import { type FoundLayer, isRecurrent, PLACE, readLayer } from "./cells.ts";
import { refuseGraph, refuseNode, type Walk } from "./walk.ts";

/** A linear layer: a weight [out, in], a bias [out], and the activation behind it. */
export interface FoundDense {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly outputs: number;
  readonly activation: "relu" | "tanh" | undefined;
  readonly node: GraphNode;
}

/** What the outputs are. */
export type OutputKind = "logits" | "probabilities" | "log-probabilities" | "sigmoid";

/** Where the layers read. */
export interface FoundInput {
  /** Name of the input of the graph. */
  readonly name: string;
  /** The embedding [symbols, size]; undefined if the layers read vectors, or one-hot vectors of tokens. */
  readonly embedding:
    | { readonly data: Float32Array; readonly symbols: number; readonly size: number }
    | undefined;
  /** Whether the input has ids. If not, it has vectors. */
  readonly isIds: boolean;
  readonly node: GraphNode | undefined;
}

/** The parts of a graph that is an embedding, recurrent layers and linear layers. */
export interface Parts {
  readonly input: FoundInput;
  /** First to last. */
  readonly layers: readonly FoundLayer[];
  /** The nodes of each layer. */
  readonly nodes: readonly (readonly GraphNode[])[];
  readonly dense: readonly FoundDense[];
  readonly kind: OutputKind;
  /** How steps become one vector, if they do. */
  readonly pooling: Pooling;
  /** The nodes around the recurrent layers that only move numbers, which are checked by what comes out. */
  readonly moves: readonly GraphNode[];
}

/** Operators that only move numbers, or that do nothing when a model runs. Each moves its first input. */
const MOVES = new Set(
  "Identity Dropout Transpose Reshape Squeeze Unsqueeze Flatten Cast Slice Gather GatherND Split ReverseSequence Expand".split(
    " ",
  ),
);

const POOLS: Readonly<Record<string, "mean" | "max">> = {
  ReduceMean: "mean",
  GlobalAveragePool: "mean",
  AveragePool: "mean",
  ReduceSum: "mean",
  Div: "mean",
  ReduceMax: "max",
  GlobalMaxPool: "max",
  MaxPool: "max",
};

/** The inputs that carry the numbers, for operators with several. Of others, it is the first one. */
function carriers({ op, inputs }: GraphNode): readonly string[] {
  if (op === "Concat") return inputs;
  return op === "Where" ? inputs.slice(1) : inputs.slice(0, 1);
}

/** What lies between a value and the recurrent nodes or inputs that it comes from. */
interface Section {
  readonly recurrent: GraphNode[];
  readonly moves: GraphNode[];
  /** Nodes that look up an embedding, or make one-hot vectors of ids. */
  readonly tables: GraphNode[];
  /** Inputs of the graph. */
  readonly inputs: string[];
}

/** Follows a value back to recurrent nodes, embeddings and inputs. @param pools whether steps may be pooled on the way */
function sectionBehind(walk: Walk, from: readonly string[], pools: boolean): Section {
  const section: Section = { recurrent: [], moves: [], tables: [], inputs: [] };
  const seen = new Set<string>();
  const open = [...from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (!name || seen.has(name)) continue;
    seen.add(name);
    const node = walk.maker(name);
    if (!node) {
      if (walk.isInput(name)) section.inputs.push(name);
      continue;
    }
    if (isRecurrent(node)) {
      if (!section.recurrent.includes(node)) section.recurrent.push(node);
    } else if (isTable(walk, node)) {
      section.tables.push(node);
    } else if (
      MOVES.has(node.op) ||
      node.op === "Concat" ||
      (pools && (node.op in POOLS || node.op === "Where"))
    ) {
      section.moves.push(node);
      open.push(...carriers(node));
    } else {
      const place = pools ? "between the recurrent layers and the linear layers" : "before a recurrent layer";
      refuseNode(node, `it stands ${place}, where our models have nothing; run the graph as it is`);
    }
  }
  return section;
}

const isTable = (walk: Walk, node: GraphNode) =>
  node.op === "OneHot" ||
  (node.op === "Gather" && walk.constant(node.inputs[0]!) !== undefined) ||
  (node.op === "MatMul" && walk.constant(node.inputs[1]!)?.shape.length === 2);

/** Removes nodes that others of the list read. */
function topmost(walk: Walk, nodes: readonly GraphNode[]): GraphNode[] {
  const below = new Set<GraphNode>();
  const open = nodes.flatMap(({ inputs }) => inputs[PLACE.x]!);
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = walk.maker(name);
    if (!node || seen.has(name)) continue;
    seen.add(name);
    if (isRecurrent(node)) below.add(node);
    open.push(...(isRecurrent(node) ? [node.inputs[PLACE.x]!] : node.inputs));
  }
  return nodes.filter((node) => !below.has(node));
}

const isFlip = (walk: Walk, node: GraphNode) =>
  node.op === "ReverseSequence" ||
  (node.op === "Slice" && (walk.constant(node.inputs[4] ?? "")?.data.some((step) => step < 0) ?? false));

/** Orders the nodes of a layer: one node, or the forward and the backward direction. */
function layerNodes(walk: Walk, nodes: readonly GraphNode[]): GraphNode[] {
  const isBackward = (node: GraphNode) =>
    node.attributes.direction === "reverse" ||
    sectionBehind(walk, [node.inputs[PLACE.x]!], false).moves.some((move) => isFlip(walk, move));
  const [first, second] = nodes;
  if (nodes.length > 2 || (second && isBackward(first!) === isBackward(second))) {
    const names = listed(
      nodes.map(({ name }) => show(name)),
      6,
    );
    return refuseGraph(`${names} stand beside each other; our layers have one direction, or both`);
  }
  if (second) return isBackward(first!) ? [second, first!] : [first!, second];
  if (isBackward(first!))
    refuseNode(first!, "it reads from the end alone; our layers read forward, or in both directions");
  return [first!];
}

const ACTIVATIONS: Readonly<Record<string, OutputKind>> = {
  Softmax: "probabilities",
  LogSoftmax: "log-probabilities",
  Sigmoid: "sigmoid",
};

/** Operators between linear layers that change nothing but the shape. */
const SHAPES = new Set("Identity Dropout Transpose Reshape Squeeze Unsqueeze Flatten Cast".split(" "));

/** Follows a value back through nodes that only give it another shape. */
function skipShapes(walk: Walk, name: string): string {
  let at = name;
  for (let node = walk.maker(at); node && SHAPES.has(node.op); node = walk.maker(at)) at = node.inputs[0]!;
  return at;
}

/** Returns the linear layer that makes a value, and what it reads; undefined if none does. */
function denseAt(
  walk: Walk,
  name: string,
): { x: string; weight: Float32Array; bias: Float32Array; outputs: number; node: GraphNode } | undefined {
  let at = name;
  let added: Float32Array | undefined;
  let node = walk.maker(at);
  if (node?.op === "Add") {
    const place = node.inputs.findIndex((input) => walk.constant(input));
    if (place < 0) return undefined;
    added = walk.constant(node.inputs[place]!)!.data as Float32Array;
    at = skipShapes(walk, node.inputs[1 - place]!);
    node = walk.maker(at);
  }
  if (node?.op !== "MatMul" && node?.op !== "Gemm") return undefined;
  const [x, w, c] = node.inputs;
  const value = walk.constant(w!);
  if (value?.shape.length !== 2) return undefined;
  const { transA = 0, transB = 0, alpha = 1, beta = 1 } = node.attributes as Record<string, number>;
  if (transA) refuseNode(node, "transA is 1, expected 0");
  const [inputs = 0, outputs = 0] = transB ? [value.shape[1], value.shape[0]] : value.shape;
  const weight = new Float32Array(inputs * outputs);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++)
      weight[o * inputs + i] = alpha * value.data[transB ? o * inputs + i : i * outputs + o]!;
  }
  const bias = new Float32Array(outputs);
  const own = c ? (walk.constant(c)?.data ?? refuseNode(node, "its bias is not constant")) : undefined;
  for (const [numbers, factor] of [
    [own, beta],
    [added, 1],
  ] as const) {
    if (!numbers) continue;
    if (numbers.length !== outputs && numbers.length !== 1)
      return refuseNode(node, `its bias has ${numbers.length} numbers, expected ${outputs}`);
    for (let o = 0; o < outputs; o++) bias[o]! += factor * numbers[numbers.length > 1 ? o : 0]!;
  }
  return { x: x!, weight, bias, outputs, node };
}

/** Finds the linear layers and the activation of the output. @returns also the value that the first one reads */
function findHead(walk: Walk, output: string) {
  const dense: FoundDense[] = [];
  let kind: OutputKind = "logits";
  let activation: FoundDense["activation"];
  let at = skipShapes(walk, output);
  for (;;) {
    const node = walk.maker(at);
    const found = denseAt(walk, at);
    if (found) {
      const { x, ...layer } = found;
      dense.unshift({ ...layer, activation });
      activation = undefined;
      at = skipShapes(walk, x);
    } else if (node && !dense.length && kind === "logits" && node.op in ACTIVATIONS) {
      kind = ACTIVATIONS[node.op]!;
      at = skipShapes(walk, node.inputs[0]!);
    } else if (node && dense.length && !activation && (node.op === "Relu" || node.op === "Tanh")) {
      activation = node.op === "Relu" ? "relu" : "tanh";
      at = skipShapes(walk, node.inputs[0]!);
    } else {
      if (activation && node) refuseNode(node, `a linear layer is expected before ${activation}`);
      if (!dense.length && node)
        refuseNode(
          node,
          "expected a linear layer, then softmax, log-softmax, sigmoid or nothing, at the end",
        );
      return { dense, kind, x: at };
    }
  }
}

/** Finds what the first recurrent layer reads. */
function findInput(walk: Walk, { tables, inputs }: Section): FoundInput {
  if (tables.length + inputs.length !== 1) {
    const names = [...tables.map(({ name }) => name), ...inputs].map(show);
    return refuseGraph(
      `the first recurrent layer reads ${listed(names, 6) || "no input"}, expected one embedding or one input`,
    );
  }
  const node = tables[0];
  if (!node) return { name: inputs[0]!, embedding: undefined, isIds: false, node };
  const isProduct = node.op === "MatMul";
  const ids = node.inputs[node.op === "Gather" ? 1 : 0]!;
  const name = skipShapes(walk, ids);
  if (!walk.isInput(name))
    refuseNode(
      walk.maker(name) ?? node,
      "it makes the ids of the embedding, which our models read as they are",
    );
  if (node.op === "OneHot") return { name, embedding: undefined, isIds: true, node };
  const { shape, data } = walk.constant(node.inputs[isProduct ? 1 : 0]!)!;
  const [symbols = 0, size = 0] = shape;
  if (shape.length !== 2 || !(data instanceof Float32Array))
    refuseNode(node, `its table is [${shape}], expected [symbols, size] of floats`);
  return { name, embedding: { data: data as Float32Array, symbols, size }, isIds: !isProduct, node };
}

/**
 * Finds the parts of a graph: an embedding or one-hot vectors, recurrent layers, pooling, linear layers. Nodes that only move numbers
 * are not followed exactly: whether the model does the same shows when both run.
 *
 * @param output name of the output
 * @throws ERR_FORMAT if a node does not fit, with its name
 */
export function findParts(walk: Walk, output: string): Parts {
  const { dense, kind, x } = findHead(walk, output);
  let section = sectionBehind(walk, [x], true);
  const moves = [...section.moves];
  const ops = new Set(section.moves.flatMap(({ op }) => POOLS[op] ?? []));
  const nodes: GraphNode[][] = [];
  const layers: FoundLayer[] = [];
  while (section.recurrent.length) {
    const own = layerNodes(walk, topmost(walk, section.recurrent));
    nodes.unshift(own);
    layers.unshift(readLayer(walk, own));
    section = sectionBehind(
      walk,
      own.map(({ inputs }) => inputs[PLACE.x]!),
      false,
    );
    moves.push(...section.moves);
    if (section.recurrent.length && section.tables.length + section.inputs.length)
      refuseNode(own[0]!, "it reads the layer below and the input; our layers read one of them");
  }
  if (!layers.length) refuseGraph("there is no LSTM, GRU or RNN before the linear layers");
  checkLayers(layers, nodes);
  const pooled = (ops.size > 1 ? 2 : 1) * layers[0]!.fields.hidden * layers[0]!.directions.length;
  const first = dense[0] ?? refuseGraph("there is no linear layer behind the recurrent layers");
  const read = first.weight.length / first.outputs;
  if (read !== pooled)
    refuseNode(
      first.node,
      `it reads ${read} features, expected ${pooled}: the outputs of a step, of the last one, or their mean or maximum`,
    );
  const pooling = ops.size > 1 ? "mean+max" : ops.has("mean") ? "mean" : ops.has("max") ? "max" : "last";
  return { input: findInput(walk, section), layers, nodes, dense, kind, pooling, moves };
}

/** Checks that layers have the same form, and that each reads the one below. */
function checkLayers(layers: readonly FoundLayer[], nodes: readonly (readonly GraphNode[])[]): void {
  const [first] = layers;
  for (const [i, { fields, inputs }] of layers.entries()) {
    const node = nodes[i]![0]!;
    for (const key of new Set([...Object.keys(fields), ...Object.keys(first!.fields)])) {
      const [one, other] = [fields, first!.fields].map((each) =>
        JSON.stringify(each[key as keyof typeof each]),
      );
      if (one !== other)
        refuseNode(
          node,
          `its ${key} is ${one}, that of the first layer is ${other}; all layers of our models have the same`,
        );
    }
    const width = first!.fields.hidden * first!.directions.length;
    if (i > 0 && inputs !== width)
      refuseNode(node, `it reads ${inputs} features, the layer below has ${width}`);
  }
}
