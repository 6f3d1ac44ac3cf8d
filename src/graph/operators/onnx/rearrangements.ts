import type { Call } from "../../call.ts";
import type { Operator } from "../../operator.ts";
import { type Shape, stridesOf } from "../../shapes.ts";
import { reordered } from "../layout.ts";

/** An operator that reads its input as one of the shape `split`, whose axes it puts in another order. @param plan returns both and the result's shape */
const rearranged = (plan: (call: Call) => { split: Shape; order: readonly number[]; to: Shape }): Operator =>
  reordered((call) => {
    const { split, order, to } = plan(call);
    const strides = stridesOf(split);
    return {
      shape: to,
      walk: order.map((axis) => split[axis]!),
      strides: order.map((axis) => strides[axis]!),
    };
  });

function image(call: Call): { N: number; C: number; H: number; W: number; block: number } {
  const { shape } = call.input(0);
  const block = call.number("blocksize");
  if (shape.length !== 4) call.fail(`the input is [${shape}], expected [N, C, H, W]`, "ERR_SHAPE");
  if (!Number.isInteger(block) || block < 1) call.fail(`blocksize is ${block}, expected 1 or more`);
  const [N = 0, C = 0, H = 0, W = 0] = shape;
  return { N, C, H, W, block };
}

/** Operators that move elements between channels and places. */
export const REARRANGEMENTS: Record<string, Operator> = {
  DepthToSpace: rearranged((call) => {
    const { N, C, H, W, block } = image(call);
    const depth = C / block ** 2;
    if (!Number.isInteger(depth)) call.fail(`${C} channels in blocks of ${block} x ${block}`, "ERR_SHAPE");
    const to = [N, depth, H * block, W * block];
    const mode = call.text("mode", "DCR");
    if (mode === "DCR") return { split: [N, block, block, depth, H, W], order: [0, 3, 4, 1, 5, 2], to };
    if (mode === "CRD") return { split: [N, depth, block, block, H, W], order: [0, 1, 4, 2, 5, 3], to };
    return call.fail(`mode is ${mode}, expected DCR or CRD`);
  }),
  SpaceToDepth: rearranged((call) => {
    const { N, C, H, W, block } = image(call);
    const [h, w] = [H / block, W / block];
    if (!Number.isInteger(h) || !Number.isInteger(w))
      call.fail(`[${H}, ${W}] in blocks of ${block} x ${block}`, "ERR_SHAPE");
    return {
      split: [N, C, h, block, w, block],
      order: [0, 3, 5, 1, 2, 4],
      to: [N, C * block ** 2, h, w],
    };
  }),
};
