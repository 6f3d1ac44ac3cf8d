import { counted, shortened, UnrolledError } from "../errors.ts";
import type { StoredTensor } from "../io/safetensors.ts";
import { sizeOf } from "../runtime/shapes.ts";
import type { Weight } from "../runtime/weight.ts";
import type { Workspace } from "../runtime/workspace.ts";
import { show } from "../schema.ts";

/**
 * The weights of a model file, by their names. Packing copies one after the other into scratch memory, so that memory has room for the
 * packed weights and the largest one.
 */
export class StoredWeights {
  /** The runtime that packs the weights. */
  readonly runtime: Workspace;
  readonly #tensors: Readonly<Record<string, StoredTensor>>;
  readonly #asked = new Map<string, number>();

  constructor(runtime: Workspace, tensors: Readonly<Record<string, StoredTensor>>) {
    this.runtime = runtime;
    this.#tensors = tensors;
  }

  /** How many numbers the weights that were asked for have. */
  get size(): number {
    return [...this.#asked.values()].reduce((sum, size) => sum + size, 0);
  }

  /**
   * Returns a weight, whose numbers are copied when its address is read.
   *
   * @throws ERR_FORMAT if the file has no such weight, ERR_SHAPE if it has another shape
   */
  weight(name: string, ...shape: number[]): Weight {
    this.#expect(name, shape);
    const rt = this.runtime;
    const numbers = () => this.#numbers(name);
    const size = sizeOf(shape);
    return {
      shape,
      size,
      part(first, count) {
        const ptr = rt.scratch(count);
        rt.floats(ptr, count).set(numbers().subarray(first, first + count));
        if (rt.kernels.first_nonfinite(ptr, count) >= 0) throw notFinite(name);
        return ptr;
      },
      get ptr() {
        return this.part!(0, size);
      },
    };
  }

  /** Returns the numbers of a vector, which must not be changed. @throws the errors of `weight`, ERR_VALUE if one is not finite */
  vector(name: string, length: number): Float32Array {
    this.#expect(name, [length]);
    const numbers = this.#numbers(name);
    if (numbers.every(Number.isFinite)) return numbers;
    throw notFinite(name);
  }

  /** Checks that all weights were asked for. @throws ERR_FORMAT if the file has others */
  end(): void {
    const unknown = Object.keys(this.#tensors).find((name) => !this.#asked.has(name));
    if (unknown !== undefined) {
      throw new UnrolledError("ERR_FORMAT", `openModel: ${shortened(unknown)} is unknown here`);
    }
  }

  #expect(name: string, shape: readonly number[]): void {
    const given = this.#tensors[name];
    this.#asked.set(name, sizeOf(shape));
    if (given && show(given.shape) === show(shape)) return;
    const problem = given
      ? `[${given.shape}] with ${counted(sizeOf(given.shape), "element", "elements")}`
      : "missing";
    throw new UnrolledError(
      given ? "ERR_SHAPE" : "ERR_FORMAT",
      `openModel: ${name} is ${problem}, expected [${shape}]`,
    );
  }

  #numbers(name: string): Float32Array {
    const { data } = this.#tensors[name]!;
    if (data instanceof Float32Array) return data;
    throw notFinite(name);
  }
}

function notFinite(name: string): UnrolledError {
  return new UnrolledError("ERR_VALUE", `openModel: ${name}: expected finite floats`);
}
