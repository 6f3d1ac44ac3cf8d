// The same models in ONNX Runtime Web on one thread, as models of a handler. The library only cuts texts and knows the symbols.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { Classifier, createRuntime, LanguageModel, loadModel } from "../../dist/index.js";
import { likeliest } from "./models.mjs";

ort.env.wasm.numThreads = 1;

const ids = (list, shape) => new ort.Tensor("int64", BigInt64Array.from(list, BigInt), shape);

/** @param folder that of `writeModels` */
export async function openPeer(folder) {
  const rt = await createRuntime();
  const read = async (name, kind) => loadModel(rt, await readFile(join(folder, name)), [kind]);
  const [mood, writer] = [
    await read("mood.safetensors", Classifier),
    await read("writer.safetensors", LanguageModel),
  ];
  const session = async (name) =>
    ort.InferenceSession.create(await readFile(join(folder, `${name}.onnx`)), {
      executionProviders: ["wasm"],
    });
  return {
    mood: { model: classifier(await session("mood"), mood) },
    writer: { model: stepper(await session("writer"), writer) },
  };
}

/** Computes texts of a batch together, padded to the longest. */
function classifier(session, { tokens, vocabulary, labels, spec }) {
  const cut = (text) => vocabulary.encodeTokens(tokens.call({ spec }, text));
  return {
    async predict(texts) {
      const all = texts.map(cut);
      const [T, B] = [Math.max(...all.map(({ length }) => length)), all.length];
      const padded = Array.from({ length: T * B }, (_, i) => all[i % B][Math.floor(i / B)] ?? 0);
      const lengths = all.map(({ length }) => length);
      const { probabilities } = await session.run({
        tokens: ids(padded, [T, B]),
        lengths: ids(lengths, [B]),
      });
      const C = labels.size;
      return all.map((_, b) => {
        const own = probabilities.data.subarray(b * C, (b + 1) * C);
        const best = own.indexOf(Math.max(...own));
        const named = Object.fromEntries(labels.symbols.map((label, i) => [label, own[i]]));
        return { label: labels.symbols[best], probability: own[best], probabilities: named };
      });
    },
  };
}

/** Reads a symbol from a state, base64 of h and c. Inputs are { piece, state }. */
function stepper(session, { vocabulary, spec }) {
  const H = spec.hidden;
  const shape = [1, 1, H];
  const step = async ({ piece, state }) => {
    const bytes = state ? Buffer.from(state, "base64") : Buffer.alloc(8 * H);
    const floats = new Float32Array(new Uint8Array(bytes).buffer);
    const outputs = await session.run({
      tokens: ids(vocabulary.encode(piece), [1, 1]),
      h: new ort.Tensor("float32", floats.slice(0, H), shape),
      c: new ort.Tensor("float32", floats.slice(H), shape),
    });
    const next = new Float32Array(2 * H);
    next.set(outputs.h_out.data);
    next.set(outputs.c_out.data, H);
    const kept = Buffer.from(next.buffer).toString("base64");
    return { ...likeliest(vocabulary.symbols, outputs.logits.data), state: kept };
  };
  return {
    async predict(inputs) {
      const outputs = [];
      for (const input of inputs) outputs.push(await step(input));
      return outputs;
    },
  };
}
