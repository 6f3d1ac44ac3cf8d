import { UnrolledError } from "../errors.ts";
import { freeLayer, type PackedLayer } from "../nn/stream/layer.ts";
import type { Workspace } from "../runtime/workspace.ts";
import type { Graph, GraphNode, Value } from "./graph.ts";
import type { GraphKernels } from "./graph-kernels.ts";
import { graphKernels } from "./kernels.ts";
import { Slot } from "./slot.ts";
import { copyTo } from "./values.ts";

/** Words of memory that values may take beside what `budgetOf` adds for weights and inputs: 32 MiB. */
const BASE_WORDS = 8 << 20;
/** How many words values may take for each number of the weights, and of the inputs of a call. */
const PER_WEIGHT = 64;
const PER_INPUT = 4096;

/**
 * Runs a graph for inputs by name.
 *
 * @param constants values of graphs around it that are the same in every call
 * @returns its outputs
 */
export type RunBody = (
  body: Graph,
  inputs: ReadonlyMap<string, Value>,
  constants: ReadonlyMap<string, Value>,
) => Value[];

/** What the plans of a graph share: the runtime, constants in its memory, and packed weights. */
export class Session {
  readonly runtime: Workspace;
  readonly graphKernels: GraphKernels;
  /** Runs a body of a node. The runner of the graph sets it. */
  runBody: RunBody | undefined;
  /** How many rounds of loops the running call has done. */
  rounds = 0;
  readonly #placed = new Map<Value, number>();
  readonly #made = new Map<Value, Map<string, number>>();
  readonly #layers = new Map<GraphNode, Map<string, PackedLayer>>();
  readonly #kept = new Set<Value>();
  #weights = 0;
  #closed = false;

  constructor(runtime: Workspace) {
    this.runtime = runtime;
    this.graphKernels = graphKernels(runtime);
  }

  /** Runs `fn`, which plans. Frees its scratch blocks, but no others if it throws: constants and packed weights are kept for other plans. */
  guard<T>(fn: () => T): T {
    const attempt = (): (() => T) => {
      try {
        const result = fn();
        return () => result;
      } catch (error) {
        return () => {
          throw error;
        };
      }
    };
    return this.runtime.frame(attempt)();
  }

  /** Makes a slot for a constant that all plans share. */
  keep(value: Value): Slot {
    if (!this.#kept.has(value)) this.#weights += value.data.length;
    this.#kept.add(value);
    return new Slot(value.dtype, value.shape, value);
  }

  /** Whether a value is shared by all plans. */
  isKept(value: Value): boolean {
    return this.#kept.has(value);
  }

  /** Returns the address of a shared constant's numbers, which are copied at the first time. */
  place(value: Value): number {
    let at = this.#placed.get(value);
    if (at === undefined) {
      at = this.runtime.allocate(Math.max(1, value.data.length));
      copyTo(this.runtime, at, value);
      this.#placed.set(value, at);
    }
    return at;
  }

  /** Returns the address of what `make` makes of a shared constant, at the first time. @param form names what is made */
  made(value: Value, form: string, make: () => number): number {
    return once(this.#made, value, form, make);
  }

  /** Returns packed weights of a node, which `pack` makes at the first time. @param form names what is packed */
  layer(node: GraphNode, form: string, pack: () => PackedLayer): PackedLayer {
    return once(this.#layers, node, form, pack);
  }

  /** Returns how many words the values of a plan may take. @param inputs how many numbers the inputs have */
  budgetOf(inputs: number): number {
    return BASE_WORDS + PER_WEIGHT * this.#weights + PER_INPUT * inputs;
  }

  /** Refuses further calls: what they would allocate, nobody frees. */
  close(): void {
    this.#closed = true;
  }

  /** @throws ERR_DISPOSED if the model or its runtime was disposed */
  checkOpen(): void {
    if (this.runtime.disposed)
      throw new UnrolledError("ERR_DISPOSED", "the runtime of the model was disposed");
    if (this.#closed) throw new UnrolledError("ERR_DISPOSED", "the model was disposed; load it again");
  }

  dispose(): void {
    if (!this.runtime.disposed) {
      for (const at of this.#placed.values()) this.runtime.free(at);
      for (const forms of this.#made.values()) for (const at of forms.values()) this.runtime.free(at);
    }
    for (const forms of this.#layers.values())
      for (const layer of forms.values()) freeLayer(this.runtime, layer);
    this.#placed.clear();
    this.#made.clear();
    this.#layers.clear();
    this.#kept.clear();
    this.#weights = 0;
  }
}

/** Returns what is kept for a key and a form. `make` makes it at the first time. */
function once<K, V>(kept: Map<K, Map<string, V>>, key: K, form: string, make: () => V): V {
  const forms = kept.get(key) ?? new Map<string, V>();
  kept.set(key, forms);
  const found = forms.get(form) ?? make();
  forms.set(form, found);
  return found;
}

/** Refuses more memory than a model of this size can need. */
export function tooLarge(what: string, words: number): UnrolledError {
  return new UnrolledError(
    "ERR_MEMORY",
    `${what}: values of ${(words / 2 ** 18).toFixed(0)} MiB are more than a model of this size can need`,
  );
}
