import { shown } from "../../errors.ts";
import type { Attribute, Graph } from "../../graph/graph.ts";
import { fail } from "./fail.ts";
import type { AttributeProto, GraphProto } from "./messages.ts";
import { readTensor } from "./tensor.ts";

export type Attributes = Record<string, Attribute>;

/** Returns the value of an attribute; undefined if its type is not read. Writers of proto3 leave out zeros and empty lists. */
function readValue(proto: AttributeProto, body: (graph: GraphProto) => Graph): Attribute | undefined {
  switch (proto.type) {
    case 1:
      return proto.f ?? 0;
    case 2:
      return proto.i ?? 0;
    case 3:
      return proto.s ?? "";
    case 4:
      return proto.t && readTensor(proto.t);
    case 5:
      return proto.g && body(proto.g);
    case 6:
      return Array.from(proto.floatList ?? []);
    case 7:
      return proto.intList ?? [];
    case 8:
      return proto.strings ?? [];
  }
  return undefined;
}

/**
 * Reads the attributes of a node.
 *
 * @param what the node for errors
 * @param given the attributes that the call of a function gives, if the node is in one
 * @param body reads a body
 * @throws ERR_FORMAT if an attribute is there twice or is of a type that is not read
 */
export function readAttributes(
  protos: readonly AttributeProto[],
  what: string,
  given: Attributes | undefined,
  body: (graph: GraphProto) => Graph,
): Attributes {
  const attributes: Attributes = Object.create(null);
  for (const proto of protos) {
    const { name = "", refAttrName } = proto;
    const about = `${what}: attribute ${shown(name)}`;
    if (name in attributes) fail(`${about} is there twice`);
    if (refAttrName !== undefined && !given)
      fail(`${about} takes the value of another outside of a function`);
    const value = refAttrName === undefined ? readValue(proto, body) : given?.[refAttrName];
    if (refAttrName !== undefined && Object.hasOwn(Object(value), "nodes"))
      fail(`${about} is a graph from outside`);
    if (value !== undefined) attributes[name] = value;
    else if (refAttrName === undefined) fail(`${about} is of type ${proto.type}, or has no value`);
  }
  return attributes;
}
