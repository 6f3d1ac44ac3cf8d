import type { Operator } from "../operator.ts";
import { binary, castTo, unary } from "./elementwise.ts";

/** Operators on the bits of integers. */
export const BITS: Record<string, Operator> = {
  BitwiseAnd: binary(() => (a, b) => a & b),
  BitwiseOr: binary(() => (a, b) => a | b),
  BitwiseXor: binary(() => (a, b) => a ^ b),
  BitwiseNot: unary((call) => {
    const wrapped = castTo(call.input(0).dtype);
    return (x) => wrapped(~x);
  }),
  BitShift: binary((call) => {
    const wrapped = castTo(call.input(0).dtype);
    const direction = call.text("direction");
    if (direction === "LEFT") return (x, n) => (n < 32 ? wrapped(x << n) : 0);
    if (direction === "RIGHT") return (x, n) => (n < 32 ? wrapped(x >>> n) : 0);
    return call.fail(`direction is ${direction}, expected LEFT or RIGHT`);
  }),
};
