import { compileKernels, createRuntimeSync, type Runtime, UnrolledError, type Variant } from "unrolled";
import type * as serve from "unrolled/serve";
import type * as storage from "unrolled/storage";
import type * as tasks from "unrolled/tasks";
import { connect } from "unrolled/worker";

const variant: Variant = "strict";
const rt: Runtime = createRuntimeSync({ module: await compileKernels(variant), seed: 1 });
const numbers: Float32Array = rt.tensor([1, 2], [2]).toArray();
const worker = await connect();
worker.release();
// @ts-expect-error a runtime without waiting needs a module
createRuntimeSync({ seed: 1 });
// @ts-expect-error there are two builds
await compileKernels("fast");
// @ts-expect-error memory is the business of operations
rt.allocate(1);
// @ts-expect-error as is the address of a gradient
rt.zeros([1]).gradPtr();
export type Entries = [typeof serve, typeof storage, typeof tasks];
export const length: number = numbers.length;
export const code: string = new UnrolledError("ERR_VALUE", "").code;
