import * as unrolled from "../../../src/index.ts";
import { type Any, module, type Row, rt, setter, x } from "./setup.ts";

/** Runtimes, tensors and random numbers. */
export const rows: readonly Row[] = [
  ["createRuntime", () => [{}], unrolled.createRuntime],
  ["createRuntimeSync", () => [{ module }], unrolled.createRuntimeSync],
  ["createRuntime: variant", () => ["auto"], (variant) => unrolled.createRuntime({ variant })],
  ["createRuntime: seed", () => [1], (seed) => unrolled.createRuntime({ seed, variant: "strict" })],
  ["createRuntimeSync: module", () => [module], (module) => unrolled.createRuntimeSync({ module })],
  ["compileKernels", () => ["strict"], unrolled.compileKernels],
  ["Runtime.tensor", () => [[1, 2], [2], {}], (...args: Any) => (rt.tensor as Any)(...args)],
  ["Runtime.zeros", () => [[2], {}], (...args: Any) => (rt.zeros as Any)(...args)],
  ["Runtime.backward", () => [[x()], []], (...args: Any) => (rt.backward as Any)(...args)],
  ["Runtime.scope", () => [() => 1], (f) => rt.scope(f)],
  ["Runtime.noGrad", () => [() => 1], (f) => rt.noGrad(f)],
  [
    "Runtime.random.state",
    () => [{ seed: 1, position: 1 }],
    (state) => {
      rt.random.state = state;
    },
  ],
  [
    "Tensor.backward",
    () => [rt.tensor([1])],
    (seed) => unrolled.sum(rt.tensor([1], [1], { requiresGrad: true })).backward(seed),
  ],
  setter("Tensor.requiresGrad", x, () => true),

  setter(
    "Random.state",
    () => rt.random,
    () => ({ seed: 1, position: 1 }),
  ),
];
