// Matrix products compared with the peak: prints {peak, products: [{name, gigaflops}]}.

import { readFile } from "node:fs/promises";
import { build, effort, loadPeak, repeat } from "../library.mjs";
import { interleave } from "../timer.mjs";

/** C[M, N] += A[M, K] B[K, N], as in the recurrence (60 or 50 rows) and in the projection of whole sequences. */
const PACKED = [
  [60, 1024, 256],
  [50, 512, 128],
  [50, 128, 512],
  [500, 512, 128],
  [2500, 512, 128],
];

/** C[M, N] += A[K, M]^T B[K, N], the gradients of weights. */
const TRANSPOSED = [
  [512, 128, 2500],
  [1024, 256, 256],
];

/** The build, with the long names of its kernels, and a memory of 64 MiB. */
const bytes = await readFile(new URL(`../../dist/named/${build}.wasm`, import.meta.url));
const memory = new WebAssembly.Memory({ initial: 1024 });
const { exports: k } = (await WebAssembly.instantiate(bytes, { env: { memory } })).instance;
let end = k.heap_base();

/** Fills a new block with random numbers. Blocks are aligned to 64 bytes, as those of a runtime. */
function random(floats) {
  const block = Math.ceil(end / 64) * 64;
  end = block + floats * 4;
  k.fill_uniform(block, -1, 1, floats, 1, 0);
  return block;
}

function packed([M, N, K]) {
  const [c, a, b] = [random(M * N), random(M * K), random(K * Math.ceil(N / 8) * 8)];
  return repeat(() => k.gemm(c, N, a, K, b, M, N, K));
}

function transposed([M, N, K]) {
  const [c, a, b] = [random(M * N), random(K * M), random(K * N)];
  return repeat(() => k.gemm_tn(c, N, a, M, b, N, M, N, K));
}

const products = [
  ...PACKED.map((size) => ({ name: `gemm ${size.join("x")}`, size, run: packed(size) })),
  ...TRANSPOSED.map((size) => ({ name: `gemm_tn ${size.join("x")}`, size, run: transposed(size) })),
];
const tasks = Object.fromEntries(products.map(({ name, run }) => [name, run]));
const peak = await loadPeak();
const seconds = await interleave({ peak: peak.run, ...tasks }, 12 * effort);

const gigaflops = (operations, name) => operations / seconds[name] / 1e9;
console.log(
  JSON.stringify({
    peak: gigaflops(peak.operations, "peak"),
    products: products.map(({ name, size: [M, N, K] }) => ({
      name,
      gigaflops: gigaflops(2 * M * N * K, name),
    })),
  }),
);
