import { UnrolledError } from "../errors.ts";
import type { Kernels } from "./kernels.ts";
import { Runtime } from "./runtime.ts";
import { sizeOf } from "./shapes.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Returns how many numbers the parameters and buffers made by `build` have in total. Allocates no memory for them. `build` gets a
 * runtime whose tensors have shapes but no memory, like torch's device `meta`.
 *
 * @param limit the largest total allowed, default no limit. Counting stops once the total is larger, to save time
 * @throws ERR_MEMORY if the total is above `limit`
 */
export function measure(build: (runtime: Runtime) => unknown, limit = Number.POSITIVE_INFINITY): number {
  let size = 0;
  class MetaRuntime extends Runtime {
    override persistent(...args: Parameters<Runtime["persistent"]>): Tensor {
      size += sizeOf(args[0]);
      if (size > limit) {
        throw new UnrolledError(
          "ERR_MEMORY",
          `the tensors hold ${limit} numbers, but the spec and its tables need more`,
        );
      }
      return super.persistent(...args);
    }

    override allocate(): number {
      return 0;
    }

    override free(): void {}

    override floats(): Float32Array {
      return new Float32Array();
    }

    override ints(): Int32Array {
      return new Int32Array();
    }
  }
  const kernels = new Proxy({}, { get: () => () => 0 }) as Kernels;
  build(new MetaRuntime({ variant: "strict", kernels, memory: new WebAssembly.Memory({ initial: 0 }) }, 1));
  return size;
}
