import { UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { bodiesOf } from "./names.ts";
import type { Operator } from "./operator.ts";

/** The known operators by name. */
const known = new Map<string, Operator>();

/** Adds operators. Each reader adds those that its files have, so that pages download no others. */
export function addOperators(operators: Readonly<Record<string, Operator>>): void {
  for (const [name, operator] of Object.entries(operators)) known.set(name, operator);
}

/** Returns the operator of a node. @throws ERR_FORMAT if there is none */
export function operatorOf(node: GraphNode): Operator {
  const found = known.get(node.op);
  if (found) return found;
  throw new UnrolledError("ERR_FORMAT", `operator ${node.op} of ${show(node.name)} is not known here`);
}

/** Returns the operators of a graph and of its bodies that are not known here, each with the names of its nodes. */
export function missingOperators(graph: Graph): Map<string, string[]> {
  const missing = new Map<string, string[]>();
  const visit = ({ nodes }: Graph): void => {
    for (const node of nodes) {
      if (!known.has(node.op)) missing.set(node.op, [...(missing.get(node.op) ?? []), node.name]);
      bodiesOf(node).forEach(visit);
    }
  };
  visit(graph);
  return missing;
}

/** Checks that all operators of a graph and of its bodies are known. @throws ERR_FORMAT with all that are missing, and their nodes */
export function checkOperators(graph: Graph): void {
  const missing = missingOperators(graph);
  if (!missing.size) return;
  const list = [...missing].map(
    ([op, names]) => `${op} (${names.slice(0, 3).map(show).join(", ")}${names.length > 3 ? ", ..." : ""})`,
  );
  throw new UnrolledError("ERR_FORMAT", `operators that are not known here: ${list.join("; ")}`);
}
