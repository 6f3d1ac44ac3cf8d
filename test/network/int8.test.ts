import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import {
  parseSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  serializeSafetensors,
} from "../../src/io/safetensors.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { LanguageModelTrainer } from "../../src/models/language-model/trainer.ts";
import { dequantized, quantized } from "../../src/network/int8.ts";
import { loadModel, parseModel, serializeModel } from "../../src/network/model-file.ts";
import { measure } from "../../src/runtime/meta.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { DEFAULT_RECIPE } from "../../src/train/recipe.ts";
import { smallModel } from "../models/language-model/model.ts";
import { expectError, startRuntime } from "../runtimes.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

/** Quantises a matrix of these rows. */
function quantize(rows: readonly (readonly number[])[]) {
  const shape = [rows.length, rows[0]!.length];
  const stored = quantized({ w: { shape, data: Float32Array.from(rows.flat()) } });
  return { q: [...stored.w!.data], scales: stored["w.scale"]!.data, stored };
}

/** Quantises a matrix and reads it back. */
function rounded(rows: readonly (readonly number[])[]): Float32Array {
  const { stored } = quantize(rows);
  const parameter = rt.parameter([rows.length, rows[0]!.length]);
  dequantized(stored, { w: parameter });
  return Float32Array.from(parameter.data);
}

describe("a quantised matrix", () => {
  it("has a scale for each row, and numbers from -127 to 127", () => {
    const { q, scales } = quantize([
      [1, -0.3, 0.25],
      [-12.7, 0.1, 12.7],
    ]);
    expect(q).toEqual([127, -38, 32, -127, 1, 127]);
    expect(scales).toEqual(Float32Array.of(1 / 127, 0.1));
  });

  it("has rows of zeros, without NaN", () => {
    expect(quantize([[0, -0]])).toMatchObject({ q: [0, 0], scales: Float32Array.of(0) });
    expect(rounded([[0, 0]])).toEqual(Float32Array.of(0, 0));
    expect(rounded([[1e-40, -1e-44]]), "a scale below the normal numbers").toEqual(Float32Array.of(0, 0));
  });

  const weight = fc.float({
    noNaN: true,
    noDefaultInfinity: true,
    max: Math.fround(1e38),
    min: Math.fround(-1e38),
  });
  const matrix = fc
    .nat({ max: 5 })
    .chain((width) =>
      fc.array(fc.array(weight, { minLength: width + 1, maxLength: width + 1 }), { minLength: 1 }),
    );

  it("rounds halves to even numbers, as the kernels do", () => {
    expect(quantize([[127, 1.5, 2.5, -0.5, -1.5]]).q).toEqual([127, 2, 2, 0, -2]);
  });

  it("changes by at most half a step of its row", () => {
    fc.assert(
      fc.property(matrix, (rows) => {
        const read = rounded(rows);
        const { scales } = quantize(rows);
        rows.flat().forEach((w, i) => {
          const step = scales[Math.floor(i / rows[0]!.length)]! || 1e-34;
          expect(Math.abs(w - read[i]!)).toBeLessThanOrEqual(step * 0.50001);
        });
      }),
    );
  });

  it("is the same if it is quantised again, whatever its numbers", () => {
    fc.assert(
      fc.property(matrix, (rows) => {
        const { stored } = quantize(rows);
        const again = quantized({ w: { shape: stored.w!.shape, data: rounded(rows) } });
        expect(again).toEqual(stored);
      }),
      { numRuns: 500 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 3.4028234663852886e38])("cannot have %d", (number) => {
    expectError(() => quantize([[1], [number]]), "ERR_NAN", "row 1 of w cannot be quantised");
  });
});

describe("a model file of int8", () => {
  const options = { hidden: 32, embedding: 16, layers: 2, head: [8] };

  it("has 8 bits for each number of a matrix, float32 for the vectors, and says it", () => {
    const model = smallModel(rt, options);
    const { metadata, tensors } = parseSafetensors(serializeModel(model, { dtype: "int8" }));
    expect(metadata.dtype).toBe("int8");
    for (const [name, { shape, size }] of Object.entries(model.parameters())) {
      expect(tensors[name]!.shape).toEqual([...shape]);
      expect(tensors[name]!.data).toBeInstanceOf(shape.length === 2 ? Int8Array : Float32Array);
      expect(tensors[name]!.data.length).toBe(size);
      const scales = tensors[`${name}.scale`];
      expect(scales?.shape, name).toEqual(shape.length === 2 ? [shape[0]] : undefined);
    }
  });

  it("is about a quarter as large", () => {
    const model = smallModel(rt, { hidden: 128, layers: 2 });
    const share = serializeModel(model, { dtype: "int8" }).length / serializeModel(model).length;
    expect(share).toBeLessThan(0.28);
  });

  it("says nothing of dtype if it is f32, as before", () => {
    expect(parseSafetensors(serializeModel(smallModel(rt))).metadata).not.toHaveProperty("dtype");
  });

  it("is opened as rounded float32, and written as the same bytes again", () => {
    const model = smallModel(rt, options);
    const bytes = serializeModel(model, { dtype: "int8" });
    const loaded = loadModel(rt, bytes, [LanguageModel]);
    expect(loaded.dtype).toBe("int8");
    expect(parseModel(bytes, [LanguageModel]).dtype).toBe("int8");
    expect(serializeModel(loaded)).toEqual(bytes);
    const own = model.parameters();
    for (const [name, { shape, data }] of Object.entries(loaded.parameters())) {
      const largest = Math.max(...own[name]!.data.map(Math.abs));
      const allowed = shape.length === 2 ? largest / 253 : 0;
      data.forEach((w, i) => {
        expect(Math.abs(w - own[name]!.data[i]!)).toBeLessThanOrEqual(allowed);
      });
    }
  });

  it("can be written as float32, which opens as such", () => {
    const loaded = loadModel(rt, serializeModel(smallModel(rt, options), { dtype: "int8" }), [LanguageModel]);
    const plain = loadModel(rt, serializeModel(loaded, { dtype: "f32" }), [LanguageModel]);
    expect(plain.dtype).toBe("f32");
    expect(plain.stateDict()).toEqual(loaded.stateDict());
  });

  it("stores tied weights once", () => {
    const model = smallModel(rt, { embedding: 8, hidden: 8, tied: true });
    const { tensors } = parseSafetensors(serializeModel(model, { dtype: "int8" }));
    expect(tensors).toHaveProperty(["embedding.weight.scale"]);
    expect(tensors).not.toHaveProperty(["head.weight"]);
    const loaded = loadModel(rt, serializeModel(model, { dtype: "int8" }), [LanguageModel]);
    expect(loaded.head.weight).toBe(loaded.embedding!.weight);
  });

  it("refuses a dtype that does not exist", () => {
    expectError(() => serializeModel(smallModel(rt), { dtype: "int4" as never }), "ERR_VALUE", "int4");
  });

  it("is not trained, until its dtype says float32", () => {
    const loaded = loadModel(rt, serializeModel(smallModel(rt), { dtype: "int8" }), [LanguageModel]);
    const recipe = { ...DEFAULT_RECIPE, batch: 2, seq: 4 };
    const trainer = new LanguageModelTrainer(loaded, new Int32Array(40), recipe);
    expectError(
      () => trainer.step(),
      "ERR_STATE",
      'quantised to int8; train the one from before, or set its dtype to "f32"',
    );
    loaded.dtype = "f32";
    expect(trainer.step()).toBeGreaterThan(0);
  });
});

describe("a damaged file of int8", () => {
  /** A file of which something was changed. */
  function edited(change: (file: SafetensorsFile) => unknown): Uint8Array {
    const file = parseSafetensors(serializeModel(smallModel(rt), { dtype: "int8" }));
    change(file);
    return serializeSafetensors(file.tensors, file.metadata);
  }
  const NAME = "rnn.weight_hh_l0";
  const SCALE = `${NAME}.scale`;
  const put = (name: string, change: (tensor: StoredTensor) => Partial<StoredTensor> | undefined) => {
    return ({ tensors }: SafetensorsFile) => {
      const changed = change(tensors[name]!);
      if (changed) tensors[name] = { ...tensors[name]!, ...changed };
      else delete tensors[name];
    };
  };
  /** Sets the first number. */
  const number = (name: string, value: number) =>
    put(name, ({ data }) => {
      data[0] = value;
      return {};
    });

  it.each<[string, (file: SafetensorsFile) => unknown, string, string]>([
    ["no scales", put(SCALE, () => undefined), "ERR_FORMAT", SCALE],
    ["no matrix", put(NAME, () => undefined), "ERR_FORMAT", "need more"],
    [
      "scales of nothing",
      (file) => put("x.scale", () => file.tensors[SCALE])(file),
      "ERR_FORMAT",
      "x.scale is unknown",
    ],
    [
      "scales of a vector",
      (file) => put("head.bias.scale", () => file.tensors[SCALE])(file),
      "ERR_FORMAT",
      "head.bias.scale is unknown",
    ],
    [
      "a scale too few",
      put(SCALE, ({ shape: [n = 0], data }) => ({ shape: [n - 1], data: data.slice(1) })),
      "ERR_SHAPE",
      SCALE,
    ],
    ["scales with two axes", put(SCALE, ({ shape }) => ({ shape: [...shape, 1] })), "ERR_SHAPE", SCALE],
    [
      "scales that are integers",
      put(SCALE, ({ data }) => ({ data: Int32Array.from(data) })),
      "ERR_FORMAT",
      SCALE,
    ],
    [
      "a matrix of another shape",
      put(NAME, ({ shape: [o = 0, i = 0] }) => ({ shape: [i, o] })),
      "ERR_SHAPE",
      NAME,
    ],
    ["a matrix with one axis", put(NAME, ({ data }) => ({ shape: [data.length] })), "ERR_SHAPE", NAME],
    ["a matrix of float32", put(NAME, ({ data }) => ({ data: Float32Array.from(data) })), "ERR_FORMAT", NAME],
    ["a matrix of int32", put(NAME, ({ data }) => ({ data: Int32Array.from(data) })), "ERR_FORMAT", NAME],
    ["-128", number(NAME, -128), "ERR_FORMAT", "-127 to 127"],
    ["a scale that is NaN", number(SCALE, Number.NaN), "ERR_FORMAT", SCALE],
    ["a negative scale", number(SCALE, -1), "ERR_FORMAT", SCALE],
    ["an infinite scale", number(SCALE, Number.POSITIVE_INFINITY), "ERR_FORMAT", SCALE],
    ["a scale whose weights are infinite", number(SCALE, 3e36), "ERR_FORMAT", SCALE],
    ["a vector that is NaN", number("head.bias", Number.NaN), "ERR_VALUE", "head.bias"],
    ["another dtype", ({ metadata }) => Object.assign(metadata, { dtype: "int4" }), "ERR_FORMAT", "int4"],
    ["no dtype", ({ metadata }) => delete metadata.dtype, "ERR_VALUE", "Float32Array"],
  ])("is refused with %s", (_, change, code, message) => {
    const bytes = edited(change);
    const { used } = rt.memory;
    expectError(() => loadModel(rt, bytes, [LanguageModel]), code as "ERR_FORMAT", message);
    expect(rt.memory.used, "nothing is left behind").toBe(used);
  });

  it("with float32 weights is refused if it says int8", () => {
    const { tensors, metadata } = parseSafetensors(serializeModel(smallModel(rt)));
    const bytes = serializeSafetensors(tensors, { ...metadata, dtype: "int8" });
    expectError(() => loadModel(rt, bytes, [LanguageModel]), "ERR_FORMAT", "expected int8");
  });

  it.each([{ hidden: 65_536 }, { layers: 100 }, { embedding: 65_536 }, { head: [65_536] }])(
    "allocates nothing for a spec that claims %o",
    (claim) => {
      const bytes = edited(({ metadata }) => {
        metadata.spec = JSON.stringify({ ...JSON.parse(metadata.spec!), ...claim });
      });
      const { total } = rt.memory;
      expectError(() => loadModel(rt, bytes, [LanguageModel]), "ERR_FORMAT", "need");
      expect(rt.memory.total).toBe(total);
    },
  );

  it("opens with no more numbers than a model of float32 needs", () => {
    const model = smallModel(rt);
    const { tensors } = parseSafetensors(serializeModel(model, { dtype: "int8" }));
    const numbers = measure((meta) => LanguageModel.build(meta, model.spec, model.tables));
    const scales = Object.entries(tensors).filter(([name]) => name.endsWith(".scale"));
    const all = Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
    expect(all - scales.reduce((sum, [, { data }]) => sum + data.length, 0)).toBe(numbers);
  });
});
