import type { Curve, Graph, Scalar } from "./graph.ts";

/** Vectors of H numbers by their names in the formulas of a recurrent cell, for one row of the batch. */
export type Vectors = Readonly<Record<string, readonly Scalar[]>>;

export interface StepInput {
  graph: Graph;
  /** Activations of the gates, the candidate and the new cell state. */
  curves: readonly [Curve, Curve, Curve];
  /** The input's part W x + b of each pre-activation. */
  share: Vectors;
  /** Returns R_name v for a vector v. */
  product: (name: string, v: readonly Scalar[]) => readonly Scalar[];
  /** Weights p_name of the cell state in a gate; empty without peepholes. */
  peephole: Vectors;
  /** Whether all peepholes see the cell state before the step. */
  previous?: boolean;
  /** Normalises a gate's W x + R h before anything else (layer normalisation); default none. */
  normal?: ((name: string, a: readonly Scalar[]) => readonly Scalar[]) | undefined;
  h: readonly Scalar[];
  c: readonly Scalar[];
}

/** A function that computes every vector of a step, by name; `next` is h', `memory` is c'. */
export type Formula = (given: StepInput) => Vectors;

/** Returns N(x + R v) of a gate. */
function preActivation(
  given: StepInput,
  name: string,
  v: readonly Scalar[],
  inner = name,
): readonly Scalar[] {
  const { graph, share, product, normal = (_, a) => a } = given;
  return normal(
    name,
    product(inner, v).map((value, j) => graph.add(share[name]![j]!, value)),
  );
}

/** h' = f(x + R h) */
export const elman: Formula = (given) => {
  const { graph, curves, h } = given;
  return { next: preActivation(given, "a", h).map((a) => graph.apply(curves[0], a)) };
};

/**
 * i, F, o = f(x + R h + p c), g = g(x + R h), c' = F c + i g, h' = o h(c'), except that o sees c' instead of c (Greff et al.
 * 2017, appendix). If `previous`, o sees c. F is 1 - i if coupled, 1 in the LSTM of 1997.
 */
export function lstm(forget: "own" | "coupled" | "none"): Formula {
  return (given) => {
    const { graph, curves, peephole, previous, h, c } = given;
    const [f, g, hidden] = curves;
    const gate = (name: string, curve: Curve, seen: readonly Scalar[]) => {
      const p = peephole[name];
      return preActivation(given, name, h).map((a, j) =>
        graph.apply(curve, p ? graph.add(a, graph.multiply(p[j]!, seen[j]!)) : a),
      );
    };
    const [input, candidate] = [gate("i", f, c), gate("g", g, [])];
    const own = forget === "own" ? gate("f", f, c) : undefined;
    const memory = c.map((before, j) => {
      const keep = own ? own[j]! : graph.rest(input[j]!);
      const kept = forget === "none" ? before : graph.multiply(keep, before);
      return graph.add(kept, graph.multiply(input[j]!, candidate[j]!));
    });
    const output = gate("o", f, previous ? c : memory);
    const next = memory.map((value, j) => graph.multiply(output[j]!, graph.apply(hidden, value)));
    return { i: input, ...(own && { f: own }), g: candidate, o: output, memory, next };
  };
}

/**
 * r, z = f(x + R h), h' = (1 - z) n + z h. Reset after: n = g(x_n + r (x_q + R_n h)); before: n = g(x_n + R_n (r h));
 * none: n = g(x_n + R_n h).
 */
export function gru(reset: "after" | "before" | "none"): Formula {
  return (given) => {
    const { graph, curves, share, normal = (_, a) => a, h } = given;
    const [f, g] = curves;
    const gate = (name: string) => preActivation(given, name, h).map((a) => graph.apply(f, a));
    const z = gate("z");
    const r = reset === "none" ? [] : gate("r");
    let q: readonly Scalar[] = [];
    let a: readonly Scalar[];
    if (reset === "after") {
      q = preActivation(given, "q", h, "n");
      a = normal("n", share.n!).map((x, j) => graph.add(x, graph.multiply(r[j]!, q[j]!)));
    } else if (reset === "before") {
      q = h.map((value, j) => graph.multiply(r[j]!, value));
      a = preActivation(given, "n", q);
    } else {
      a = preActivation(given, "n", h);
    }
    const n = a.map((value) => graph.apply(g, value));
    const next = n.map((value, j) =>
      graph.add(graph.multiply(graph.rest(z[j]!), value), graph.multiply(z[j]!, h[j]!)),
    );
    return { r, z, n, q, next };
  };
}
