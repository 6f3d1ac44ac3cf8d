import {
  type Activation,
  type Affine,
  activationOf,
  type Matrix,
  rowsOf,
  type Sums,
  sameActivation,
} from "./affine.ts";

/** One step of a recurrent node. */
export interface Cell {
  readonly op: "LSTM" | "GRU" | "RNN";
  readonly activations: readonly Activation[];
  /** The sums of the gates, in the order of ONNX's node. */
  readonly gates: readonly Affine[];
  /** A GRU's candidate reads `r * h` by this name, or has a sum of its own of the hidden state, which `r` multiplies. */
  readonly reset?: string | Affine;
  /** Names of the values that a step reads, and their widths. */
  readonly x: string;
  readonly h: string;
  readonly c: string | undefined;
  readonly I: number;
  readonly H: number;
  /** Names of the new states. */
  readonly hNext: string;
  readonly cNext: string | undefined;
}

/** Chooses which of some values is the hidden state. @param c the cell state, if there is one */
export type Choose = (names: readonly string[], c: string | undefined) => string | undefined;

type Terms = ReadonlyMap<string, Matrix>;

/** Returns the terms of a sum, those of two values that are joined apart. The second is `H` wide. */
function termsOf(sums: Sums, { terms }: Affine, H: number): Terms {
  const found = new Map<string, Matrix>();
  for (const [name, matrix] of terms) {
    const node = sums.scope.maker(name, "Concat");
    if (node?.inputs.length !== 2 || matrix.rows <= H || !matrix.data) {
      found.set(name, matrix);
      continue;
    }
    const [a, b] = node.inputs.map((input) => sums.scope.root(input)) as [string, string];
    found.set(a, rowsOf(matrix, 0, matrix.rows - H));
    found.set(b, rowsOf(matrix, matrix.rows - H, matrix.rows));
  }
  return found;
}

/** Returns the sums with their terms apart if all have the same two; else undefined. */
function split(sums: Sums, gates: readonly Affine[], choose: Choose, c?: string) {
  const H = gates[0]!.cols;
  const apart = gates.map((gate) => ({ ...gate, terms: termsOf(sums, gate, H) }));
  const names = [...apart[0]!.terms.keys()];
  // an identity is only worth it if the chain finds its product, as RNN's do
  if (gates.length > 1 && apart.some(({ terms }) => [...terms.values()].some(({ data }) => !data)))
    return undefined;
  const same = apart.every(
    ({ cols, terms }) => cols === H && terms.size === 2 && names.every((name) => terms.has(name)),
  );
  if (!same || names.length !== 2) return undefined;
  const h = choose(
    names.filter((name) => apart[0]!.terms.get(name)!.rows === H),
    c,
  );
  if (h === undefined) return undefined;
  const x = names.find((name) => name !== h)!;
  const I = apart[0]!.terms.get(x)!.rows;
  const fits = apart.every(({ terms }) => terms.get(x)!.rows === I && terms.get(h)!.rows === H);
  return fits ? { gates: apart, x, h, I, H } : undefined;
}

/** h' = o * act(f * c + i * g) */
function lstm(sums: Sums, hNext: string, choose: Choose): Cell | undefined {
  const { scope } = sums;
  for (const [out, active] of scope.pairs(hNext, "Mul")) {
    const node = scope.maker(active);
    const h3 = node && activationNamed(sums, active);
    if (!h3) continue;
    const cNext = scope.root(node.inputs[0]!);
    const o = sums.gate(out);
    if (!o) continue;
    for (const [kept, added] of scope.pairs(cNext, "Add")) {
      for (const [forget, c] of scope.pairs(kept, "Mul")) {
        const f = sums.gate(forget);
        if (!f || !sameActivation(f.activation, o.activation)) continue;
        for (const [input, candidate] of scope.pairs(added, "Mul")) {
          const [i, g] = [sums.gate(input), sums.gate(candidate)];
          if (!i || !g || !sameActivation(i.activation, o.activation)) continue;
          const found = split(sums, [i.sum, o.sum, f.sum, g.sum], choose, c);
          const activations = [o.activation, g.activation, h3];
          if (found) return { op: "LSTM", activations, ...found, c, hNext, cNext };
        }
      }
    }
  }
  return undefined;
}

function activationNamed(sums: Sums, name: string): Activation | undefined {
  const node = sums.scope.maker(name);
  return node && activationOf(node);
}

/** Whether a value is 1 - `z`. */
function isRest(sums: Sums, name: string, z: string): boolean {
  const { scope } = sums;
  const isOne = (other: string) => {
    const value = scope.constant(other);
    return value?.data.length === 1 && value.data[0] === 1;
  };
  const node = scope.maker(name, "Sub");
  if (node) return isOne(node.inputs[0]!) && scope.root(node.inputs[1]!) === z;
  return scope.pairs(name, "Add").some(([negative, one]) => {
    const inner = scope.maker(negative, "Neg");
    return inner !== undefined && isOne(one) && scope.root(inner.inputs[0]!) === z;
  });
}

/** Finds z, h and the candidate n of h' = (1 - z) * n + z * h, also as (h - n) * z + n. */
function mixtures(sums: Sums, hNext: string): { z: string; h: string; n: string }[] {
  const { scope } = sums;
  return scope.pairs(hNext, "Add").flatMap(([a, b]) => [
    ...scope
      .pairs(b, "Mul")
      .flatMap(([z, h]) =>
        scope.pairs(a, "Mul").flatMap(([rest, n]) => (isRest(sums, rest, z) ? [{ z, h, n }] : [])),
      ),
    ...scope.pairs(a, "Mul").flatMap(([difference, z]) => {
      const node = scope.maker(difference, "Sub");
      return node && scope.root(node.inputs[1]!) === b ? [{ z, h: scope.root(node.inputs[0]!), n: b }] : [];
    }),
  ]);
}

function gru(sums: Sums, hNext: string, choose: Choose): Cell | undefined {
  const { scope } = sums;
  for (const { z, h, n } of mixtures(sums, hNext)) {
    const update = sums.gate(z);
    const node = scope.maker(n);
    const activation = node && activationOf(node);
    if (!update || !activation) continue;
    const chosen: Choose = (names, c) => (names.includes(h) && choose([h], c) === h ? h : undefined);
    const build = (r: string, own: (x: string, H: number) => Pick<Cell, "gates" | "reset"> | undefined) => {
      const gate = sums.gate(r);
      if (!gate || !sameActivation(gate.activation, update.activation)) return undefined;
      const found = split(sums, [update.sum, gate.sum], chosen);
      const more = found && own(found.x, found.H);
      if (!more) return undefined;
      const gates = [...found.gates, ...more.gates];
      const activations = [update.activation, activation];
      return {
        op: "GRU",
        activations,
        ...found,
        ...more,
        gates,
        c: undefined,
        hNext,
        cNext: undefined,
      } as const;
    };
    const inside = node.inputs[0]!;
    for (const [own, product] of scope.pairs(inside, "Add")) {
      for (const [r, recurrent] of scope.pairs(product, "Mul")) {
        const [a, b] = [sums.sum(own), sums.sum(recurrent)];
        const cell =
          a &&
          b &&
          build(r, (x, H) => {
            const [W, R] = [a.terms.get(x), b.terms.get(h)];
            const fits =
              a.terms.size === 1 && b.terms.size === 1 && a.cols === H && b.cols === H && W && R?.rows === H;
            return fits ? { gates: [a], reset: b } : undefined;
          });
        if (cell) return cell;
      }
    }
    const whole = sums.sum(inside);
    if (!whole) continue;
    const terms = termsOf(sums, whole, whole.cols);
    for (const product of terms.keys()) {
      for (const [r, other] of scope.pairs(product, "Mul")) {
        if (other !== h) continue;
        const cell = build(r, (x, H) =>
          terms.size === 2 &&
          whole.cols === H &&
          terms.has(x) &&
          x !== product &&
          terms.get(product)!.rows === H
            ? { gates: [{ ...whole, terms }], reset: product }
            : undefined,
        );
        if (cell) return cell;
      }
    }
  }
  return undefined;
}

function rnn(sums: Sums, hNext: string, choose: Choose): Cell | undefined {
  const gate = sums.gate(hNext);
  const found = gate && split(sums, [gate.sum], choose);
  return (
    found && { op: "RNN", activations: [gate.activation], ...found, c: undefined, hNext, cNext: undefined }
  );
}

/** Returns the step whose new hidden state is a value; undefined if it is something else. */
export function cellOf(sums: Sums, name: string, choose: Choose): Cell | undefined {
  const hNext = sums.scope.root(name);
  return lstm(sums, hNext, choose) ?? gru(sums, hNext, choose) ?? rnn(sums, hNext, choose);
}
