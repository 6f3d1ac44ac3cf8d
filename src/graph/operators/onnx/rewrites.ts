import type { Call } from "../../call.ts";
import { type Attribute, type GraphNode, TYPE_CODES, type Value } from "../../graph.ts";
import type { Operator } from "../../operator.ts";
import { Slot } from "../../slot.ts";

/** Nodes that stand for another one. They read its inputs by the names "0", "1", ... */
class Nodes {
  readonly list: GraphNode[] = [];
  readonly constants = new Map<string, Value>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds a node. Returns the name of its output. */
  add(op: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    const output = `value ${this.list.length}`;
    this.list.push({ op, name: this.#name, inputs, outputs: [output], attributes });
    return output;
  }

  constant(value: Value): string {
    const name = `constant ${this.constants.size}`;
    this.constants.set(name, value);
    return name;
  }
}

/** Makes an operator that is planned as other nodes. @param make adds the nodes and returns the name of the output */
const rewritten = (make: (call: Call, nodes: Nodes) => string): Operator => ({
  expand(call, planner) {
    const nodes = new Nodes(call.node.name);
    const output = make(call, nodes);
    const slots = new Map<string, Slot>();
    for (const [i, slot] of call.inputs.entries()) if (slot) slots.set(String(i), slot);
    for (const [name, value] of nodes.constants) slots.set(name, new Slot(value.dtype, value.shape, value));
    const info = (name: string) => ({ name, dtype: "float32" as const, shape: undefined });
    const body = {
      inputs: [...slots.keys()].map(info),
      outputs: [info(output)],
      constants: new Map(),
      nodes: nodes.list,
    };
    planner.inline(call, body, [...slots.values()]);
  },
});

/** Returns the names of inputs from `first` to `last`; "" for those that are absent. */
const inputsOf = (call: Call, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => (call.has(first + i) ? String(first + i) : ""));

const float = (x: number): Value => ({ dtype: "float32", shape: [], data: Float32Array.of(x) });

/** Returns the attributes of a node except some. */
function attributesWithout(call: Call, ...names: string[]): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(call.node.attributes).filter(([name]) => !names.includes(name)));
}

/** Adds the activation that a fused node has. @param parameters alpha and beta, if they are given */
function activated(call: Call, nodes: Nodes, x: string, parameters: readonly (number | undefined)[]): string {
  const op = call.text("activation", "");
  if (!op) return x;
  const known = [
    "Relu",
    "Sigmoid",
    "Tanh",
    "LeakyRelu",
    "HardSigmoid",
    "Elu",
    "Selu",
    "Softplus",
    "Softsign",
  ];
  if (op === "Clip") {
    const [low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY] = parameters;
    return nodes.add(op, [x, nodes.constant(float(low)), nodes.constant(float(high))]);
  }
  if (!known.includes(op)) call.fail(`activation is ${op}, expected ${known.join(", ")}, Clip`);
  const [alpha, beta] = parameters;
  const attributes = { ...(alpha !== undefined && { alpha }), ...(beta !== undefined && { beta }) };
  return nodes.add(op, [x], attributes);
}

const optional = (call: Call, name: string) =>
  call.node.attributes[name] === undefined ? undefined : call.number(name);

/** Operators of ONNX Runtime that are several of ONNX's in one, and others that are the same as some nodes. */
export const REWRITES: Record<string, Operator> = {
  CastLike: rewritten((call, nodes) =>
    nodes.add("Cast", ["0"], { to: TYPE_CODES.indexOf(call.input(1).dtype) }),
  ),
  "com.microsoft.FusedGemm": rewritten((call, nodes) => {
    const attributes = attributesWithout(
      call,
      ...["activation", "activation_alpha", "activation_beta", "activation_gamma"],
    );
    const y = nodes.add("Gemm", inputsOf(call, 0, 2), attributes);
    const parameters = [optional(call, "activation_alpha"), optional(call, "activation_beta")];
    return activated(call, nodes, y, parameters);
  }),
  "com.microsoft.FusedConv": rewritten((call, nodes) => {
    const y = nodes.add(
      "Conv",
      inputsOf(call, 0, 2),
      attributesWithout(call, "activation", "activation_params"),
    );
    const sum = call.has(3) ? nodes.add("Add", [y, "3"]) : y;
    return activated(call, nodes, sum, call.numbersOf("activation_params", []));
  }),
  "com.microsoft.FusedMatMul": rewritten((call, nodes) => {
    if (call.flag("transBatchA") || call.flag("transBatchB"))
      call.fail("transBatchA or transBatchB is 1, expected 0");
    const factors = ["transA", "transB"].map((flag, i) => {
      const rank = call.input(i).shape.length;
      if (!call.flag(flag) || rank < 2) return String(i);
      const perm = Array.from({ length: rank }, (_, k) => k);
      perm.push(...perm.splice(-2).reverse());
      return nodes.add("Transpose", [String(i)], { perm });
    });
    const y = nodes.add("MatMul", factors);
    const alpha = call.number("alpha", 1);
    return alpha === 1 ? y : nodes.add("Mul", [y, nodes.constant(float(alpha))]);
  }),
  "com.microsoft.Gelu": rewritten((_, nodes) => nodes.add("Gelu", ["0"])),
  "com.microsoft.BiasGelu": rewritten((_, nodes) => nodes.add("Gelu", [nodes.add("Add", ["0", "1"])])),
  "com.microsoft.FastGelu": rewritten((call, nodes) => {
    const x = call.has(1) ? nodes.add("Add", ["0", "1"]) : "0";
    return nodes.add("Gelu", [x], { approximate: "tanh" });
  }),
};
