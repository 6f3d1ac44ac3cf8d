import { shown } from "../../errors.ts";
import type { GraphNode, Value } from "../../graph/graph.ts";
import type { Attributes } from "./attributes.ts";
import { constant } from "./constants.ts";
import { fail } from "./fail.ts";
import type { ModelFile } from "./functions.ts";
import { elementType } from "./tensor.ts";

/** Attributes that became inputs: the opset since when, and their names. The first is the second input. */
type Moved = readonly [since: number, ...names: string[]];

const MOVED: Readonly<Record<string, Moved>> = {
  Clip: [11, "min", "max"],
  Pad: [11, "pads", "value"],
  // All others of this name.
  Reduce: [18, "axes"],
  ReduceSum: [13, "axes"],
  Slice: [10, "starts", "ends", "axes"],
  Split: [13, "split"],
  Squeeze: [13, "axes"],
  TopK: [10, "k"],
  Unsqueeze: [13, "axes"],
  Upsample: [9, "scales"],
};

/** The attributes above that are floats. Others are integers. */
const FLOATS = ["min", "max", "value", "scales"];

const rowOf = <T>(table: Readonly<Record<string, T>>, op: string): T | undefined =>
  Object.hasOwn(table, op) ? table[op] : undefined;

/** A node that is being turned into the form of opset 21. */
interface Step {
  readonly node: GraphNode;
  readonly what: string;
  readonly opset: number;
  /** The attributes, which may be changed. */
  readonly attributes: Attributes;
  /** Keeps a constant. Returns its name. */
  readonly keep: (name: string, value: Value) => string;
  /** Returns the value of an input, if it is a constant. */
  readonly known: (index: number) => Value | undefined;
  /** Returns a free name for a value between nodes. */
  readonly between: (name: string) => string;
}

/** Turns attributes of these names into inputs. */
function moveAttributes({ node, attributes, keep, what }: Step, names: readonly string[]): GraphNode {
  const inputs = [...node.inputs];
  names.forEach((name, i) => {
    const given = attributes[name];
    if (given === undefined) return;
    delete attributes[name];
    while (inputs.length < 1 + i) inputs.push("");
    const numbers = name === "k" ? [given as number] : given;
    inputs[1 + i] = keep(name, constant(FLOATS.includes(name) ? "float32" : "int64", numbers, what));
  });
  return { ...node, inputs };
}

/** Stands for an opset that never comes. */
const ALWAYS = Number.POSITIVE_INFINITY;

/** A rule for an operator, which holds before an opset. */
type Rule = (step: Step) => readonly GraphNode[];

/** Softmax and others read everything from their axis on as one row. */
const flattenRows: Rule = ({ node, attributes, between }) => {
  const { axis = 1 } = attributes;
  attributes.axis = -1;
  if (axis === -1) return [node];
  const [flat, result, shape] = [between("flat"), between("rows"), between("shape")];
  const { name, inputs, outputs } = node;
  return [
    { op: "Flatten", name, inputs, outputs: [flat], attributes: { axis } },
    { ...node, inputs: [flat], outputs: [result] },
    { op: "Shape", name, inputs, outputs: [shape], attributes: {} },
    { op: "Reshape", name, inputs: [result, shape], outputs, attributes: {} },
  ];
};

/** Resize took each coordinate times its scale. To the nearest element it rounded down, but up if it made smaller. */
const resize: Rule = ({ node, attributes, known, what }) => {
  const scales = Array.from(known(1)?.data ?? []);
  const smaller = scales.some((scale) => scale < 1);
  if (smaller && scales.some((scale) => scale > 1)) fail(`${what} makes some axes smaller and others larger`);
  attributes.coordinate_transformation_mode = "asymmetric";
  attributes.nearest_mode = smaller ? "ceil" : "floor";
  const [x = "", scale = ""] = node.inputs;
  return [{ ...node, op: "Resize", inputs: [x, "", scale] }];
};

/** Only the first output is there outside of training. */
const firstOutput = ({ node, what }: Step, meaning: string): GraphNode => {
  if (node.outputs.slice(1).some((name) => name !== ""))
    fail(`${what}: its ${meaning} is read, which only training has`);
  return { ...node, outputs: node.outputs.slice(0, 1) };
};

const dropout: Rule = (step) => {
  const { inputs } = step.node;
  const training = inputs[2] ? (step.known(2)?.data[0] ?? 1) : 0;
  if (training) fail(`${step.what}: training_mode is not a constant false; export the model for inference`);
  return [{ ...firstOutput(step, "mask"), op: "Identity", inputs: inputs.slice(0, 1), attributes: {} }];
};

const batchNorm: Rule = (step) => {
  const { attributes, what } = step;
  const { spatial = 1, training_mode = 0 } = attributes;
  if (training_mode) fail(`${what}: training_mode is 1, expected 0; export the model for inference`);
  if (!spatial) fail(`${what}: spatial is 0, expected 1`);
  delete attributes.spatial;
  return [firstOutput(step, "mean or variance")];
};

/** Says which opset a node must be of. */
const refused =
  (problem: string): Rule =>
  ({ what }) =>
    fail(`${what}: ${problem}`);

/** Rules by operator: the first opset that needs none, and the rule. */
const RULES: Readonly<Record<string, readonly [before: number, rule: Rule]>> = {
  BatchNormalization: [ALWAYS, batchNorm],
  Cast: [
    ALWAYS,
    ({ node, attributes, what }) => {
      elementType(attributes.to as number, what);
      return [node];
    },
  ],
  Dropout: [ALWAYS, dropout],
  GroupNormalization: [
    21,
    refused("it has a scale for each group before opset 21, expected one for each channel"),
  ],
  Hardmax: [13, flattenRows],
  LogSoftmax: [13, flattenRows],
  Resize: [
    ALWAYS,
    (step) => {
      const { node, known, opset } = step;
      if (opset < 11) return resize(step);
      // An input that is not wanted is absent or empty.
      const inputs = node.inputs.map((name, i) => (known(i)?.data.length === 0 ? "" : name));
      return [{ ...node, inputs }];
    },
  ],
  Scan: [9, refused("it has a batch axis of its own in opset 8; convert the model to opset 9 or later")],
  Scatter: [ALWAYS, ({ node }) => [{ ...node, op: "ScatterElements" }]],
  Softmax: [13, flattenRows],
  Split: [
    18,
    ({ node, attributes }) => {
      if (!node.inputs[1]) attributes.num_outputs = node.outputs.length;
      return [node];
    },
  ],
  Upsample: [ALWAYS, resize],
};

/**
 * Turns a node of ONNX's own operators into the form of opset 21.
 *
 * @param opset its opset, at least 7
 * @param add adds a constant to the graph
 * @throws ERR_FORMAT if the form cannot say it
 */
export function upgraded(
  node: GraphNode,
  opset: number,
  { unique, constants }: ModelFile,
  add: (name: string, value: Value) => void,
): GraphNode[] {
  const [movedSince, ...moved] = rowOf(MOVED, node.op.replace(/^Reduce(?!Sum$).*/, "Reduce")) ?? [0];
  const [ruleSince, rule] = rowOf(RULES, node.op) ?? [0];
  if (opset >= movedSince && opset >= ruleSince) return [node];
  const attributes = Object.assign(Object.create(null), node.attributes);
  const between = (name: string) => unique.take(`${node.outputs.find((output) => output)}/${name}`);
  const step: Step = {
    node: { ...node, attributes },
    what: `node ${shown(node.name)} (${node.op})`,
    opset,
    attributes,
    known: (index) => constants.get(changed.inputs[index] ?? ""),
    between,
    keep(name, value) {
      const free = between(name);
      add(free, value);
      return free;
    },
  };
  const changed: GraphNode = opset < movedSince ? moveAttributes(step, moved) : step.node;
  return rule && opset < ruleSince ? [...rule({ ...step, node: changed })] : [changed];
}
