import { shortened, shown } from "../../errors.ts";
import type { GraphNode, Value } from "../../graph/graph.ts";
import { type Attributes, readAttributes } from "./attributes.ts";
import { fail } from "./fail.ts";
import type { FunctionProto, NodeProto, OpsetProto } from "./messages.ts";
import { Names, type Unique } from "./names.ts";

/** The newest opset of ONNX 1.23. Its operators mean the same as in opset 21, except for types and attributes that are new. */
const NEWEST = 28;
const OLDEST = 7;

/** Maximum depth of calls in calls. */
const MAX_CALLS = 64;

/** Returns the domain of operators. ONNX's own domain is "". */
export const domainOf = ({ domain = "" }: { readonly domain?: string }) =>
  domain === "ai.onnx" ? "" : domain;

const keyOf = (proto: NodeProto | FunctionProto, name = "") =>
  [domainOf(proto), name, proto.overload ?? ""].join("\n");

/** What a file has besides its graph. */
export interface ModelFile {
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly unique: Unique;
  /** The constants of all graphs. */
  readonly constants: Map<string, Value>;
  /** Number of nodes so far. */
  nodes: number;
}

/** What the nodes of a graph or function need besides names. */
export interface Context {
  /** The opset of ONNX's own operators; undefined if the model names none. */
  readonly opset: number | undefined;
  /** The attributes of the call, if the nodes are in a function. */
  readonly attributes?: Attributes;
  /** Number of calls around the nodes. */
  readonly calls: number;
}

/** Returns the version of ONNX's own operators; undefined if there is none. @throws ERR_FORMAT if it is not read */
export function opsetOf(imports: readonly OpsetProto[]): number | undefined {
  const opset = imports.find((opset) => domainOf(opset) === "");
  if (!opset) return undefined;
  const { version = 0 } = opset;
  if (version >= OLDEST && version <= NEWEST) return version;
  const advice = version < OLDEST ? "; convert it with onnx.version_converter" : "";
  return fail(`the model is of opset ${version}, expected ${OLDEST} to ${NEWEST}${advice}`);
}

/** Lists the functions of a model by domain, name and overload. @throws ERR_FORMAT if one is there twice */
export function functionsOf(protos: readonly FunctionProto[]): ModelFile["functions"] {
  const functions = new Map<string, FunctionProto>();
  for (const proto of protos) {
    const key = keyOf(proto, proto.name);
    if (functions.has(key)) fail(`the function ${shown(proto.name ?? "")} is there twice`);
    functions.set(key, proto);
  }
  return functions;
}

/** Returns the function that a node calls; undefined if it calls none. */
export const calledBy = ({ functions }: ModelFile, node: NodeProto) =>
  functions.get(keyOf(node, node.opType));

/** The inside of a function for one call. */
export interface Call {
  readonly names: Names;
  readonly context: Context;
  /** The values that leave the function: their names inside, and in the result. */
  readonly outputs: readonly (readonly [string, string])[];
}

/**
 * Opens a function for a call.
 *
 * @param what the calling node for errors
 * @param given the calling node, with the result's names
 * @throws ERR_FORMAT if there are too many of them, or if functions call each other more than 64 deep
 */
export function openCall(
  proto: FunctionProto,
  { calls }: Context,
  { unique }: ModelFile,
  what: string,
  given: GraphNode,
): Call {
  const { input = [], output = [], attributeProto = [], opsetImport = [] } = proto;
  if (calls >= MAX_CALLS) fail(`${what}: functions call each other more than ${MAX_CALLS} deep`);
  if (given.inputs.length > input.length || given.outputs.length > output.length) {
    fail(
      `${what} has more inputs or outputs than its function, which has ${input.length} and ${output.length}`,
    );
  }
  const names = new Names(unique, undefined, `${shortened(given.name)}/`);
  for (const [i, name] of input.entries()) names.add(name, `${what}: input`, given.inputs[i] ?? "");
  const defaults = readAttributes(attributeProto, what, undefined, () =>
    fail(`${what}: an attribute has a graph as its default`),
  );
  return {
    names,
    context: {
      opset: opsetOf(opsetImport),
      attributes: Object.assign(defaults, given.attributes),
      calls: calls + 1,
    },
    outputs: output
      .map((name, i) => [name, given.outputs[i] ?? ""] as const)
      .filter(([, result]) => result !== ""),
  };
}
