import { shown, UnrolledError } from "../../errors.ts";
import type { Value } from "../../graph/graph.ts";
import { isObject } from "./layer.ts";

/** The value that a layer has made in one of its calls. */
export class Reference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;

  constructor(layer: string, call: number, output: number) {
    this.layer = layer;
    this.call = call;
    this.output = output;
  }
}

/** Arguments of a call, in which values that layers make are references. */
export type Given =
  | Reference
  | string
  | number
  | boolean
  | null
  | undefined
  | Value
  | readonly Given[]
  | { readonly [key: string]: Given };

export const isValue = (given: Given): given is Value =>
  isObject(given) && "data" in given && given.data instanceof Float32Array;

export interface CallConfig {
  readonly args: readonly Given[];
  readonly named: Readonly<Record<string, Given>>;
  /** Whether it is written as in Keras 1 and 2 and TF.js. */
  readonly isOld: boolean;
}

const wrong = (layer: string, problem: string): never => {
  throw new UnrolledError("ERR_FORMAT", `layer ${shown(layer)}: inbound_nodes: ${problem}`);
};

const isPlace = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;

/** Returns the reference in ["name", call, output]; undefined if it is none. */
function referenceIn(value: unknown): Reference | undefined {
  if (!Array.isArray(value) || value.length < 3 || typeof value[0] !== "string") return undefined;
  return isPlace(value[1]) && isPlace(value[2]) ? new Reference(value[0], value[1], value[2]) : undefined;
}

/** Returns all references of `input_layers` or `output_layers`: a reference, a list of them, or an object. */
export function referencesIn(value: unknown, depth = 0): Reference[] {
  const found = referenceIn(value);
  if (found) return [found];
  if (depth > 4) return [];
  if (Array.isArray(value)) return value.flatMap((entry) => referencesIn(entry, depth + 1));
  if (!isObject(value)) return [];
  return Object.keys(value)
    .sort()
    .flatMap((key) => referencesIn(value[key], depth + 1));
}

/** Reads an argument of Keras 3, or a keyword argument of Keras 2. */
function given(layer: string, value: unknown, isOld: boolean, depth = 0): Given {
  if (depth > 8) return wrong(layer, "lists are inside of each other more than 8 deep");
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as Given;
  const found = isOld ? referenceIn(value) : undefined;
  if (found) return found;
  if (Array.isArray(value)) return value.map((entry) => given(layer, entry, isOld, depth + 1));
  if (!isObject(value)) return undefined;
  const { class_name: className, config } = value;
  if (className === "__keras_tensor__" && isObject(config)) {
    return referenceIn(config.keras_history) ?? wrong(layer, "a tensor without its layer");
  }
  if ((className === "__tensor__" || className === "__numpy__") && isObject(config))
    return numbers(layer, config.value);
  if (className === "__tuple__" && Array.isArray(value.items))
    return given(layer, value.items, isOld, depth + 1);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, given(layer, entry, isOld, depth + 1)]),
  );
}

/** Reads a constant: nested lists of numbers. */
function numbers(layer: string, value: unknown): Value {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part) && shape.length < 8; part = part[0]) shape.push(part.length);
  const list = [value].flat(8).map(Number);
  const size = shape.reduce((a, b) => a * b, 1);
  if (list.length !== size || list.some(Number.isNaN)) wrong(layer, "a constant is no array of numbers");
  return { dtype: "float32", shape, data: Float32Array.from(list) };
}

/** Reads a call of Keras 2 or TF.js: [["name", call, output, { keyword: argument }], ...]. */
function oldCall(layer: string, entries: readonly unknown[]): CallConfig {
  // some versions write the call of a single tensor without the list around it
  const list = typeof entries[0] === "string" ? [entries] : entries;
  const named: Record<string, Given> = {};
  const tensors = list.map((entry) => {
    const found = referenceIn(entry);
    if (found) {
      const keywords = (entry as unknown[])[3];
      if (isObject(keywords)) {
        for (const [key, value] of Object.entries(keywords)) named[key] = given(layer, value, true);
      }
      return found;
    }
    if (Array.isArray(entry) && entry[0] === "_CONSTANT_VALUE") return given(layer, entry[2], true);
    return wrong(layer, `expected ["layer", 0, 0], found ${typeof entry}`);
  });
  return { args: tensors, named, isOld: true };
}

/** Reads the calls of a layer of a functional model. */
export function callsOf(layer: string, nodes: unknown): CallConfig[] {
  if (nodes === undefined || nodes === null) return [];
  if (!Array.isArray(nodes)) return wrong(layer, "expected a list");
  return nodes.map((node): CallConfig => {
    if (Array.isArray(node)) return oldCall(layer, node);
    if (!isObject(node) || !Array.isArray(node.args)) return wrong(layer, "expected arguments");
    const named = isObject(node.kwargs) ? node.kwargs : {};
    return {
      args: node.args.map((entry) => given(layer, entry, false)),
      named: Object.fromEntries(
        Object.entries(named).map(([key, value]) => [key, given(layer, value, false)]),
      ),
      isOld: false,
    };
  });
}
