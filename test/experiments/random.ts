import * as fc from "fast-check";
import { expect } from "vitest";

/** Seeds of the generators. */
export const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** Expects a share of many draws to be what it should be, as far as chance lets it. */
export function expectNear(share: number, expected: number, label = "share"): void {
  expect(Math.abs(share - expected), `${label} is ${share}, expected ${expected}`).toBeLessThan(0.015);
}
