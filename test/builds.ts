import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import { afterEach, beforeEach, describe } from "vitest";
import type { Kernels } from "../src/runtime/kernels.ts";
import { supportsRelaxed } from "../src/runtime/variant.ts";
import { Arena } from "./arena.ts";

export type BuildName = "strict" | "relaxed" | "wide-strict" | "wide-relaxed" | "debug";

export interface Build {
  readonly name: BuildName;
  /** Why this engine cannot run the build and how to make it; empty if it can. */
  readonly missing: string;
  /** The kernels, each called in two instances of the build, which must return the same. */
  readonly kernels: Kernels;
  /** The memory that both instances see: one each, with the same contents. */
  readonly arena: Arena;
}

const NO_RELAXED =
  "not run: this engine has no relaxed SIMD; use Node 20 with --experimental-wasm-relaxed-simd, as vitest.config.ts does, or a later Node";

/** Every build, with its twin that must give the same bits: those of the debug and the wide builds. */
export const builds: readonly Build[] = [
  load("strict", "strict"),
  load("debug", "strict"),
  load("relaxed", "relaxed", supportsRelaxed() ? "" : NO_RELAXED),
  load("wide-strict", "strict"),
  load("wide-relaxed", "relaxed", supportsRelaxed() ? "" : NO_RELAXED),
];

/** Reads the bytes of a build. */
export function wasmOf(name: BuildName): Uint8Array<ArrayBuffer> {
  const file = new URL(`../dist/named/${name}.wasm`, import.meta.url);
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new Error(`${file.pathname} cannot be read: run npm run build first`, { cause });
  }
}

/**
 * Describes `subject` once for every build. Each test begins with an empty arena. After it, everything except the outputs
 * must be unchanged, and the two instances must agree bit for bit.
 */
export function describeBuilds(subject: string, define: (build: Build) => void): void {
  for (const build of builds) {
    const { name, missing, arena } = build;
    describe.skipIf(missing)(`${subject} [${name}]${missing && ` ${missing}`}`, () => {
      beforeEach(() => arena.clear());
      afterEach(() => arena.check());
      define(build);
    });
  }
}

/** Makes a build that is compiled when its first kernel is called. */
function load(name: BuildName, twin: BuildName, missing = ""): Build {
  const arena = new Arena();
  let instances: Record<string, (...args: unknown[]) => unknown>[] = [];
  const call = (kernel: string, args: unknown[]): unknown => {
    if (instances.length === 0) instances = [name, twin].map((build, i) => instantiate(build, arena, i));
    const [result, other] = instances.map((instance) => instance[kernel]!(...args));
    if (!Object.is(result, other))
      throw new Error(`${kernel} returns ${result} in ${name}, ${other} in ${twin}`);
    return result;
  };
  const kernels = new Proxy({} as Kernels, {
    get:
      (_, kernel) =>
      (...args: unknown[]) =>
        call(String(kernel), args),
  });
  return { name, missing, kernels, arena };
}

function instantiate(
  name: BuildName,
  arena: Arena,
  i: number,
): Record<string, (...args: unknown[]) => unknown> {
  const { exports } = instantiateSync(wasmOf(name), { env: { memory: arena.memories[i] } });
  const kernels = exports as unknown as Kernels;
  if (kernels.heap_base() > Arena.BASE) throw new Error(`${name}: the arena begins within the static data`);
  return exports as unknown as Record<string, (...args: unknown[]) => unknown>;
}
