import { beforeEach, describe, expect, it } from "vitest";
import { parseSafetensors, serializeSafetensors } from "../../src/io/safetensors.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { textVocabulary } from "../../src/models/language-model/text.ts";
import { applyDelta, averageModels, modelDelta } from "../../src/network/average.ts";
import { loadModel, serializeModel } from "../../src/network/model-file.ts";
import type { NetworkSpec } from "../../src/network/spec.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { expectError, startRuntime } from "../runtimes.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

/** Returns a new model with random weights. Batch normalisation has buffers, and one of them counts. */
function client(options: Partial<NetworkSpec> = {}, text = "abc", batches = 0): Uint8Array {
  const spec = { ...defaultLanguageModelSpec(), hidden: 5, layers: 2, norm: "batch", ...options } as const;
  const { metadata, tensors } = parseSafetensors(
    serializeModel(new LanguageModel(rt, spec, textVocabulary(text, spec))),
  );
  for (const [name, { data }] of Object.entries(tensors)) {
    if (name.endsWith("num_batches_tracked")) data.fill(batches);
    if (name.endsWith("running_var")) data.fill(batches / 7 + 0.1);
  }
  return serializeSafetensors(tensors, metadata);
}

/** All numbers of a file, by tensor. */
const numbers = (bytes: Uint8Array) =>
  Object.entries(parseSafetensors(bytes).tensors).map(
    ([name, { data }]) => [name, Array.from(data)] as const,
  );

describe("the average of models", () => {
  it("has the bits of one if all agree, whatever the counts", () => {
    const bytes = client({}, "abc", 3);
    const extremes = [
      [5e-324, 5e-324, 5e-324],
      [1e308, 1e308, Number.MAX_VALUE],
      [1e308, 1, 5e-324],
      [1e-310, 0, 5e-324],
    ];
    for (const counts of [undefined, [1, 1, 1], [3, 0.1, 1e9], [0, 7, 0], ...extremes]) {
      expect(averageModels([bytes, bytes, bytes], counts)).toEqual(bytes);
    }
    expect(averageModels([bytes])).toEqual(bytes);
  });

  it("is the weighted mean in float64, rounded once", () => {
    const [clients, counts] = [
      [client({}, "abc", 3), client({}, "abc", 10), client({}, "abc", 4)],
      [120, 7, 61],
    ];
    const all = clients.map((bytes) => new Map(numbers(bytes)));
    for (const [name, average] of numbers(averageModels(clients, counts))) {
      average.forEach((value, i) => {
        const mean = all.reduce((sum, one, c) => sum + (counts[c]! / 188) * one.get(name)![i]!, 0);
        const expected = name.endsWith("num_batches_tracked") ? Math.round(mean) : mean;
        expect(Math.abs(value - expected), name).toBeLessThanOrEqual(2 ** -23 * Math.abs(expected));
      });
    }
    expect(numbers(averageModels(clients, counts)).some(([, [value]]) => value === 4)).toBe(true);
    const alike = averageModels(clients);
    expect(alike).toEqual(averageModels(clients, [5, 5, 5]));
    expect(() => loadModel(rt, alike, [LanguageModel])).not.toThrow();
  });

  it("has the bits of the plain formula", () => {
    const [a, b] = [client(), client()];
    const other = new Map(numbers(b));
    const average = new Map(numbers(averageModels([a, b], [30, 10])));
    for (const [name, values] of numbers(a)) {
      const exact = values.map((value, i) => Math.fround((30 * value + 10 * other.get(name)![i]!) / 40));
      expect(average.get(name), name).toEqual(exact);
    }
  });

  it("takes no part of a client without examples", () => {
    const [a, b] = [client(), client()];
    expect(averageModels([a, b], [4, 0])).toEqual(a);
  });

  it("is refused if models or counts do not go together", () => {
    const a = client();
    expectError(() => averageModels([]), "ERR_VALUE");
    const hole = Object.assign(new Array<Uint8Array>(3), [a]);
    for (const models of [hole, [a, undefined, a], [a, Array.from(a), a]]) {
      const place = /^averageModels: models\[1\] is of type (undefined|object), expected a Uint8Array/;
      expectError(() => averageModels(models as Uint8Array[]), "ERR_VALUE", place);
    }
    expectError(() => averageModels([a, a], [1]), "ERR_VALUE");
    expectError(() => averageModels([a, a], [0, 0]), "ERR_VALUE");
    expectError(() => averageModels([a, a], [1, -1]), "ERR_VALUE");
    expectError(() => averageModels([a, a], [1, Number.NaN]), "ERR_VALUE");
    expect(() => averageModels([a, client({ cell: "gru" })])).toThrow(
      /models\[1\] has another spec than .*models\[0\]/,
    );
    expect(() => averageModels([a, client({}, "abd")])).toThrow(/another vocabulary/);
    expectError(() => averageModels([a, a.subarray(0, 50)]), "ERR_FORMAT");
    const model = loadModel(rt, a, [LanguageModel]);
    expect(() => averageModels([a, serializeModel(model, { dtype: "int8" })])).toThrow(/int8/);
    const { metadata, tensors } = parseSafetensors(a);
    const { "head.bias": bias, ...others } = tensors;
    expect(() => averageModels([a, serializeSafetensors(others, metadata)])).toThrow(
      /^head\.bias is .* missing in/,
    );
    const wider = { ...tensors, "head.bias": { shape: [1, ...bias!.shape], data: bias!.data } };
    expectError(() => averageModels([a, serializeSafetensors(wider, metadata)]), "ERR_SHAPE");
    const broken = { ...tensors, "head.bias": { ...bias!, data: bias!.data.map(() => Number.NaN) } };
    expectError(() => averageModels([a, serializeSafetensors(broken, metadata)]), "ERR_NAN");
  });
});

describe("a delta", () => {
  it("leads from one model to the other, up to rounding", () => {
    const [before, after] = [client({}, "abc", 2), client({}, "abc", 9)];
    const applied = new Map(numbers(applyDelta(before, modelDelta(before, after))));
    const from = new Map(numbers(before));
    for (const [name, values] of numbers(after)) {
      values.forEach((value, i) => {
        const bound = 2 ** -24 * (Math.abs(value - from.get(name)![i]!) + Math.abs(value));
        expect(Math.abs(applied.get(name)![i]! - value), name).toBeLessThanOrEqual(bound);
      });
    }
    expect(applyDelta(before, modelDelta(before, before))).toEqual(before);
  });

  it("can be averaged, and is no model", () => {
    const [start, one, two] = [client(), client(), client()];
    const average = averageModels([modelDelta(start, one), modelDelta(start, two)], [1, 3]);
    const [applied, whole] = [applyDelta(start, average), averageModels([one, two], [1, 3])].map(numbers);
    applied!.forEach(([, values], t) => {
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(whole![t]![1][i]!, 6);
      });
    });
    expectError(() => loadModel(rt, average, [LanguageModel]), "ERR_FORMAT");
    expectError(() => applyDelta(average, average), "ERR_FORMAT");
    expectError(() => applyDelta(start, one), "ERR_FORMAT");
    expectError(() => modelDelta(start, average), "ERR_FORMAT");
    expectError(() => averageModels([start, average]), "ERR_VALUE");
    expect(() => averageModels([average, average, start])).toThrow(
      "averageModels: models[2] is a model and averageModels: models[0] is a delta, expected only models or only deltas",
    );
    expectError(() => applyDelta(client({ hidden: 6 }), average), "ERR_VALUE");
  });
});
