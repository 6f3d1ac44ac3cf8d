// One step of one sequence, with weights of floats and of 8 bits, compared with ONNX Runtime Web on one thread: prints
// [{name, ours, int8, theirs}], seconds per step.

import * as ort from "onnxruntime-web";
import { effort, kernels, repeat, unrolled } from "../library.mjs";
import { recurrentModel } from "../onnx-model.mjs";
import { interleave } from "../timer.mjs";

const CASES = [
  ["LSTM", 64],
  ["LSTM", 128],
  ["LSTM", 256],
  ["LSTM", 512],
  ["GRU", 64],
  ["GRU", 256],
];

/** Maximum difference that rounding explains. */
const TOLERANCE = 1e-5;

/** Seconds. The cache cannot hold the weights of both, so samples are long enough to amortise loading one's own. */
const SAMPLE = 5e-3;

ort.env.wasm.numThreads = 1;

/** A session with its states: the output states of a step are the input of the next, without a copy. */
class Peer {
  #session;
  #feeds;

  static async open(type, stateDict, H) {
    const peer = new Peer();
    peer.#session = await ort.InferenceSession.create(recurrentModel(type, stateDict));
    const tensor = () => new ort.Tensor("float32", new Float32Array(H), [1, 1, H]);
    peer.#feeds = { X: tensor(), initial_h: tensor(), ...(type === "LSTM" && { initial_c: tensor() }) };
    return peer;
  }

  async step(x) {
    this.#feeds.X.data.set(x);
    const { Y_h, Y_c } = await this.#session.run(this.#feeds);
    this.#feeds.initial_h = Y_h;
    if (Y_c) this.#feeds.initial_c = Y_c;
    return Y_h.data;
  }
}

async function checkSameNumbers(name, stream, peer, x) {
  for (let step = 0; step < 10; step++) {
    const ours = stream.step(x);
    const theirs = await peer.step(x);
    const difference = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));
    if (!(difference <= TOLERANCE))
      throw new Error(`${name}: the numbers differ by ${difference} in step ${step}`);
  }
}

async function compare(rt, [type, H]) {
  const name = `${type} ${H}`;
  const layer = new unrolled.nn[type](rt, { inputSize: H, hiddenSize: H });
  const stream = layer.pack().stream();
  const int8 = layer.pack({ dtype: "int8" }).stream();
  const peer = await Peer.open(type, layer.stateDict(), H);
  const x = Float32Array.from({ length: H }, (_, i) => Math.sin(i));
  await checkSameNumbers(name, stream, peer, x);
  const seconds = await interleave(
    {
      ours: repeat(() => stream.step(x)),
      int8: repeat(() => int8.step(x)),
      theirs: async (n) => {
        for (let i = 0; i < n; i++) await peer.step(x);
      },
    },
    3 * effort,
    SAMPLE,
  );
  return { name, ...seconds };
}

const rt = await unrolled.createRuntime(kernels);
const results = [];
for (const one of CASES) results.push(await compare(rt, one));
console.log(JSON.stringify(results));
