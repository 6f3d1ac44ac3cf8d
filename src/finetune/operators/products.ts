import { add, scale } from "../../autograd/elementwise.ts";
import { matmul } from "../../autograd/matmul.ts";
import { reshape } from "../../autograd/shape.ts";
import { sizes } from "../../graph/operators/products.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { type Derivation, expand, permute } from "./derivation.ts";

const product: Derivation = (call, [a, b], context) => {
  const { M, K, N, stack, stacks, shape } = sizes(call);
  const left = reshape(a!, [...stacks[0], M, K]);
  if (!stacks[1].length) return [reshape(matmul(left, reshape(b!, [K, N])), shape)];
  const right = reshape(b!, [...stacks[1], K, N]);
  const y = matmul(expand(context, left, [...stack, M, K]), expand(context, right, [...stack, K, N]));
  return [reshape(y, shape)];
};

const gemm: Derivation = (call, [a, b, c], context) => {
  const turned = (x: Tensor, flag: string) => (call.flag(flag) ? permute(context, x, [1, 0]) : x);
  const y = scaled(matmul(turned(a!, "transA"), turned(b!, "transB")), call.number("alpha", 1));
  return [c ? add(y, scaled(expand(context, c, y.shape), call.number("beta", 1))) : y];
};

const scaled = (x: Tensor, factor: number) => (factor === 1 ? x : scale(x, factor));

/** The sum of products over axes that two inputs share, as a product of matrices. */
const einsum: Derivation = (call, inputs, context) => {
  const equation = call.text("equation").replaceAll(" ", "");
  const [, a = "", b = "", to = ""] = /^(\w+),(\w+)->(\w*)$/.exec(equation) ?? [];
  const single = [a, b, to].every((names) => new Set(names).size === names.length);
  const known = [...to].every((name) => a.includes(name) || b.includes(name));
  const own = [...a].filter((name) => !b.includes(name) && !to.includes(name));
  const other = [...b].filter((name) => !a.includes(name) && !to.includes(name));
  if (!a || !single || !known || own.length || other.length) {
    call.fail(`equation ${equation} has no gradient here, expected two inputs whose axes occur once`);
  }
  const [x, y] = inputs as readonly [Tensor, Tensor];
  const lengths = new Map([
    ...[...a].map((name, i) => [name, x.shape[i]!] as const),
    ...[...b].map((name, i) => [name, y.shape[i]!] as const),
  ]);
  const stack = [...a].filter((name) => b.includes(name) && to.includes(name));
  const rows = [...a].filter((name) => !b.includes(name));
  const columns = [...b].filter((name) => !a.includes(name));
  const shared = [...a].filter((name) => b.includes(name) && !to.includes(name));
  const size = (names: readonly string[]) => names.reduce((n, name) => n * lengths.get(name)!, 1);
  const ordered = (of: Tensor, names: string, ...groups: string[][]) =>
    reshape(
      permute(
        context,
        of,
        groups.flat().map((name) => names.indexOf(name)),
      ),
      groups.map(size),
    );
  const z = matmul(ordered(x, a, stack, rows, shared), ordered(y, b, stack, shared, columns));
  const names = [...stack, ...rows, ...columns];
  const whole = reshape(
    z,
    names.map((name) => lengths.get(name)!),
  );
  return [
    permute(
      context,
      whole,
      [...to].map((name) => names.indexOf(name)),
    ),
  ];
};

/** Products of matrices. */
export const PRODUCTS: Readonly<Record<string, Derivation>> = { MatMul: product, Gemm: gemm, Einsum: einsum };
