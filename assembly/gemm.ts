// Matrix products. Leading dimensions (ld) count floats from one row to the next. Every product adds to C.

import { checkArray, checkMatrix } from "./check";
import { at } from "./lane";
import { multiplyInt8 } from "./int8";
import { pack_rows, packed_size } from "./pack";
import { SCRATCH, scratch } from "./scratch";
import { multiplyFewRows, multiplyTile, ROWS, tileColumns } from "./tile";

// gemm cuts A into blocks of at most [ROW_BLOCK, K_BLOCK], and B into blocks of at most [K_BLOCK, N_BLOCK]. A block of B takes
// 1 MiB. It stays in a 2 MiB cache while all rows of A are multiplied by it.
// A block of B consists of panels of 8 columns. All rows of a block of A are multiplied by one panel before the next panel is
// read. The rows of a tile, six at most, and one panel take 28 KiB. They fit in a 32 KiB cache.
const ROW_BLOCK = 60;
const K_BLOCK = 512;
const N_BLOCK = 512;

/**
 * C[M, N] += A[M, K] * B[K, N]. `packed` is B, packed by `pack_rows` or `pack_transposed`. If `packed` is odd, B was packed by
 * `pack_int8` at the address before it.
 */
export function gemm(c: usize, ldc: i32, a: usize, lda: i32, packed: usize, M: i32, N: i32, K: i32): void {
  checkMatrix(c, ldc, M, N);
  checkMatrix(a, lda, M, K);
  const cStep = <usize>ldc << 2, aStep = <usize>lda << 2;
  if (!isDefined(RUN) && packed & 1) {
    multiplyInt8(c, cStep, a, aStep, packed - 1, M, N, K);
    return;
  }
  checkArray(packed, packed_size(K, N));
  const panelSize = <usize>K << 5;
  if (M == 1 || M == 2) {
    multiplyFewRows(c, cStep, a, aStep, packed, M, N, K);
    return;
  }
  for (let k = 0; k < K; k += K_BLOCK) {
    const depth = min(K_BLOCK, K - k);
    for (let left = 0; left < N; left += N_BLOCK) {
      const first = packed + (<usize>k << 5) + <usize>(left >> 3) * panelSize;
      const end = min(N, left + N_BLOCK);
      let blocks = (M + ROW_BLOCK - 1) / ROW_BLOCK;
      for (let top = 0, height = 0; blocks > 0; blocks--, top += height) {
        height = (M - top + blocks - 1) / blocks;
        let panel = first;
        for (let n = left, columns = 0; n < end; n += columns, panel += <usize>(columns >> 3) * panelSize) {
          columns = tileColumns(end - n);
          let ci = at(c, n) + <usize>top * cStep, ai = at(a, k) + <usize>top * aStep;
          let tiles = (height + ROWS - 1) / ROWS;
          for (let below = height; tiles > 0; tiles--) {
            const rows = (below + tiles - 1) / tiles;
            multiplyTile(rows, end - n, ci, cStep, ai, aStep, 4, panel, panelSize, depth);
            ci += <usize>rows * cStep;
            ai += <usize>rows * aStep;
            below -= rows;
          }
        }
      }
    }
  }
}

// gemm_tn packs a block A[DEPTH, GROUP * ROWS] and a block B[DEPTH, WIDTH], and multiplies them. The block of A consists of GROUP
// panels of ROWS columns. A row of one panel takes only 20 or 24 bytes of a cache line. Packing several panels at a time uses more
// of each cache line that is read.
const DEPTH = 256;
const WIDTH = 128;
const GROUP = 4;

// Sizes in bytes of the packed blocks of A and B, which lie in the scratch area.
const A_SIZE: usize = DEPTH * GROUP * ROWS * 4;
const B_SIZE: usize = DEPTH * WIDTH * 4;

// @ts-ignore: decorator
@inline
function aBlock(): usize {
  return scratch();
}

// @ts-ignore: decorator
@inline
function bBlock(): usize {
  return aBlock() + A_SIZE;
}

/** Returns the first address that the host may use. Static data and the scratch area lie below it. */
export function heap_base(): usize {
  assert(A_SIZE + B_SIZE >= SCRATCH, "the scratch area is too small");
  return bBlock() + B_SIZE;
}

/**
 * C[M, N] += A[K, M]^T * B[K, N]. The host computes gradients of weight matrices with it. Then K is the number of steps times the
 * batch size. A and B are stored by rows. The kernel itself packs them, one block at a time, into two scratch areas.
 */
export function gemm_tn(c: usize, ldc: i32, a: usize, lda: i32, b: usize, ldb: i32, M: i32, N: i32, K: i32): void {
  checkMatrix(c, ldc, M, N);
  checkMatrix(a, lda, K, M);
  checkMatrix(b, ldb, K, N);
  const cStep = <usize>ldc << 2;
  for (let k = 0; k < K; k += DEPTH) {
    const depth = min(DEPTH, K - k);
    const panelSize = <usize>depth << 5;
    for (let n = 0; n < N; n += WIDTH) {
      const width = min(WIDTH, N - n);
      pack_rows(bBlock(), at(b, k * ldb + n), ldb, depth, width);
      for (let m = 0; m < M; m += GROUP * ROWS) {
        packColumns(at(a, k * lda + m), <usize>lda << 2, depth, M - m);
        const end = min(M, m + GROUP * ROWS);
        let block = aBlock();
        for (let i = m; i < end; i += ROWS, block += DEPTH * ROWS * 4) {
          const rows = min(ROWS, M - i);
          let panel = bBlock();
          for (let j = 0, columns = 0; j < width; j += columns, panel += <usize>(columns >> 3) * panelSize) {
            columns = tileColumns(width - j);
            multiplyTile(
              rows, width - j, at(c, i * ldc + n + j), cStep, block, 4, ROWS * 4, panel, panelSize, depth,
            );
          }
        }
      }
    }
  }
}

/**
 * Copies the matrix A[depth, columns] to panels [depth, ROWS]. Panel g starts at column g * ROWS. There are at most GROUP panels,
 * so only the first GROUP * ROWS columns of A are copied. aStep is the distance in bytes from one row of A to the next.
 */
function packColumns(a: usize, aStep: usize, depth: i32, columns: i32): void {
  let block = aBlock();
  for (let g = 0; g < GROUP && columns > 0; g++, columns -= ROWS, a += ROWS * 4, block += DEPTH * ROWS * 4) {
    let from = a, to = block;
    if (columns >= ROWS) {
      for (let k = 0; k < depth; k++, from += aStep, to += ROWS * 4) {
        v128.store(to, v128.load(from));
        if (ROWS == 6) store<u64>(to, load<u64>(from, 16), 16);
        else store<u32>(to, load<u32>(from, 16), 16);
      }
    } else {
      for (let k = 0; k < depth; k++, from += aStep, to += ROWS * 4) memory.copy(to, from, <usize>columns << 2);
    }
  }
}
