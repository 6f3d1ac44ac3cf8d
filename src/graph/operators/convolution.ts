import { packedSize } from "../../runtime/packed-size.ts";
import { sizeOf } from "../../runtime/shapes.ts";
import type { Call } from "../call.ts";
import {
  WINDOWS_ACROSS,
  WINDOWS_CHANNELS,
  WINDOWS_COLUMN_DILATION,
  WINDOWS_COLUMN_STRIDE,
  WINDOWS_COLUMNS,
  WINDOWS_DOWN,
  WINDOWS_HEIGHT,
  WINDOWS_LEFT,
  WINDOWS_ROW_DILATION,
  WINDOWS_ROW_STRIDE,
  WINDOWS_ROWS,
  WINDOWS_SIZE,
  WINDOWS_TOP,
  WINDOWS_WIDTH,
} from "../graph-kernels.ts";
import type { Lowering } from "../lowering.ts";
import type { Operator } from "../operator.ts";
import { stridesOf } from "../shapes.ts";
import type { Slot } from "../slot.ts";
import { prepared } from "./products.ts";

/** How windows lie along the axes of a picture; for sequences, the first axis has length 1. */
export interface Geometry {
  /** Lengths of the input. */
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before each axis. */
  readonly before: readonly number[];
  /** Padding behind each axis. */
  readonly after: readonly number[];
  /** Number of windows along each axis. */
  readonly count: readonly number[];
  /** How many axes the tensors have. */
  readonly axes: number;
}

const two = (list: readonly number[], first: number) => (list.length === 1 ? [first, ...list] : [...list]);

/** Checks that a list of attributes has whole numbers of at least `least`, one for each axis. */
function checkList(
  call: Call,
  name: string,
  list: readonly number[],
  count: number,
  least: number,
): readonly number[] {
  if (list.length !== count || !list.every((n) => Number.isInteger(n) && n >= least)) {
    call.fail(`${name} is [${list}], expected ${count} whole numbers of at least ${least}`);
  }
  return list;
}

/** Returns paddings and strides that a node gives for windows of a kernel over a plane of some size. */
function attributes(call: Call, size: readonly number[], kernel: readonly number[]) {
  const n = size.length;
  if (n < 1 || n > 2) call.fail(`${n} axes of space, expected 1 or 2`);
  const ones = size.map(() => 1);
  const strides = checkList(call, "strides", call.numbersOf("strides", ones), n, 1);
  const dilations = checkList(call, "dilations", call.numbersOf("dilations", ones), n, 1);
  const pads = checkList(
    call,
    "pads",
    call.numbersOf(
      "pads",
      [...ones, ...ones].map(() => 0),
    ),
    2 * n,
    0,
  );
  checkList(call, "the kernel's shape", kernel, n, 1);
  return { strides, dilations, before: pads.slice(0, n), after: pads.slice(n) };
}

/** Returns the geometry of a convolution or pool. @param ceil whether the last window may reach over the end */
export function geometry(
  call: Call,
  size: readonly number[],
  kernel: readonly number[],
  ceil = false,
): Geometry {
  const given = attributes(call, size, kernel);
  const { strides, dilations } = given;
  let { before, after } = given;
  const auto = call.text("auto_pad", "NOTSET");
  const spans = kernel.map((k, i) => (k - 1) * dilations[i]! + 1);
  if (auto.startsWith("SAME")) {
    const total = size.map((n, i) =>
      Math.max(0, (Math.ceil(n / strides[i]!) - 1) * strides[i]! + spans[i]! - n),
    );
    const less = total.map((n) => Math.floor(n / 2));
    const more = total.map((n, i) => n - less[i]!);
    [before, after] = auto === "SAME_LOWER" ? [more, less] : [less, more];
  } else if (auto === "VALID") {
    before = after = size.map(() => 0);
  } else if (auto !== "NOTSET") call.fail(`auto_pad ${auto} is unknown`);
  const count = size.map((n, i) => {
    const room = n + before[i]! + after[i]! - spans[i]!;
    if (room < 0)
      call.fail(`a window of ${spans[i]} on an axis of ${n + before[i]! + after[i]!}`, "ERR_SHAPE");
    const fits = Math.floor(room / strides[i]!) + 1;
    if (!ceil || room % strides[i]! === 0) return fits;
    return fits * strides[i]! < n + before[i]! ? fits + 1 : fits; // each window begins on the input or on the padding before it
  });
  return inPlane({ size, kernel, strides, dilations, before, after, count });
}

function inPlane(given: Omit<Geometry, "axes">): Geometry {
  return {
    size: two(given.size, 1),
    kernel: two(given.kernel, 1),
    strides: two(given.strides, 1),
    dilations: two(given.dilations, 1),
    before: two(given.before, 0),
    after: two(given.after, 0),
    count: two(given.count, 1),
    axes: given.size.length,
  };
}

/** Writes the words of `Windows` (assembly/windows.ts). Returns their address. */
export function windows(
  planner: Lowering,
  channels: number,
  g: Geometry,
  size = g.size,
  before = g.before,
): number {
  const words = new Array<number>(WINDOWS_SIZE);
  words[WINDOWS_CHANNELS] = channels;
  [words[WINDOWS_HEIGHT], words[WINDOWS_WIDTH]] = size as [number, number];
  [words[WINDOWS_ROWS], words[WINDOWS_COLUMNS]] = g.kernel as [number, number];
  [words[WINDOWS_ROW_STRIDE], words[WINDOWS_COLUMN_STRIDE]] = g.strides as [number, number];
  [words[WINDOWS_ROW_DILATION], words[WINDOWS_COLUMN_DILATION]] = g.dilations as [number, number];
  [words[WINDOWS_TOP], words[WINDOWS_LEFT]] = before as [number, number];
  [words[WINDOWS_DOWN], words[WINDOWS_ACROSS]] = g.count as [number, number];
  return planner.storeInts(words);
}

/** What `Conv` and `ConvTranspose` have in common. */
export interface Sizes {
  /** Number of examples. */
  readonly N: number;
  /** Channels of the input. */
  readonly C: number;
  readonly groups: number;
  /** Channels of the output, of one group. */
  readonly M: number;
}

/** Returns the sizes of a convolution, which it checks. */
export function sizesOf(call: Call, transposed: boolean): Sizes {
  const [x, w] = [call.input(0).shape, call.input(1).shape];
  const groups = call.number("group", 1);
  const [N = 0, C = 0] = x;
  if (x.length < 3 || w.length !== x.length) call.fail(`x is [${x}], w is [${w}]`, "ERR_SHAPE");
  if (!Number.isInteger(groups) || groups < 1)
    call.fail(`group is ${groups}, expected a whole number of at least 1`);
  const [own, all] = transposed ? [w[0]!, C] : [w[1]! * groups, C];
  const M = transposed ? w[1]! : w[0]! / groups;
  if (own !== all || C % groups || !Number.isInteger(M)) {
    call.fail(`weights [${w}] in ${groups} groups for ${C} channels`, "ERR_SHAPE");
  }
  const given = call.numbersOf("kernel_shape", w.slice(2));
  if (given.join() !== w.slice(2).join()) call.fail(`kernel_shape [${given}] for weights [${w}]`);
  call.floatType();
  call.checkShape(2, "the bias is", [M * groups]);
  return { N, C, groups, M };
}

/** How many windows are laid out at once. */
const BLOCK = 512;

function lowerConv(call: Call, planner: Lowering, [to]: readonly Slot[]): void {
  const { N, C, groups, M } = sizesOf(call, false);
  const [input, weight] = [call.input(0), call.input(1)];
  const g = geometry(call, input.shape.slice(2), weight.shape.slice(2));
  const [inSize, taps, P] = [sizeOf(g.size), sizeOf(g.kernel), sizeOf(g.count)];
  const [x, y, w] = [planner.at(input), planner.at(to!), planner.at(weight)];
  const bias = call.has(2) ? planner.at(call.input(2)) : 0;
  const own = C / groups;
  const all = groups * M;
  if (own === 1 && M === 1) {
    for (let n = 0; n < N; n++)
      depthwise(planner, y + n * all * P * 4, x + n * C * inSize * 4, w, bias, C, g);
    return;
  }
  const K = own * taps;
  const words = windows(planner, own, g);
  const whole = taps === 1 && P === inSize; // windows of one element: the planes are the right operand
  for (let n = 0; n < N; n++) {
    for (let group = 0; group < groups; group++) {
      const from = x + (n * C + group * own) * inSize * 4;
      const out = y + (n * all + group * M) * P * 4;
      const weights = w + group * M * K * 4;
      const row = bias && bias + group * M * 4;
      if (P < 8) rowsTimesWeights(planner, { call, group, weights, from, out, bias: row, words, K, M, P });
      else weightsTimesPanels(planner, { weights, from, out, bias: row, words, K, M, P, whole });
    }
  }
}

interface Product {
  readonly weights: number;
  readonly from: number;
  readonly out: number;
  readonly bias: number;
  readonly words: number;
  readonly K: number;
  readonly M: number;
  readonly P: number;
}

/** Few windows: a row for each window times the packed weights, then the result is turned. */
function rowsTimesWeights(planner: Lowering, product: Product & { call: Call; group: number }): void {
  const { call, group, weights, from, out, bias, words, K, M, P } = product;
  const { kernels: k } = planner.runtime;
  const { graphKernels: own } = planner.session;
  const rows = planner.temporary(P * K);
  const turned = P === 1 ? out : planner.temporary(P * M);
  const pack = (to: number) => k.pack_transposed(to, weights, K, K, M);
  const packed = prepared(planner, call.input(1), `conv ${group} of ${M}`, packedSize(K, M), pack);
  const axes = P === 1 ? 0 : planner.storeInts([2, M, P, P, 1, 1, M]);
  planner.step(() => {
    own.image_to_rows(rows, from, words);
    k.fill_rows(turned, M, bias, P, M);
    k.gemm(turned, M, rows, K, packed, P, M, K);
    if (axes) own.copy_strided(out, turned, axes);
  });
}

/** The weights times the windows, which are laid out as the right operand block by block. */
function weightsTimesPanels(planner: Lowering, product: Product & { whole: boolean }): void {
  const { weights, from, out, bias, words, K, M, P, whole } = product;
  const { kernels: k } = planner.runtime;
  const { graphKernels: own } = planner.session;
  const panels = planner.temporary(packedSize(K, Math.min(BLOCK, P)));
  const fill = bias ? planner.storeInts([2, M, P, P, 1, 1, 0]) : 0; // each row has the bias of its channel
  planner.step(() => {
    if (fill) own.copy_strided(out, bias, fill);
    else k.fill_rows(out, M * P, 0, 1, M * P);
    for (let first = 0; first < P; first += BLOCK) {
      const count = Math.min(BLOCK, P - first);
      if (whole) own.pack_rows(panels, from + first * 4, P, K, count);
      else own.image_to_panels(panels, from, words, first, count);
      k.gemm(out + first * 4, P, weights, K, panels, M, count, K);
    }
  });
}

/** Returns the address of planes with zeros around them, which are `size`. */
function withZeros(planner: Lowering, x: number, C: number, g: Geometry, size: readonly number[]): number {
  if (sizeOf(size) === sizeOf(g.size)) return x;
  const { graphKernels: own } = planner.session;
  const { kernels: k } = planner.runtime;
  const padded = planner.temporary(C * sizeOf(size));
  const [start, axes] = inside(planner, C, g.size, size, g.before);
  planner.step(() => {
    k.fill_rows(padded, C * sizeOf(size), 0, 1, C * sizeOf(size));
    own.copy_strided(padded + start * 4, x, axes);
  });
  return padded;
}

/** Each channel has a window of its own. */
function depthwise(
  planner: Lowering,
  y: number,
  x: number,
  w: number,
  bias: number,
  C: number,
  g: Geometry,
): void {
  const { graphKernels: own } = planner.session;
  const size = g.size.map((n, i) => n + g.before[i]! + g.after[i]!);
  const from = withZeros(planner, x, C, g, size);
  const words = windows(planner, C, g, size, [0, 0]);
  planner.step(() => own.depthwise_forward(y, from, w, bias, words));
}

/** Returns where planes begin inside of larger ones, and the address of the axes of a copy into those. */
function inside(
  planner: Lowering,
  C: number,
  small: readonly number[],
  large: readonly number[],
  before: readonly number[],
): [number, number] {
  const [own, wide] = [stridesOf([C, ...small]), stridesOf([C, ...large])];
  const start = before[0]! * wide[1]! + before[1]! * wide[2]!;
  return [start, planner.storeInts([3, C, ...small, ...wide, ...own])];
}

/** Returns the geometry of a transposed convolution: `size` is that of the output, `count` that of the input. */
function transposedGeometry(call: Call): Geometry {
  const size = call.input(0).shape.slice(2);
  const kernel = call.input(1).shape.slice(2);
  const { strides, dilations, before, after } = attributes(call, size, kernel);
  const zeros = size.map(() => 0);
  const extra = checkList(call, "output_padding", call.numbersOf("output_padding", zeros), size.length, 0);
  const full = size.map((n, i) => strides[i]! * (n - 1) + extra[i]! + (kernel[i]! - 1) * dilations[i]! + 1);
  const auto = call.text("auto_pad", "NOTSET");
  const wanted = call.node.attributes.output_shape
    ? call.numbersOf("output_shape").slice(-size.length)
    : auto.startsWith("SAME")
      ? size.map((n, i) => n * strides[i]!)
      : undefined;
  const out = wanted ?? full.map((n, i) => n - before[i]! - after[i]!);
  if (out.some((n) => n < 1)) call.fail(`the result would have the lengths [${out}]`, "ERR_SHAPE");
  const first = wanted
    ? full.map((n, i) => {
        const total = Math.max(0, n - wanted[i]!);
        return auto === "SAME_UPPER" ? Math.floor(total / 2) : total - Math.floor(total / 2);
      })
    : before;
  return inPlane({ size: out, kernel, strides, dilations, before: first, after: zeros, count: size });
}

function lowerTransposed(call: Call, planner: Lowering, [to]: readonly Slot[]): void {
  const { N, C, groups, M } = sizesOf(call, true);
  const g = transposedGeometry(call);
  const [P, taps, out] = [sizeOf(g.count), sizeOf(g.kernel), sizeOf(g.size)];
  const [x, y] = [planner.at(call.input(0)), planner.at(to!)];
  const weight = call.input(1);
  const { kernels: k } = planner.runtime;
  const { graphKernels: own } = planner.session;
  const inner = C / groups;
  const rows = M * taps;
  const turn = planner.storeInts([3, groups, rows, inner, rows * inner, inner, 1, inner * rows, 1, rows]);
  const from = planner.at(weight);
  /** The weights of each group as [rows, inner]. */
  const turned = (at: number) => own.copy_strided(at, from, turn);
  const weights = prepared(planner, weight, `turned in ${groups}`, weight.size, turned);
  const packed = planner.temporary(packedSize(inner, P));
  const columns = planner.temporary(rows * P);
  const words = windows(planner, M, g);
  const bias = call.has(2) ? planner.at(call.input(2)) : 0;
  const fill = bias ? planner.storeInts([2, groups * M, out, out, 1, 1, 0]) : 0;
  for (let n = 0; n < N; n++) {
    const picture = y + n * groups * M * out * 4;
    planner.step(() => {
      if (fill) own.copy_strided(picture, bias, fill);
      else k.fill_rows(picture, groups * M * out, 0, 1, groups * M * out);
      for (let group = 0; group < groups; group++) {
        own.pack_rows(packed, x + (n * C + group * inner) * P * 4, P, inner, P);
        k.fill_rows(columns, rows * P, 0, 1, rows * P);
        k.gemm(columns, P, weights + group * rows * inner * 4, inner, packed, rows, P, inner);
        own.columns_to_image(picture + group * M * out * 4, columns, words);
      }
    });
  }
}

/** A pool. @param padded as `pool_forward` has it */
const pool = (padded: (call: Call) => number): Operator => ({
  infer(call) {
    const { dtype, shape } = call.floatType();
    if (call.node.outputs[1]) call.fail("its second output is not known here");
    const g = geometry(call, shape.slice(2), call.numbersOf("kernel_shape"), call.flag("ceil_mode"));
    return [{ dtype, shape: [...shape.slice(0, 2), ...g.count.slice(2 - g.axes)] }];
  },
  lower(call, planner, [to]) {
    const { shape } = call.input(0);
    const g = geometry(call, shape.slice(2), call.numbersOf("kernel_shape"), call.flag("ceil_mode"));
    const C = shape[0]! * shape[1]!;
    const { graphKernels: own } = planner.session;
    const [x, y, mode] = [planner.at(call.input(0)), planner.at(to!), padded(call)];
    const size = g.size.map((n, i) => n + g.before[i]! + g.after[i]!);
    const reaches = g.count.some(
      (n, i) => (n - 1) * g.strides[i]! + (g.kernel[i]! - 1) * g.dilations[i]! >= size[i]!,
    );
    if (mode > 0 && reaches) {
      // the padding counts, but what is behind it does not
      const from = withZeros(planner, x, C, g, size);
      const words = windows(planner, C, g, size, [0, 0]);
      planner.step(() => own.pool_forward(y, from, words, 0));
      return;
    }
    const words = windows(planner, C, g);
    planner.step(() => own.pool_forward(y, x, words, mode));
  },
});

/** Convolutions and pools over one or two axes. */
export const CONVOLUTION: Record<string, Operator> = {
  Conv: {
    infer(call) {
      const { N, groups, M } = sizesOf(call, false);
      const { dtype, shape } = call.input(0);
      const kernel = call.input(1).shape.slice(2);
      const g = geometry(call, shape.slice(2), kernel);
      return [{ dtype, shape: [N, groups * M, ...g.count.slice(2 - g.axes)] }];
    },
    lower: lowerConv,
  },
  ConvTranspose: {
    infer(call) {
      const { N, groups, M } = sizesOf(call, true);
      const g = transposedGeometry(call);
      return [{ dtype: call.input(0).dtype, shape: [N, groups * M, ...g.size.slice(2 - g.axes)] }];
    },
    lower: lowerTransposed,
  },
  MaxPool: pool(() => -1),
  AveragePool: pool((call) => Number(call.flag("count_include_pad"))),
};
