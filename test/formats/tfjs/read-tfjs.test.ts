import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnrolledError } from "../../../src/errors.ts";
import { readTfjs } from "../../../src/formats/tfjs/read-tfjs.ts";
import { expectError } from "../../runtimes.ts";
import { evaluator } from "../evaluate.ts";
import { counted, layer, sequential } from "../layers/models.ts";

const KERNEL = [3, 8];
const RECURRENT = [2, 8];
const BIAS = [8];

interface Weight {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: object;
}

const float = (name: string, shape: number[]): Weight => ({ name, shape, dtype: "float32" });

/** A model of one LSTM and its weights, one after the other. */
const lstm = [float("l/kernel", KERNEL), float("l/recurrent_kernel", RECURRENT), float("l/bias", BIAS)];
const numbers = [KERNEL, RECURRENT, BIAS].map((shape) => counted(...shape).data as Float32Array);
const bytesOf = (arrays: ArrayBufferView[]) =>
  Uint8Array.from(arrays.flatMap((a) => [...new Uint8Array(a.buffer, a.byteOffset, a.byteLength)]));
const bytes = bytesOf(numbers);

const topology = sequential([4, 3], layer("LSTM", { name: "l", units: 2, recurrent_activation: "sigmoid" }));
const file = (
  weightsManifest: unknown,
  modelTopology: unknown = { ...topology, keras_version: "tfjs-layers 4.22.0" },
) => ({
  format: "layers-model",
  modelTopology,
  weightsManifest,
});
const manifest = (weights: Weight[], ...paths: string[]) => [
  { paths: paths.length ? paths : ["a.bin"], weights },
];

const constantsOf = (model: string | Uint8Array | object, weights: Uint8Array[]) =>
  [...readTfjs({ model, weights }).constants].map(([name, { shape, data }]) => [name, shape, [...data]]);
const expected = constantsOf(file(manifest(lstm)), [bytes]);

const refused = (call: () => unknown, message: RegExp): void => expectError(call, "ERR_FORMAT", message);

describe("readTfjs", () => {
  it("names inputs and outputs", () => {
    const graph = readTfjs({ model: file(manifest(lstm)), weights: [bytes] });
    expect(graph.inputs).toEqual([{ name: "x", dtype: "float32", shape: ["batch", 4, 3] }]);
    expect(graph.outputs).toEqual([{ name: "l", dtype: "float32", shape: [null, 2] }]);
    const x = { shape: [1, 4, 3], data: Array.from({ length: 12 }, (_, i) => i / 12) };
    expect(evaluator(graph)({ x }).l!.shape).toEqual([1, 2]);
  });

  it("reads text, bytes and objects, and the layouts of 2018 to 2020", () => {
    const model = file(manifest(lstm));
    const text = JSON.stringify(model);
    expect(constantsOf(text, [bytes])).toEqual(expected);
    expect(constantsOf(new TextEncoder().encode(text), [bytes])).toEqual(expected);
    const old = { keras_version: "2.1.5", backend: "tensorflow", model_config: topology };
    expect(constantsOf({ modelTopology: old, weightsManifest: manifest(lstm) }, [bytes])).toEqual(expected);
    const inText = { ...old, model_config: JSON.stringify(topology) };
    expect(constantsOf(file(manifest(lstm), inText), [bytes])).toEqual(expected);
  });

  it("reads shards that are cut anywhere, in one group or several", () => {
    const ends = numbers.map((_, i) => bytesOf(numbers.slice(0, i + 1)).length);
    const cuts = fc
      .array(fc.nat(bytes.length), { maxLength: 6 })
      .map((list) => [0, ...list.sort((m, n) => m - n), bytes.length]);
    fc.assert(
      fc.property(cuts, fc.nat(3), fc.boolean(), (places, apart, isJoined) => {
        // the first weights have a group and a file of their own
        const first = apart ? ends[apart - 1]! : 0;
        const rest = places.map((place) => Math.max(first, place));
        const shards = rest.slice(1).map((end, i) => bytes.slice(rest[i], end));
        const groups = [
          ...(apart ? [{ paths: ["first"], weights: lstm.slice(0, apart) }] : []),
          { paths: shards.map((_, i) => `group2-shard${i}`), weights: lstm.slice(apart) },
        ];
        const all = [...(apart ? [bytes.slice(0, first)] : []), ...shards];
        const given = isJoined ? [bytes] : all;
        if (isJoined && all.length > 1) expect(constantsOf(file(groups), given)).toEqual(expected);
        else if (!isJoined) expect(constantsOf(file(groups), given)).toEqual(expected);
      }),
    );
  });

  it("refuses more or fewer bytes and files than the manifest needs", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        refused(
          () => readTfjs({ model: file(manifest(lstm)), weights: [bytes.slice(0, length)] }),
          /needs \d+ bytes, but/,
        );
      }),
      { numRuns: 20 },
    );
    const more = new Uint8Array(bytes.length + 3);
    refused(() => readTfjs({ model: file(manifest(lstm)), weights: [more] }), /3 bytes are left/);
    refused(() => readTfjs({ model: file(manifest(lstm, "a", "b")), weights: [more] }), /3 bytes are left/);
    refused(
      () => readTfjs({ model: file(manifest(lstm)), weights: [] }),
      /0 arrays of weights, but the manifest names 1 files/,
    );
    refused(() => readTfjs({ model: file(manifest(lstm)), weights: [bytes, bytes] }), /2 arrays of weights/);
  });

  it("reads quantised weights", () => {
    const stored = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
    const model = (quantization: object) => file(manifest([{ ...lstm[0]!, quantization }, ...lstm.slice(1)]));
    const dense = (array: ArrayBufferView) => bytesOf([array, ...numbers.slice(1)]);
    const kernel = (made: unknown[][]) => made.find(([name]) => name === "l/kernel")!;
    /** ONNX's order of gates, [1, 8, 3] of [3, 8] with i, f, c, o. */
    const ordered = (values: number[]) =>
      [0, 1, 6, 7, 2, 3, 4, 5].flatMap((column) =>
        [0, 1, 2].map((row) => Math.fround(values[row * 8 + column]!)),
      );
    const eight = constantsOf(model({ dtype: "uint8", scale: 0.5, min: -2 }), [dense(stored)]);
    expect(kernel(eight)[2]).toEqual(ordered([...stored].map((n) => n * 0.5 - 2)));
    const wide = Uint16Array.from(stored, (n) => n * 200);
    const sixteen = constantsOf(model({ dtype: "uint16", scale: 0.001, min: -2 }), [dense(wide)]);
    expect(kernel(sixteen)[2]).toEqual(ordered([...wide].map((n) => n * 0.001 - 2)));
    const half = constantsOf(model({ dtype: "float16" }), [dense(new Uint16Array(24).fill(0xc100))]);
    expect(kernel(half)[2]).toEqual(Array(24).fill(-2.5));
    for (const quantization of [
      { dtype: "uint4", scale: 1, min: 0 },
      { dtype: "uint8" },
      { dtype: "uint8", scale: "1", min: 0 },
      8,
    ]) {
      refused(() => readTfjs({ model: model(quantization as object), weights: [bytes] }), /quantization/);
    }
  });

  it("finds weights by the names that TF.js and the converter give", () => {
    const names = (...prefixes: string[]) =>
      prefixes.flatMap((prefix) => lstm.map(({ name, shape }) => float(name.replace("l/", prefix), shape)));
    const twice = bytesOf([...numbers, ...numbers]);
    const inner = layer("LSTM", { name: "l", units: 2 });
    const read = (one: ReturnType<typeof layer>, weights: Weight[], all: Uint8Array, shape = [4, 3]) =>
      readTfjs({ model: file(manifest(weights), sequential(shape, one)), weights: [all] }).constants.size;
    const plain = read(inner, lstm, bytes);
    const bi = layer("Bidirectional", { name: "b", layer: inner });
    expect(read(bi, names("b/forward_l/", "b/backward_l/"), twice)).toBeGreaterThan(plain);
    expect(read(bi, names("b/forward_l/lstm_cell_1/", "b/backward_l/lstm_cell_2/"), twice)).toBeGreaterThan(
      plain,
    );
    const nested = {
      class_name: "Sequential",
      config: { name: "m", layers: sequential([4, 3], inner).config },
    };
    expect(read(nested as ReturnType<typeof layer>, lstm, bytes)).toBe(plain);
    expect(read(inner, names("l/lstm_cell/"), bytes)).toBe(plain);
    const td = layer("TimeDistributed", { name: "td", layer: inner });
    expect(read(td, names("td/"), bytes, [5, 4, 3])).toBeGreaterThanOrEqual(plain);
    refused(() => read(inner, names("other/"), bytes), /layer "l" \(LSTM\): 0 weights, expected 3/);
    refused(
      () => read(bi, names("b/forward_l/", "b/forward_l/"), twice),
      /two weights are called "b\/forward_l\/kernel"/,
    );
  });

  it("refuses paths that leave the folder of the model", () => {
    for (const path of [
      "../w.bin",
      "a/../../w.bin",
      "/etc/passwd",
      "https://example.org/w.bin",
      "file:w",
      "\\\\host\\w",
      "a\\..\\w",
      5,
      null,
    ]) {
      refused(
        () => readTfjs({ model: file([{ paths: [path], weights: lstm }]), weights: [bytes] }),
        /does not name a file beside the model/,
      );
    }
    expect(constantsOf(file(manifest(lstm, "weights/a..b.bin")), [bytes])).toEqual(expected);
  });

  it("refuses graph models, and says what to do", () => {
    for (const model of [
      { format: "graph-model", modelTopology: {}, weightsManifest: [] },
      file([], { node: [], versions: {} }),
    ]) {
      refused(() => readTfjs({ model, weights: [] }), /graph model.*tfjs_layers_model.*ONNX/);
    }
  });

  it("refuses shapes that need more memory than the file has", () => {
    for (const shape of [
      [2 ** 31, 2 ** 31],
      [1e9],
      [-3],
      [1.5],
      [Number.MAX_SAFE_INTEGER, 0, 3],
      Array(9).fill(1),
      "8",
      null,
    ]) {
      refused(
        () => readTfjs({ model: file(manifest([float("l/kernel", shape as number[])])), weights: [bytes] }),
        /weight "l\/kernel"|bytes are left/,
      );
    }
  });

  it("never throws anything else", () => {
    const part = fc.oneof(fc.anything(), fc.constantFrom("float32", "l", 3, -1, [3, 8], { dtype: "uint8" }));
    const weight = fc.record(
      { name: fc.oneof(fc.constant("l/kernel"), part), shape: part, dtype: part, quantization: part },
      { requiredKeys: [] },
    );
    const groups = fc.oneof(
      fc.anything(),
      fc.array(
        fc.record({ paths: fc.oneof(part, fc.constant(["a"])), weights: fc.oneof(part, fc.array(weight)) }),
      ),
    );
    fc.assert(
      fc.property(
        groups,
        fc.oneof(fc.anything(), fc.constant(topology)),
        (weightsManifest, modelTopology) => {
          try {
            readTfjs({ model: file(weightsManifest, modelTopology), weights: [bytes] });
          } catch (error) {
            if (!(error instanceof UnrolledError)) throw error;
          }
        },
      ),
    );
    for (const model of ["", "[]", "{", "null", new Uint8Array(3)])
      refused(() => readTfjs({ model, weights: [] }), /model.json/);
    refused(() => readTfjs({ model: { modelTopology: 5 }, weights: [] }), /no modelTopology/);
    expect(() => readTfjs({ model: {}, weights: [5 as never] })).toThrow(UnrolledError);
    expect(() => readTfjs({ model: {}, weights: [], fetch: 1 } as never)).toThrow(/unknown option fetch/);
  });
});
