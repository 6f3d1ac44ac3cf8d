import { checkIndex, checkList } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { checkShape, sizeOf } from "../runtime/shapes.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";

/** Returns a copy of the elements in a new shape. @throws ERR_SHAPE if the number of elements would change */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const rt = runtimeOfFloats("reshape", [x]);
  checkShape("reshape", shape);
  if (sizeOf(shape) !== x.size) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `reshape: [${x.shape}] has ${counted(x.size, "element", "elements")}, [${shape}] has ${sizeOf(shape)}`,
    );
  }
  const y = rt.output(shape, [x]);
  rt.kernels.copy_rows(y.ptr, x.size, x.ptr, x.size, 1, x.size);
  if (y.requiresGrad) {
    rt.record({
      name: "reshape",
      inputs: [x],
      outputs: [y],
      backward: () => rt.kernels.add_scaled(x.gradPtr(), y.gradPtr(), 1, x.size),
    });
  }
  return y;
}

/**
 * Returns entries `start` to `start + length - 1` along the first axis.
 *
 * @throws ERR_SHAPE unless `start` and `length` are whole numbers from 0 and the entries exist
 */
export function slice(x: Tensor, start: number, length: number): Tensor {
  const rt = runtimeOfFloats("slice", [x]);
  const [rows = 0, ...rest] = x.shape;
  const integers = Number.isSafeInteger(start) && Number.isSafeInteger(length);
  if (!(integers && start >= 0 && length >= 0 && start + length <= rows)) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `slice: start ${show(start)} and length ${show(length)} of [${x.shape}], expected whole numbers from 0 with a sum of at most ${rows}`,
    );
  }
  const width = sizeOf(rest);
  const y = rt.output([length, ...rest], [x]);
  const offset = start * width * 4;
  rt.kernels.copy_rows(y.ptr, y.size, x.ptr + offset, y.size, 1, y.size);
  if (y.requiresGrad) {
    rt.record({
      name: "slice",
      inputs: [x],
      outputs: [y],
      backward: () => rt.kernels.add_scaled(x.gradPtr() + offset, y.gradPtr(), 1, y.size),
    });
  }
  return y;
}

/** Checks tensors that become one. Returns their runtime and the first. @throws ERR_SHAPE if there is none */
function checkParts(name: string, parts: readonly Tensor[]): readonly [Runtime, Tensor] {
  const first = parts?.[0];
  if (!first) throw new UnrolledError("ERR_SHAPE", `${name}: no tensors given`);
  return [runtimeOfFloats(name, parts), first];
}

/**
 * Concatenates tensors along the last axis. The other axes must have equal lengths.
 *
 * @throws ERR_SHAPE if there is no tensor, or if the other axes differ
 */
export function concat(parts: readonly Tensor[]): Tensor {
  const [rt, first] = checkParts("concat", parts);
  const lead = first.shape.slice(0, -1);
  const widths = parts.map((part) => {
    if (part.shape.length === 0 || String(part.shape.slice(0, -1)) !== String(lead)) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `concat: [${part.shape}] after [${first.shape}], expected equal shapes except for the last axis`,
      );
    }
    return part.shape.at(-1)!;
  });
  const M = sizeOf(lead);
  const width = widths.reduce((a, b) => a + b, 0);
  const y = rt.output([...lead, width], parts);
  let column = 0;
  const columns = widths.map((w) => {
    column += w;
    return (column - w) * 4;
  });
  parts.forEach((part, i) => {
    rt.kernels.copy_rows(y.ptr + columns[i]!, width, part.ptr, widths[i]!, M, widths[i]!);
  });
  if (y.requiresGrad) {
    rt.record({
      name: "concat",
      inputs: parts,
      outputs: [y],
      backward: () => {
        parts.forEach((part, i) => {
          if (!part.requiresGrad) return;
          rt.kernels.add_rows(part.gradPtr(), widths[i]!, y.gradPtr() + columns[i]!, width, M, widths[i]!);
        });
      },
    });
  }
  return y;
}

/** Stacks tensors of the same shape along a new first axis. @throws ERR_SHAPE if there is no tensor, or if the shapes differ */
export function stack(parts: readonly Tensor[]): Tensor {
  const [rt, first] = checkParts("stack", parts);
  for (const part of parts) {
    if (String(part.shape) !== String(first.shape)) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `stack: [${part.shape}] after [${first.shape}], expected equal shapes`,
      );
    }
  }
  const n = first.size;
  const y = rt.output([parts.length, ...first.shape], parts);
  parts.forEach((part, i) => {
    rt.kernels.copy_rows(y.ptr + i * n * 4, n, part.ptr, n, 1, n);
  });
  if (y.requiresGrad) {
    rt.record({
      name: "stack",
      inputs: parts,
      outputs: [y],
      backward: () => {
        parts.forEach((part, i) => {
          if (part.requiresGrad) rt.kernels.add_scaled(part.gradPtr(), y.gradPtr() + i * n * 4, 1, n);
        });
      },
    });
  }
  return y;
}

/**
 * Gathers rows of x. Row i of the result is row `order[i]` of x, where a row is a vector along the last axis. Callers use this to
 * swap batch and time, and to sort and unsort sequences.
 *
 * @param shape shape of the result, [..., D], with as many rows as `order` has entries
 * @throws ERR_SHAPE if `shape` does not fit, ERR_VALUE if an entry of `order` is not a row of x
 */
export function gatherRows(x: Tensor, order: Int32Array, shape: readonly number[]): Tensor {
  const rt = runtimeOfFloats("gatherRows", [x]);
  checkShape("gatherRows", shape);
  checkList("gatherRows: order", order);
  const D = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape.slice(0, -1));
  if (shape.at(-1) !== D || sizeOf(shape) !== order.length * D) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `gatherRows: ${counted(order.length, "row", "rows")} of [${x.shape}] for [${shape}], expected [..., ${D}] with as many rows`,
    );
  }
  for (const row of order) checkIndex("gatherRows: row", row, rows);
  const [y, index] = rt.frame(() => [rt.output(shape, [x]), rt.allocate(order.length)]);
  rt.ints(index, order.length).set(order);
  rt.kernels.gather_rows(y.ptr, D, x.ptr, D, index, order.length, D);
  if (y.requiresGrad) {
    rt.record({
      name: "gatherRows",
      inputs: [x],
      outputs: [y],
      backward: () => rt.kernels.scatter_add_rows(x.gradPtr(), D, y.gradPtr(), D, index, order.length, D),
      saved: [index],
    });
  } else {
    rt.free(index);
  }
  return y;
}
