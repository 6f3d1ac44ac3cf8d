import { compileKernels, createRuntimeSync, type Runtime, UnrolledError, type Variant } from "unrolled";
import { type KerasOptions, loadKeras } from "unrolled/keras";
import { type GraphOutput, loadOnnx } from "unrolled/onnx";
import {
  createRuntime,
  openModel,
  PackedClassifier,
  PackedTagger,
  type Runtime as RunOnly,
} from "unrolled/run";
import type * as serve from "unrolled/serve";
import type * as storage from "unrolled/storage";
import type * as tasks from "unrolled/tasks";
import { loadTfjs, type TfjsFiles } from "unrolled/tfjs";
import { loadTorch, type TorchSpec } from "unrolled/torch";
import { type WideKernels, wideKernels } from "unrolled/wide";
import { connect } from "unrolled/worker";

const variant: Variant = "strict";
const kernels: WideKernels = await wideKernels({ variant, wide: "off" });
const rt: Runtime = createRuntimeSync({ module: kernels.module, seed: 1 });
const numbers: Float32Array = rt.tensor([1, 2], [2]).toArray();
const running: RunOnly = await createRuntime();
const opened = openModel(running, new Uint8Array(), [PackedClassifier, PackedTagger]);
opened satisfies PackedClassifier | PackedTagger;
const detector = loadOnnx(running, new Uint8Array(), { dims: { batch: 1 }, constants: { sr: 16000 } });
const listener = detector.stream({ state: { next_state: "state" }, constants: { rate: 8000n } });
export const heard: GraphOutput["data"] | undefined = listener.step({ frames: new Float32Array(64) }).voice;
const { state } = detector.stream();
listener.state = state;
const config: KerasOptions = { config: "{}" };
export const { dense } = loadKeras(rt, new Uint8Array(), config).run({ x: { data: [1, 2], shape: [1, 2] } });
const files: TfjsFiles = { model: "{}", weights: [new Uint8Array()] };
loadTfjs(rt, files).dispose();
const spec: TorchSpec = { cell: "GRU", hidden: 8, embedding: [27, 8] };
loadTorch(running, new Uint8Array(), { spec }).reset();
// @ts-expect-error a misspelt option
loadOnnx(rt, new Uint8Array(), { dim: {} });
// @ts-expect-error a state_dict says nothing of its model
loadTorch(rt, new Uint8Array(), {});
// @ts-expect-error PyTorch has no such cell
loadTorch(rt, new Uint8Array(), { spec: { cell: "MGU", hidden: 8 } });
// @ts-expect-error a misspelt option
createRuntime({ varaint: "strict" });
const worker = await connect();
worker.release();
const classifier = await connect<"classifier">();
const data = "praise\tgood film\nblame\tdull film\n".repeat(20);
await classifier.start({ task: "classifier", data, spec: { pooling: "max" }, labelFirst: true });
const percent = ({ accuracy }: tasks.EvaluationOf<"classifier">) => `${100 * accuracy}%`;
const { last } = await classifier.train({ onValidation: ({ evaluation }) => percent(evaluation) });
const [first] = await classifier.predict(["good book"]); // a Classification: label, probability, probabilities
const { f1 } = await classifier.evaluate({ data, labelFirst: true });
// @ts-expect-error a misspelt field
classifier.start({ task: "classifier", data: "", spec: { poolng: "max" } });
// @ts-expect-error an option of taggers
classifier.start({ task: "classifier", data: "", tagColumn: 2 });
// @ts-expect-error an option of encoder-decoders
classifier.evaluate({ data: "", beam: 4 });
// @ts-expect-error a classifier does not write
classifier.generate();
// @ts-expect-error a misspelt option
worker.generate({ lenght: 3 });
// @ts-expect-error a runtime without waiting needs a module
createRuntimeSync({ seed: 1 });
// @ts-expect-error there are two builds
await compileKernels("fast");
// @ts-expect-error memory is the business of operations
rt.allocate(1);
// @ts-expect-error as is the address of a gradient
rt.zeros([1]).gradPtr();
export type Entries = [typeof serve, typeof storage, typeof tasks];
export const scores: [number, string, string] = [f1, first!.label, percent(last)];
export const length: number = numbers.length;
export const code: string = new UnrolledError("ERR_VALUE", "").code;
