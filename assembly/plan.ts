// Plans: calls of kernels with fixed arguments, which the host records once and which run without it. A call from JavaScript takes
// about as long as a small layer.
//
// A call takes CALL bytes: the number of the kernel, then its arguments, 8 bytes each. Whole numbers and addresses are i32, other
// numbers f64.

import { activation_forward } from "./activation";
import { add_forward, add_scaled, multiply_forward } from "./elementwise";
import { CellFunctions } from "./cell-functions";
import { gemm } from "./gemm";
import { add_int8_rows } from "./int8";
import { at } from "./lane";
import { layer_norm_forward, scale_columns } from "./norm";
import { recurrent_forward } from "./recurrent";
import { copy_rows, fill_rows, gather_rows } from "./rows";
import { sample } from "./sample";

// The numbers of the kernels.
export const PLAN_RECURRENT_FORWARD: i32 = 0;
export const PLAN_GEMM: i32 = 1;
export const PLAN_FILL_ROWS: i32 = 2;
export const PLAN_GATHER_ROWS: i32 = 3;
export const PLAN_ADD_INT8_ROWS: i32 = 4;
export const PLAN_COPY_ROWS: i32 = 5;
export const PLAN_ADD_SCALED: i32 = 6;
export const PLAN_ADD_FORWARD: i32 = 7;
export const PLAN_MULTIPLY_FORWARD: i32 = 8;
export const PLAN_ACTIVATION_FORWARD: i32 = 9;
export const PLAN_LAYER_NORM_FORWARD: i32 = 10;
export const PLAN_SCALE_COLUMNS: i32 = 11;

/** Bytes of a call. */
export const PLAN_CALL: i32 = 112;

// @ts-ignore: decorator
@inline
function int(call: usize, argument: i32): i32 {
  return i32.load(call + (<usize>argument << 3));
}

// @ts-ignore: decorator
@inline
function float(call: usize, argument: i32): f64 {
  return f64.load(call + (<usize>argument << 3));
}

function runPlan(plan: usize, calls: i32): void {
  for (const end = plan + <usize>(calls * PLAN_CALL); plan < end; plan += PLAN_CALL) {
    const p = plan, a = int(p, 1), b = int(p, 2), c = int(p, 3), d = int(p, 4), e = int(p, 5), f = int(p, 6);
    switch (i32.load(p)) {
      case PLAN_RECURRENT_FORWARD: {
        const functions = changetype<CellFunctions | null>(<usize>b);
        recurrent_forward(
          a, functions, c, d, e, f, int(p, 7), int(p, 8), int(p, 9), int(p, 10), int(p, 11), int(p, 12), int(p, 13),
        );
        break;
      }
      case PLAN_GEMM: gemm(a, b, c, d, e, f, int(p, 7), int(p, 8)); break;
      case PLAN_FILL_ROWS: fill_rows(a, b, c, d, e); break;
      case PLAN_GATHER_ROWS: gather_rows(a, b, c, d, e, f, int(p, 7)); break;
      case PLAN_ADD_INT8_ROWS: add_int8_rows(a, b, c, d, e, f, int(p, 7)); break;
      case PLAN_COPY_ROWS: copy_rows(a, b, c, d, e, f); break;
      case PLAN_ADD_SCALED: add_scaled(a, b, <f32>float(p, 3), d); break;
      case PLAN_ADD_FORWARD: add_forward(a, b, c, d); break;
      case PLAN_MULTIPLY_FORWARD: multiply_forward(a, b, c, d); break;
      case PLAN_ACTIVATION_FORWARD: activation_forward(a, b, c, d, <f32>float(p, 5), <f32>float(p, 6)); break;
      case PLAN_LAYER_NORM_FORWARD: layer_norm_forward(a, b, c, d, e, f, float(p, 7)); break;
      case PLAN_SCALE_COLUMNS: scale_columns(a, b, c, d, e); break;
      default: unreachable();
    }
  }
}

/**
 * Draws up to `most` symbols and writes their numbers to `to`. Draw i uses random block `block` + i; the other arguments are those of
 * `sample`. After each draw, writes the symbol to the address `token` and runs `calls` calls at `plan`, which compute the next
 * logits. Never draws the symbol `unknown`, unless it is -1.
 *
 * Stops early after the symbol `end` or `restart`, and does not run the plan for it. Also stops before a draw that gives -1. Returns
 * the number of symbols.
 */
export function draw_symbols(
  to: usize, most: i32, plan: usize, calls: i32, token: usize, unknown: i32, end: i32, restart: i32,
  logits: usize, n: i32, temperature: f32, k: i32, p: f32, work: usize, seed: f64, block: f64,
): i32 {
  const hidden = at(logits, unknown);
  for (let i = 0; i < most; i++) {
    let kept: f32 = 0;
    if (unknown >= 0) {
      kept = f32.load(hidden);
      f32.store(hidden, -Infinity);
    }
    const symbol = sample(logits, n, temperature, k, p, work, seed, block + i);
    if (unknown >= 0) f32.store(hidden, kept);
    if (symbol < 0) return i;
    i32.store(at(to, i), symbol);
    if (symbol == end || symbol == restart) return i + 1;
    i32.store(token, symbol);
    if (!isDefined(RUN)) runPlan(plan, calls);
  }
  return most;
}
