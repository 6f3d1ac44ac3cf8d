import { listed, UnrolledError } from "../errors.ts";
import { type Graph, type GraphNode, TYPE_CODES } from "../graph/graph.ts";
import { show } from "../schema.ts";

/** The input of recurrent nodes that only this library has: the mask of steps. */
const MASK: Readonly<Record<string, number>> = { LSTM: 8, GRU: 6, RNN: 6 };

const hasMask = ({ op, inputs }: GraphNode) => Boolean(inputs[MASK[op] ?? inputs.length]);

/** Names of attributes that are types of elements: numbers in ONNX. */
const TYPES = ["to", "dtype"];

function withTypeCodes({ nodes, ...graph }: Graph): Graph {
  const coded = nodes.map((node) => {
    const attributes = Object.entries(node.attributes).map(([name, value]) => {
      if (typeof value === "string" && TYPES.includes(name)) return [name, TYPE_CODES.indexOf(value)];
      return [name, typeof value === "object" && "nodes" in value ? withTypeCodes(value) : value];
    });
    return { ...node, attributes: Object.fromEntries(attributes) };
  });
  return { ...graph, nodes: coded };
}

/**
 * Returns a graph as ONNX can say it: states that it keeps by itself become inputs and outputs.
 *
 * @throws ERR_VALUE if recurrent nodes skip steps by a mask
 */
export function graphForOnnx(graph: Graph): Graph {
  const masked = graph.nodes.filter(hasMask).map(({ name }) => show(name));
  if (masked.length) {
    throw new UnrolledError(
      "ERR_VALUE",
      `ONNX: ${listed(masked, 5)} skip steps by a mask, which nodes of ONNX cannot`,
    );
  }
  const { states = [], ...others } = graph;
  const infos = (end: "input" | "output") =>
    states.map(({ [end]: name, initial }) => ({ name, dtype: initial.dtype, shape: initial.shape }));
  return {
    ...withTypeCodes(others),
    inputs: [...graph.inputs, ...infos("input")],
    outputs: [...graph.outputs, ...infos("output")],
  };
}
