import text from "#wasm/graph.js";
import { UnrolledError } from "../errors.ts";
import { decode } from "../runtime/load.ts";
import type { Workspace } from "../runtime/workspace.ts";
import type { GraphKernels } from "./graph-kernels.ts";

let module: WebAssembly.Module | undefined;

/** Gives the compiled kernels, for platforms that forbid compiling. */
export function useKernels(compiled: WebAssembly.Module): void {
  module = compiled;
}

/** Returns the kernels of graphs, which work on the memory of a runtime. @throws ERR_WASM if compiling is forbidden here */
export function graphKernels(rt: Workspace): GraphKernels {
  const { memory } = rt.kernels as unknown as { memory: WebAssembly.Memory };
  try {
    module ??= new WebAssembly.Module(decode(text));
    return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as GraphKernels;
  } catch (cause) {
    throw new UnrolledError("ERR_WASM", `the kernels of graphs do not load (${String(cause)})`, { cause });
  }
}
