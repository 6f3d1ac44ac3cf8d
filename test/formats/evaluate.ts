import { type Graph, type GraphNode, TYPE_CODES, type Value } from "../../src/graph/graph.ts";

/** A tensor of float64 numbers, also for integers and bools. */
export interface Array64 {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Calls a function for each place of a shape. */
function each(shape: readonly number[], visit: (index: number[]) => void): void {
  const index = shape.map(() => 0);
  for (let i = 0; i < sizeOf(shape); i++) {
    visit(index);
    for (let k = shape.length - 1; k >= 0 && ++index[k]! === shape[k]; k--) index[k] = 0;
  }
}

function at({ shape, data }: Array64, index: readonly number[]): number {
  let place = 0;
  for (const [i, n] of shape.entries()) {
    const k = index[index.length - shape.length + i]!;
    place = place * n + (n === 1 ? 0 : k);
  }
  return data[place]!;
}

function make(shape: readonly number[], entry: (index: number[]) => number): Array64 {
  const data: number[] = [];
  each(shape, (index) => data.push(entry(index)));
  return { shape, data };
}

function together(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const lengths = shapes.map((shape) => shape[i - rank + shape.length] ?? 1).filter((n) => n !== 1);
    if (new Set(lengths).size > 1) throw new Error(`shapes ${JSON.stringify(shapes)}`);
    return lengths[0] ?? 1;
  });
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** By numerical integration: 2 / sqrt(pi) times the integral of exp(-t^2). */
function erf(x: number): number {
  let sum = 0;
  const n = 2000;
  for (let i = 0; i < n; i++) sum += Math.exp(-(((i + 0.5) / n) ** 2) * x * x);
  return (2 / Math.sqrt(Math.PI)) * (x / n) * sum;
}

const BINARY: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: Math.max,
  Min: Math.min,
  And: (a, b) => a & b,
  Or: (a, b) => a | b,
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  PRelu: (x, slope) => (x < 0 ? slope * x : x),
};

const UNARY: Record<string, (x: number, alpha: number, beta: number) => number> = {
  Identity: (x) => x,
  Not: (x) => 1 - x,
  Neg: (x) => -x,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Erf: erf,
  Relu: (x) => Math.max(0, x),
  Tanh: Math.tanh,
  Sigmoid: sigmoid,
  Softplus: (x) => Math.log1p(Math.exp(x)),
  Softsign: (x) => x / (1 + Math.abs(x)),
  Elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  Selu: (x) => 1.0507010221481323 * (x > 0 ? x : 1.6732631921768188 * Math.expm1(x)),
  LeakyRelu: (x, alpha) => (x < 0 ? alpha * x : x),
  HardSigmoid: (x, alpha, beta) => Math.min(1, Math.max(0, alpha * x + beta)),
  Affine: (x, alpha, beta) => alpha * x + beta,
};

const list = (node: GraphNode, key: string, fallback: number[]) =>
  (node.attributes[key] as number[]) ?? fallback;
const number = (node: GraphNode, key: string, fallback: number) =>
  (node.attributes[key] as number) ?? fallback;

function reduce(node: GraphNode, x: Array64, axes: readonly number[]): Array64 {
  const kind = node.op.slice(6);
  const groups = new Map<string, number[]>();
  each(x.shape, (index) => {
    const key = index.map((k, i) => (axes.includes(i) ? 0 : k)).join();
    groups.set(key, [...(groups.get(key) ?? []), at(x, index)]);
  });
  const data = [...groups.values()].map((all) => {
    if (kind === "Max") return Math.max(...all);
    if (kind === "Min") return Math.min(...all);
    const sum = all.reduce((a, b) => a + b, 0);
    return kind === "Mean" ? sum / all.length : sum;
  });
  const keep = number(node, "keepdims", 1);
  return { shape: x.shape.flatMap((n, i) => (!axes.includes(i) ? [n] : keep ? [1] : [])), data };
}

/** Where a window of a convolution or a pool lies. */
function windowOf(node: GraphNode, x: Array64, size: readonly number[]) {
  const n = size.length;
  const strides = list(node, "strides", Array(n).fill(1));
  const dilations = list(node, "dilations", Array(n).fill(1));
  const pads = list(node, "pads", Array(2 * n).fill(0)).slice();
  const spatial = x.shape.slice(2);
  const reach = size.map((k, i) => (k - 1) * dilations[i]! + 1);
  if (node.attributes.auto_pad === "SAME_UPPER") {
    for (const [i, length] of spatial.entries()) {
      const over = Math.max(0, (Math.ceil(length / strides[i]!) - 1) * strides[i]! + reach[i]! - length);
      pads[i] = Math.floor(over / 2);
      pads[n + i] = Math.ceil(over / 2);
    }
  }
  const after = spatial.map(
    (length, i) => Math.floor((length + pads[i]! + pads[n + i]! - reach[i]!) / strides[i]!) + 1,
  );
  const place = (out: readonly number[], k: readonly number[]) =>
    out.map((o, i) => o * strides[i]! - pads[i]! + k[i]! * dilations[i]!);
  const isInside = (index: readonly number[]) => index.every((k, i) => k >= 0 && k < spatial[i]!);
  return { after, place, isInside };
}

function convolve(node: GraphNode, x: Array64, w: Array64, bias?: Array64): Array64 {
  const size = w.shape.slice(2);
  const { after, place, isInside } = windowOf(node, x, size);
  const group = number(node, "group", 1);
  const [filters, width] = w.shape as [number, number];
  return make([x.shape[0]!, filters, ...after], ([batch, f, ...out]) => {
    let sum = bias ? bias.data[f!]! : 0;
    const first = Math.floor(f! / (filters / group)) * width;
    each(size, (k) => {
      const index = place(out, k);
      if (!isInside(index)) return;
      for (let c = 0; c < width; c++) sum += at(x, [batch!, first + c, ...index]) * at(w, [f!, c, ...k]);
    });
    return sum;
  });
}

function convolveBack(node: GraphNode, x: Array64, w: Array64, bias?: Array64): Array64 {
  const size = w.shape.slice(2);
  const n = size.length;
  const strides = list(node, "strides", Array(n).fill(1));
  const dilations = list(node, "dilations", Array(n).fill(1));
  const pads = list(node, "pads", Array(2 * n).fill(0));
  const more = list(node, "output_padding", Array(n).fill(0));
  const after = x.shape
    .slice(2)
    .map(
      (length, i) =>
        (length - 1) * strides[i]! + (size[i]! - 1) * dilations[i]! + 1 - pads[i]! - pads[n + i]! + more[i]!,
    );
  const shape = [x.shape[0]!, w.shape[1]!, ...after];
  const sums = new Map<string, number>();
  each(x.shape, ([batch, c, ...from]) => {
    each([w.shape[1]!, ...size], ([f, ...k]) => {
      const to = from.map((p, i) => p * strides[i]! + k[i]! * dilations[i]! - pads[i]!);
      const key = [batch, f, ...to].join();
      sums.set(key, (sums.get(key) ?? 0) + at(x, [batch!, c!, ...from]) * at(w, [c!, f!, ...k]));
    });
  });
  return make(shape, (index) => (sums.get(index.join()) ?? 0) + (bias ? bias.data[index[1]!]! : 0));
}

function pool(node: GraphNode, x: Array64): Array64 {
  const size = list(node, "kernel_shape", []);
  const { after, place, isInside } = windowOf(node, x, size);
  return make([...x.shape.slice(0, 2), ...after], ([batch, c, ...out]) => {
    const all: number[] = [];
    each(size, (k) => {
      const index = place(out, k);
      if (isInside(index)) all.push(at(x, [batch!, c!, ...index]));
    });
    return node.op === "MaxPool" ? Math.max(...all) : all.reduce((a, b) => a + b, 0) / all.length;
  });
}

/** LSTM, GRU and RNN of one direction, with the mask behind ONNX's inputs. */
function recurrent(node: GraphNode, given: (Array64 | undefined)[]): Array64[] {
  const [x, w, r, bias, , h0, c0] = given as [Array64, Array64, Array64, ...(Array64 | undefined)[]];
  const mask = given[node.op === "LSTM" ? 8 : 6];
  const [T, B, I] = x.shape as [number, number, number];
  const H = node.attributes.hidden_size as number;
  const alphas = [...list(node, "activation_alpha", [])];
  const betas = [...list(node, "activation_beta", [])];
  const functions = (node.attributes.activations as string[]).map((name) => {
    const alpha = ["Affine", "HardSigmoid", "Elu", "LeakyRelu"].includes(name) ? alphas.shift()! : 0;
    const beta = ["Affine", "HardSigmoid"].includes(name) ? betas.shift()! : 0;
    return (value: number) => UNARY[name]!(value, alpha, beta);
  });
  const [f, g, h] = functions as [(x: number) => number, (x: number) => number, (x: number) => number];
  const blocks = w.shape[1]! / H;
  const steps = Array.from({ length: T }, (_, t) =>
    node.attributes.direction === "reverse" ? T - 1 - t : t,
  );
  const y: number[] = Array(T * B * H).fill(0);
  const ends: number[][] = [[], []];
  for (let n = 0; n < B; n++) {
    let state = Array.from({ length: H }, (_, j) => (h0 ? at(h0, [0, n, j]) : 0));
    let memory = Array.from({ length: H }, (_, j) => (c0 ? at(c0, [0, n, j]) : 0));
    let before: number[] = Array(H).fill(0);
    for (const t of steps) {
      const row = (weights: Array64, input: readonly number[], k: number) =>
        input.reduce((sum, value, i) => sum + value * at(weights, [0, k, i]), 0);
      const input = Array.from({ length: I }, (_, i) => at(x, [t, n, i]));
      const biasOf = (k: number) => (bias ? bias.data[k]! : 0);
      const fromX = (block: number, j: number) => row(w, input, block * H + j) + biasOf(block * H + j);
      const fromH = (block: number, j: number, s: readonly number[] = state) =>
        row(r, s, block * H + j) + biasOf((blocks + block) * H + j);
      const units = Array.from({ length: H }, (_, j) => j);
      let next: number[];
      let nextMemory = memory;
      if (node.op === "RNN") next = units.map((j) => f(fromX(0, j) + fromH(0, j)));
      else if (node.op === "GRU") {
        const z = units.map((j) => f(fromX(0, j) + fromH(0, j)));
        const reset = units.map((j) => f(fromX(1, j) + fromH(1, j)));
        const kept = state.map((value, j) => value * reset[j]!);
        next = units.map((j) => {
          const part = node.attributes.linear_before_reset ? reset[j]! * fromH(2, j) : fromH(2, j, kept);
          return z[j]! * state[j]! + (1 - z[j]!) * g(fromX(2, j) + part);
        });
      } else {
        const sums = units.map((j) => [0, 1, 2, 3].map((block) => fromX(block, j) + fromH(block, j)));
        nextMemory = units.map((j) => f(sums[j]![2]!) * memory[j]! + f(sums[j]![0]!) * g(sums[j]![3]!));
        next = units.map((j) => f(sums[j]![1]!) * h(nextMemory[j]!));
      }
      const counts = !mask || at(mask, [t, n]) !== 0;
      if (counts) [state, memory, before] = [next, nextMemory, next];
      const out = counts || node.attributes.masked === "repeat" ? before : [];
      for (const j of units) y[(t * B + n) * H + j] = out[j] ?? 0;
    }
    ends[0]!.push(...state);
    ends[1]!.push(...memory);
  }
  return [{ shape: [T, 1, B, H], data: y }, ...ends.map((data) => ({ shape: [1, B, H], data }))];
}

function transpose(x: Array64, perm: readonly number[]): Array64 {
  return make(
    perm.map((axis) => x.shape[axis]!),
    (index) => {
      const from: number[] = [];
      for (const [i, axis] of perm.entries()) from[axis] = index[i]!;
      return at(x, from);
    },
  );
}

function slice(x: Array64, [starts, ends, axes, steps]: number[][]): Array64 {
  const shape = [...x.shape];
  const first = x.shape.map(() => 0);
  const step = x.shape.map(() => 1);
  for (const [i, axis] of axes!.entries()) {
    const [n, by] = [x.shape[axis]!, steps![i]!];
    const clip = (k: number) => Math.min(Math.max(k < 0 ? k + n : k, by < 0 ? -1 : 0), by < 0 ? n - 1 : n);
    first[axis] = clip(starts![i]!);
    step[axis] = by;
    shape[axis] = Math.max(0, Math.ceil((clip(ends![i]!) - first[axis]!) / by));
  }
  return make(shape, (index) =>
    at(
      x,
      index.map((k, i) => first[i]! + k * step[i]!),
    ),
  );
}

function scan(node: GraphNode, given: Array64[], outer: Map<string, Array64>): Array64[] {
  const body = node.attributes.body as Graph;
  const scanned = node.attributes.num_scan_inputs as number;
  const count = given.length - scanned;
  const isReverse = list(node, "scan_input_directions", [0])[0] === 1;
  let states = given.slice(0, count);
  const T = given[count]!.shape[0]!;
  const outputs: Array64[][] = [];
  for (let i = 0; i < T; i++) {
    const t = isReverse ? T - 1 - i : i;
    const values = new Map(outer);
    const parts = given.slice(count).map(({ shape, data }) => {
      const size = sizeOf(shape.slice(1));
      return { shape: shape.slice(1), data: data.slice(t * size, (t + 1) * size) };
    });
    for (const [k, { name }] of body.inputs.entries()) values.set(name, [...states, ...parts][k]!);
    const made = runNodes(body, values);
    states = made.slice(0, count);
    outputs[t] = made.slice(count);
  }
  const all = outputs[0]!.map(({ shape }, k) => ({
    shape: [T, ...shape],
    data: outputs.flatMap((made) => made[k]!.data),
  }));
  return [...states, ...all];
}

function compute(node: GraphNode, given: (Array64 | undefined)[], values: Map<string, Array64>): Array64[] {
  const { op } = node;
  const [x, y, z] = given as [Array64, Array64, Array64];
  const binary = BINARY[op];
  if (binary) return [make(together(x.shape, y.shape), (index) => binary(at(x, index), at(y, index)))];
  const unary = UNARY[op];
  if (unary) {
    const [alpha, beta] = [number(node, "alpha", Number.NaN), number(node, "beta", Number.NaN)];
    return [{ shape: x.shape, data: x.data.map((value) => unary(value, alpha, beta)) }];
  }
  const axis = number(node, "axis", 0);
  switch (op) {
    case "LSTM":
    case "GRU":
    case "RNN":
      return recurrent(node, given);
    case "Scan":
      return scan(node, given as Array64[], values);
    case "Cast": {
      const to = TYPE_CODES[node.attributes.to as number]!;
      const cast =
        to === "bool"
          ? (v: number) => Number(v !== 0)
          : to.startsWith("float")
            ? (v: number) => v
            : Math.trunc;
      return [{ shape: x.shape, data: x.data.map(cast) }];
    }
    case "Clip":
      return [{ shape: x.shape, data: x.data.map((v) => Math.min(z.data[0]!, Math.max(y.data[0]!, v))) }];
    case "Where":
      return [
        make(together(x.shape, y.shape, z.shape), (index) => (at(x, index) ? at(y, index) : at(z, index))),
      ];
    case "MatMul":
      return [
        make(
          [...together(x.shape.slice(0, -2), y.shape.slice(0, -2)), x.shape.at(-2)!, y.shape.at(-1)!],
          (index) => {
            const [batch, [i, j]] = [index.slice(0, -2), index.slice(-2) as [number, number]];
            let sum = 0;
            for (let k = 0; k < x.shape.at(-1)!; k++)
              sum += at(x, [...batch, i, k]) * at(y, [...batch, k, j]);
            return sum;
          },
        ),
      ];
    case "Transpose":
      return [transpose(x, node.attributes.perm as number[])];
    case "Shape": {
      const dims = x.shape.slice(number(node, "start", 0), number(node, "end", x.shape.length));
      return [{ shape: [dims.length], data: dims }];
    }
    case "Reshape": {
      const shape = y.data.map((n, i) => (n === 0 ? x.shape[i]! : n));
      const known = sizeOf(shape.filter((n) => n !== -1));
      return [{ shape: shape.map((n) => (n === -1 ? x.data.length / known : n)), data: x.data }];
    }
    case "Unsqueeze": {
      const shape = [...x.shape];
      for (const a of [...y.data].sort((m, n) => m - n)) shape.splice(a, 0, 1);
      return [{ shape, data: x.data }];
    }
    case "Squeeze":
      return [{ shape: x.shape.filter((_, i) => !y.data.includes(i)), data: x.data }];
    case "Concat": {
      const parts = given as Array64[];
      const total = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
      return [
        make(
          x.shape.map((n, i) => (i === axis ? total : n)),
          (index) => {
            let k = index[axis]!;
            let i = 0;
            for (; k >= parts[i]!.shape[axis]!; i++) k -= parts[i]!.shape[axis]!;
            return at(
              parts[i]!,
              index.map((n, i) => (i === axis ? k : n)),
            );
          },
        ),
      ];
    }
    case "Slice":
      return [
        slice(
          x,
          given.slice(1).map((value) => [...value!.data]),
        ),
      ];
    case "Gather":
      return [
        make([...x.shape.slice(0, axis), ...y.shape, ...x.shape.slice(axis + 1)], (index) => {
          const end = axis + y.shape.length;
          const k = at(y, index.slice(axis, end));
          return at(x, [...index.slice(0, axis), k < 0 ? k + x.shape[axis]! : k, ...index.slice(end)]);
        }),
      ];
    case "Expand":
      return [make(together(x.shape, y.data as number[]), (index) => at(x, index))];
    case "Tile":
      return [
        make(
          x.shape.map((n, i) => n * y.data[i]!),
          (index) =>
            at(
              x,
              index.map((k, i) => k % x.shape[i]!),
            ),
        ),
      ];
    case "Pad": {
      const rank = x.shape.length;
      const shape = x.shape.map((n, i) => n + y.data[i]! + y.data[rank + i]!);
      return [
        make(shape, (index) => {
          const from = index.map((k, i) => k - y.data[i]!);
          return from.every((k, i) => k >= 0 && k < x.shape[i]!) ? at(x, from) : 0;
        }),
      ];
    }
    case "Range":
      return [
        {
          shape: [y.data[0]! - x.data[0]!],
          data: Array.from({ length: y.data[0]! - x.data[0]! }, (_, i) => i),
        },
      ];
    case "Softmax":
    case "LogSoftmax": {
      const k = axis < 0 ? axis + x.shape.length : axis;
      const most = reduce({ ...node, op: "ReduceMax", attributes: {} }, x, [k]);
      const powers = make(x.shape, (index) => Math.exp(at(x, index) - at(most, index)));
      const sums = reduce({ ...node, op: "ReduceSum", attributes: {} }, powers, [k]);
      const share = make(x.shape, (index) => at(powers, index) / at(sums, index));
      return [op === "Softmax" ? share : { shape: x.shape, data: share.data.map(Math.log) }];
    }
    case "LayerNormalization": {
      const axes = x.shape.map((_, i) => i).filter((i) => i >= axis);
      const mean = (value: Array64) => reduce({ ...node, op: "ReduceMean", attributes: {} }, value, axes);
      const centre = mean(x);
      const centred = make(x.shape, (index) => at(x, index) - at(centre, index));
      const variance = mean({ shape: x.shape, data: centred.data.map((v) => v * v) });
      const epsilon = node.attributes.epsilon as number;
      return [
        make(x.shape, (index) => {
          const scaled = (at(centred, index) / Math.sqrt(at(variance, index) + epsilon)) * at(y, index);
          return scaled + (z ? at(z, index) : 0);
        }),
      ];
    }
    case "Conv":
      return [convolve(node, x, y, given[2])];
    case "ConvTranspose":
      return [convolveBack(node, x, y, given[2])];
    case "MaxPool":
    case "AveragePool":
      return [pool(node, x)];
  }
  if (op.startsWith("Reduce")) return [reduce(node, x, y.data)];
  throw new Error(`no ${op}`);
}

function runNodes(graph: Graph, values: Map<string, Array64>): Array64[] {
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => {
      const value = values.get(name);
      if (name && !value) throw new Error(`${node.name} reads ${name}, which nobody made`);
      return value;
    });
    const made = compute(node, given, values);
    for (const [i, name] of node.outputs.entries()) {
      if (name && values.has(name)) throw new Error(`${name} is made twice`);
      if (name) values.set(name, made[i]!);
    }
  }
  return graph.outputs.map(({ name }) => {
    const value = values.get(name);
    if (!value) throw new Error(`nobody made ${name}`);
    return value;
  });
}

const wide = ({ shape, data }: Value): Array64 => ({ shape, data: [...data] });

/** Runs graphs in float64, one number after the other, to compare with. Keeps their states. */
export function evaluator(graph: Graph): (inputs: Record<string, Array64>) => Record<string, Array64> {
  let states = new Map((graph.states ?? []).map(({ input, initial }) => [input, wide(initial)]));
  return (inputs) => {
    const values = new Map([...graph.constants].map(([name, value]) => [name, wide(value)]));
    for (const { name } of graph.inputs) {
      if (!inputs[name]) throw new Error(`no input ${name}`);
      values.set(name, inputs[name]);
    }
    for (const [name, value] of states) values.set(name, value);
    const outputs = runNodes(graph, values);
    states = new Map((graph.states ?? []).map(({ input, output }) => [input, values.get(output)!]));
    return Object.fromEntries(graph.outputs.map(({ name }, i) => [name, outputs[i]!]));
  };
}
