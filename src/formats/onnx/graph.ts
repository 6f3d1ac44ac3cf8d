import { shortened, shown } from "../../errors.ts";
import type { Graph, GraphNode, Value } from "../../graph/graph.ts";
import { readAttributes } from "./attributes.ts";
import { constantOf } from "./constants.ts";
import { fail } from "./fail.ts";
import { type Context, calledBy, domainOf, type ModelFile, openCall } from "./functions.ts";
import type { GraphProto, NodeProto, ValueInfoProto } from "./messages.ts";
import { Names } from "./names.ts";
import { readNames, sorted } from "./sort.ts";
import { readTensor } from "./tensor.ts";
import { upgraded } from "./upgrade.ts";
import { readValueInfo } from "./value-info.ts";

/** Maximum number of nodes and calls, because functions that call each other could become any number. */
const MAX_NODES = 2 ** 16;

/** A node as the file has it, except for names. */
interface Entry {
  readonly node: GraphNode;
  /** The opset of its operator; undefined if it is not one of ONNX's own. */
  readonly opset: number | undefined;
}

/** Reads the nodes of a graph, and those of the functions that they call. */
class NodeReader {
  readonly entries: Entry[] = [];
  /** The constants of this graph. */
  readonly constants = new Map<string, Value>();
  readonly #file: ModelFile;

  constructor(file: ModelFile) {
    this.#file = file;
  }

  /** Keeps a constant. */
  keep(name: string, value: Value): void {
    this.constants.set(name, value);
    this.#file.constants.set(name, value);
  }

  /** Reads the nodes of a graph or function. @param results the result's names of values that leave a function */
  read(
    nodes: readonly NodeProto[],
    names: Names,
    context: Context,
    results?: ReadonlyMap<string, string>,
  ): void {
    for (const node of nodes) {
      for (const name of node.output ?? []) {
        if (name !== "") names.add(name, "output", results?.get(name));
      }
    }
    for (const node of nodes) this.#node(node, names, context);
  }

  #node(proto: NodeProto, names: Names, context: Context): void {
    const { input = [], output = [], opType = "", attribute = [] } = proto;
    const domain = domainOf(proto);
    const op = domain ? `${domain}.${opType}` : opType;
    const name = proto.name || `${shortened(op)} ${shortened(output[0] ?? "")}`;
    const what = `node ${shown(name)} (${shortened(op)})`;
    if (opType === "") fail(`${what} has no operator`);
    // Functions repeat what their nodes hold.
    const lists = context.calls
      ? [input, output, ...attribute.flatMap(({ intList = [], floatList = [] }) => [intList, floatList])]
      : [];
    this.#file.nodes += lists.reduce((sum, { length }) => sum + length, 1);
    if (this.#file.nodes > MAX_NODES) fail(`more than ${MAX_NODES} nodes`);
    const inputs = input.map((name) => {
      if (name === "") return "";
      return names.find(name) ?? fail(`${what} reads ${shown(name)}, which nothing makes`);
    });
    while (inputs.at(-1) === "") inputs.pop();
    const outputs = output.map((name) => names.own(name) ?? "");
    const attributes = readAttributes(attribute, what, context.attributes, (body) =>
      readGraph(body, this.#file, context, names),
    );
    const node: GraphNode = { op, name, inputs, outputs, attributes };
    const called = calledBy(this.#file, proto);
    if (called) this.#call(node, what, openCall(called, context, this.#file, what, node), called.node);
    else if (op === "Constant")
      this.keep(outputs[0] || fail(`${what} has no output`), constantOf(attributes, what));
    else {
      if (domain === "" && context.opset === undefined) fail(`${what}: the model names no opset`);
      this.entries.push({ node, opset: domain === "" ? context.opset : undefined });
    }
  }

  #call(
    node: GraphNode,
    what: string,
    call: ReturnType<typeof openCall>,
    nodes: readonly NodeProto[] = [],
  ): void {
    const { names, context, outputs } = call;
    this.read(nodes, names, context, new Map(outputs));
    for (const [name, result] of outputs) {
      const made = names.own(name) || fail(`${what}: nothing in its function makes ${shown(name)}`);
      if (made === result) continue;
      // An input that leaves the function as it is.
      const copy = { op: "Identity", name: node.name, inputs: [made], outputs: [result], attributes: {} };
      this.entries.push({ node: copy, opset: undefined });
    }
  }
}

/**
 * Reads a graph or a body. Nodes whose outputs nobody reads are left out.
 *
 * @param outer the names of the graph around it; undefined for the whole model
 * @throws ERR_FORMAT if something is missing, is there twice or is not read
 */
export function readGraph(proto: GraphProto, file: ModelFile, context: Context, outer?: Names): Graph {
  const { node = [], initializer = [], input = [], output = [], sparseInitializer = [] } = proto;
  if (sparseInitializer.length > 0) fail("the graph has sparse initializers, expected dense ones");
  const names = new Names(file.unique, outer);
  const reader = new NodeReader(file);
  const initial = new Set<string>();
  for (const tensor of initializer) {
    const { name = "" } = tensor;
    reader.keep(names.add(name, "initializer"), readTensor(tensor));
    initial.add(name);
  }
  // Files of IR version 3 also list initializers among the inputs.
  const inputs = input
    .filter(({ name = "" }) => !initial.has(name))
    .map((info) => readValueInfo(info, names.add(info.name ?? "", "input"), !outer));
  reader.read(node, names, context);
  const outputs = output.map((info: ValueInfoProto) => {
    const made = names.own(info.name ?? "");
    return readValueInfo(info, made ?? fail(`nothing makes the output ${shown(info.name ?? "")}`), false);
  });

  const read = new Set(outputs.map(({ name }) => name));
  const nodes: GraphNode[] = [];
  for (const { node, opset } of sorted(reader.entries).reverse()) {
    if (!node.outputs.some((name) => read.has(name))) continue;
    const used = { ...node, outputs: node.outputs.map((name) => (read.has(name) ? name : "")) };
    const steps =
      opset === undefined ? [used] : upgraded(used, opset, file, (name, value) => reader.keep(name, value));
    for (const step of steps.reverse()) {
      nodes.push(step);
      for (const name of readNames(step)) read.add(name);
    }
  }
  const constants = new Map([...reader.constants].filter(([name]) => read.has(name)));
  return { inputs, outputs, constants, nodes: nodes.reverse() };
}
