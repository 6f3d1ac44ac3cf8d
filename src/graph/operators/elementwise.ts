import { type ActivationName, activationCode } from "../../autograd/activation.ts";
import type { Call, Type } from "../call.ts";
import { type ElementType, isFloat, type Value } from "../graph.ts";
import {
  BINARY_ADD,
  BINARY_DIV,
  BINARY_MAX,
  BINARY_MIN,
  BINARY_MUL,
  BINARY_PRELU,
  BINARY_SUB,
  UNARY_ABS,
  UNARY_CLIP,
  UNARY_NEG,
  UNARY_RECIPROCAL,
  UNARY_SQRT,
  UNARY_SQUARE,
} from "../graph-kernels.ts";
import type { Lowering } from "../lowering.ts";
import type { Operator } from "../operator.ts";
import { broadcast, broadcastStrides, collapse, eachPlace } from "../shapes.ts";
import type { Slot } from "../slot.ts";

/** Returns the type of an elementwise result. @param count the number of inputs, if it is fixed */
function together(call: Call, dtype: ElementType = call.input(0).dtype, count?: number): Type[] {
  const given = call.inputs.length;
  if (given !== (count ?? Math.max(1, given)))
    call.fail(`it has ${given} inputs, expected ${count ?? "1 or more"}`);
  const shapes = call.inputs.map((_, i) => call.input(i).shape);
  const shape = broadcast(...shapes);
  return shape
    ? [{ dtype, shape }]
    : call.fail(`shapes ${shapes.map((s) => `[${s}]`).join(" and ")} do not fit`, "ERR_SHAPE");
}

/** Writes f of each element of two tensors that are broadcast. */
function zip(a: Value, b: Value, to: Value, f: (a: number, b: number) => number): void {
  const [x, y, z] = [a.data, b.data, to.data];
  if (x.length === z.length && y.length === z.length) {
    for (let i = 0; i < z.length; i++) z[i] = f(x[i]!, y[i]!);
    return;
  }
  if (x.length === z.length && y.length === 1) {
    for (let i = 0, other = y[0]!; i < z.length; i++) z[i] = f(x[i]!, other);
    return;
  }
  let at = 0;
  eachPlace(
    to.shape,
    [broadcastStrides(a.shape, to.shape), broadcastStrides(b.shape, to.shape)],
    ([i, j]) => {
      z[at++] = f(x[i!]!, y[j!]!);
    },
  );
}

/** Adds the call of a kernel of two tensors of floats. */
function lowerBinary(planner: Lowering, f: number, [a, b]: readonly [Slot, Slot], to: Slot): void {
  const strides = [a, b].map(({ shape }) => broadcastStrides(shape, to.shape));
  const walk = collapse(to.shape, strides);
  const axes = planner.storeInts([walk.shape.length, ...walk.shape, ...walk.strides.flat()]);
  const [x, y, z] = [planner.at(a), planner.at(b), planner.at(to)];
  const { graphKernels: k } = planner.session;
  planner.step(() => k.binary_forward(f, z, x, y, axes));
}

/** An operator of two tensors that has a kernel for floats. */
export const withKernel = (operator: Operator, f: number): Operator => ({
  ...operator,
  lower(call, planner, [to]) {
    const [a, b] = [call.input(0), call.input(1)];
    if (call.inputs.length > 2 || !isFloat(a.dtype)) return false;
    lowerBinary(planner, f, [a, b], to!);
  },
});

/** An operator of one tensor that has a kernel for floats. */
export const unaryKernel = (operator: Operator, f: number): Operator => ({
  ...operator,
  lower(call, planner, [to]) {
    const from = call.input(0);
    if (!isFloat(from.dtype)) return false;
    const [x, y] = [planner.at(from), planner.at(to!)];
    planner.step(() => planner.session.graphKernels.unary_forward(f, y, x, from.size, 0, 0));
  },
});

/** An operator of one tensor that is an activation of the cells' kernels. @param code returns its number, alpha and beta */
const activation = (
  operator: Operator,
  code: (call: Call) => readonly [ActivationName, number?, number?],
): Operator => ({
  ...operator,
  lower(call, planner, [to]) {
    const from = call.input(0);
    if (!isFloat(from.dtype)) return false;
    const [name, alpha, beta] = code(call);
    const {
      id,
      alpha: a,
      beta: b,
    } = activationCode(call.node.op, {
      name,
      ...(alpha !== undefined && { alpha }),
      ...(beta !== undefined && { beta }),
    });
    const [x, y] = [planner.at(from), planner.at(to!)];
    planner.step(() => planner.runtime.kernels.activation_forward(id, y, x, from.size, a, b));
  },
});

/** Makes an operator of two tensors that are broadcast. @param make makes the function, by the attributes */
export const binary = (
  make: (call: Call) => (a: number, b: number) => number,
  dtype?: ElementType,
): Operator => ({
  infer: (call) => together(call, dtype, 2),
  evaluate: (call, [a, b], [to]) => zip(a!, b!, to!, make(call)),
});

/**
 * Returns an integer that is kept in 32 bits, if it is one. Those of 64 bits would silently be others.
 *
 * @throws ERR_VALUE if the type has 64 bits and the number does not fit into 32
 */
export function kept32(call: Call, dtype: ElementType, x: number): number {
  if (dtype.endsWith("int64") && Math.abs(x) >= 2 ** 31 && x !== -(2 ** 31))
    call.fail(`a result is ${x}, and integers of 64 bits are kept as 32 bits`, "ERR_VALUE");
  return x;
}

/** Makes an operator of two tensors whose results may be too large for 32 bits. */
const growing = (make: (call: Call) => (a: number, b: number) => number): Operator =>
  binary((call) => {
    const [f, { dtype }] = [make(call), call.input(0)];
    return dtype.endsWith("int64") ? (a, b) => kept32(call, dtype, f(a, b)) : f;
  });

export const ofTwo = (f: (a: number, b: number) => number, dtype?: ElementType) => binary(() => f, dtype);
const compared = (f: (a: number, b: number) => boolean) => ofTwo((a, b) => Number(f(a, b)), "bool");

/** An operator of any number of tensors. */
export const folded = (
  f: (a: number, b: number) => number,
  end?: (total: number, n: number) => number,
): Operator => ({
  infer: (call) => together(call),
  evaluate(_, inputs, [to]) {
    to!.data.fill(0);
    zip(to!, inputs[0]!, to!, (_, b) => b);
    for (const input of inputs.slice(1)) zip(to!, input!, to!, f);
    if (!end) return;
    for (let i = 0; i < to!.data.length; i++) to!.data[i] = end(to!.data[i]!, inputs.length);
  },
});

/** An operator of one tensor. @param make makes the function, by the attributes */
export const unary = (make: (call: Call) => (x: number) => number, dtype?: ElementType): Operator => ({
  infer: (call) => [{ dtype: dtype ?? call.input(0).dtype, shape: call.input(0).shape }],
  evaluate(call, [x], [to]) {
    const f = make(call);
    for (let i = 0; i < to!.data.length; i++) to!.data[i] = f(x!.data[i]!);
  },
});

/** Makes an operator of one tensor and no attributes. */
export const of = (f: (x: number) => number, dtype?: ElementType) => unary(() => f, dtype);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The error function, to 1.2e-7 (Numerical Recipes, erfc by a Chebyshev fit). */
export function erf(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2);
  const terms = [
    1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const sum = terms.reduceRight((s, c) => c + t * s, 0);
  const rest = t * Math.exp(-x * x - 1.26551223 + t * sum);
  return x >= 0 ? 1 - rest : rest - 1;
}

const WRAPPED: { readonly [T in ElementType]?: (x: number) => number } = {
  int8: (x) => (x << 24) >> 24,
  uint8: (x) => x & 255,
  int16: (x) => (x << 16) >> 16,
  uint16: (x) => x & 65_535,
  bool: (x) => Number(x !== 0),
};

/** Returns the function that turns numbers into elements of a type. */
export function castTo(dtype: ElementType): (x: number) => number {
  if (isFloat(dtype)) return (x) => x;
  const wrap = WRAPPED[dtype] ?? ((x: number) => Math.min(Math.max(Math.trunc(x), -2147483648), 2147483647));
  return dtype === "bool" ? wrap : (x) => wrap(Math.trunc(x));
}

/** Operators on the elements of tensors. */
export const ELEMENTWISE: Record<string, Operator> = {
  Add: withKernel(
    growing(() => (a, b) => a + b),
    BINARY_ADD,
  ),
  Sub: withKernel(
    growing(() => (a, b) => a - b),
    BINARY_SUB,
  ),
  Mul: withKernel(
    growing(({ inputs }) => (/^u?int(8|16|32)/.test(inputs[0]?.dtype ?? "") ? Math.imul : (a, b) => a * b)),
    BINARY_MUL,
  ),
  Div: withKernel(
    binary((call) =>
      isFloat(call.input(0).dtype)
        ? (a, b) => a / b
        : (a, b) => (b ? Math.trunc(a / b) : call.fail("division by 0", "ERR_VALUE")),
    ),
    BINARY_DIV,
  ),
  Pow: {
    ...growing(() => (a, b) => a ** b),
    lower(call, planner, [to]) {
      const exponent = call.input(1).constant;
      const from = call.input(0);
      if (exponent?.data.length !== 1 || !isFloat(from.dtype) || from.size !== to!.size) return false;
      const f = new Map([
        [2, UNARY_SQUARE],
        [0.5, UNARY_SQRT],
        [-1, UNARY_RECIPROCAL],
      ]).get(exponent.data[0]!);
      if (f === undefined) return false;
      const [x, y] = [planner.at(from), planner.at(to!)];
      planner.step(() => planner.session.graphKernels.unary_forward(f, y, x, from.size, 0, 0));
    },
  },
  PRelu: withKernel(
    ofTwo((x, slope) => (x < 0 ? slope * x : x)),
    BINARY_PRELU,
  ),
  And: ofTwo((a, b) => a & b, "bool"),
  Or: ofTwo((a, b) => a | b, "bool"),
  Equal: compared((a, b) => a === b),
  Less: compared((a, b) => a < b),
  LessOrEqual: compared((a, b) => a <= b),
  Greater: compared((a, b) => a > b),
  GreaterOrEqual: compared((a, b) => a >= b),
  Max: withKernel(folded(Math.max), BINARY_MAX),
  Min: withKernel(folded(Math.min), BINARY_MIN),
  Where: {
    infer: (call) => together(call, call.input(1).dtype, 3),
    evaluate(_, [condition, a, b], [to]) {
      let at = 0;
      const strides = [condition, a, b].map((value) => broadcastStrides(value!.shape, to!.shape));
      eachPlace(to!.shape, strides, ([i, j, k]) => {
        to!.data[at++] = condition!.data[i!] ? a!.data[j!]! : b!.data[k!]!;
      });
    },
  },
  Cast: {
    infer: (call) => [{ dtype: call.type("to"), shape: call.input(0).shape }],
    view(call, [to]) {
      const [from, type] = [call.input(0).dtype, to!.dtype];
      const same = isFloat(type) ? isFloat(from) : !isFloat(from) && (type === "int64" || type === "int32");
      return same ? [0] : undefined;
    },
    evaluate(call, [x], [to]) {
      const { dtype } = to!;
      const cast = castTo(dtype);
      for (let i = 0; i < to!.data.length; i++) {
        const number = x!.data[i]!;
        // beyond 2^62, it means "to the end"
        to!.data[i] = cast(Math.abs(number) > 2 ** 62 ? number : kept32(call, dtype, number));
      }
    },
  },
  Not: of((x) => 1 - x, "bool"),
  Abs: unaryKernel(of(Math.abs), UNARY_ABS),
  Neg: unaryKernel(
    of((x) => -x),
    UNARY_NEG,
  ),
  Sqrt: unaryKernel(of(Math.sqrt), UNARY_SQRT),
  Exp: activation(of(Math.exp), () => ["exp"]),
  Log: of(Math.log),
  Erf: of(erf),
  Relu: activation(
    of((x) => Math.max(x, 0)),
    () => ["relu"],
  ),
  Sigmoid: activation(of(sigmoid), () => ["sigmoid"]),
  Tanh: activation(of(Math.tanh), () => ["tanh"]),
  Softplus: activation(of(softplus), () => ["softplus"]),
  Softsign: activation(
    of((x) => x / (1 + Math.abs(x))),
    () => ["softsign"],
  ),
  LeakyRelu: activation(
    unary((call) => {
      const alpha = call.number("alpha", 0.01);
      return (x) => (x < 0 ? alpha * x : x);
    }),
    (call) => ["leakyRelu", call.number("alpha", 0.01)],
  ),
  Elu: activation(
    unary((call) => {
      const alpha = call.number("alpha", 1);
      return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
    }),
    (call) => ["elu", call.number("alpha", 1)],
  ),
  Selu: unary((call) => {
    const [alpha, gamma] = [
      call.number("alpha", 1.6732631921768188),
      call.number("gamma", 1.0507010221481323),
    ];
    return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
  }),
  HardSigmoid: activation(
    unary((call) => {
      const [alpha, beta] = [call.number("alpha", 0.2), call.number("beta", 0.5)];
      return (x) => Math.min(Math.max(alpha * x + beta, 0), 1);
    }),
    (call) => ["hardSigmoid", call.number("alpha", 0.2), call.number("beta", 0.5)],
  ),
  Clip: {
    infer: (call) => [{ dtype: call.input(0).dtype, shape: call.input(0).shape }],
    lower(call, planner, [to]) {
      const [from, min, max] = [call.input(0), call.inputs[1], call.inputs[2]];
      if (!isFloat(from.dtype) || (min && !min.constant) || (max && !max.constant)) return false;
      const [low, high] = [min?.constant?.data[0] ?? -Infinity, max?.constant?.data[0] ?? Infinity];
      const [x, y] = [planner.at(from), planner.at(to!)];
      planner.step(() => planner.session.graphKernels.unary_forward(UNARY_CLIP, y, x, from.size, low, high));
    },
    evaluate(_, [x, min, max], [to]) {
      const [low, high] = [
        min?.data[0] ?? Number.NEGATIVE_INFINITY,
        max?.data[0] ?? Number.POSITIVE_INFINITY,
      ];
      for (let i = 0; i < to!.data.length; i++) to!.data[i] = Math.min(Math.max(x!.data[i]!, low), high);
    },
  },
};
