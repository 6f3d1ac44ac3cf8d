import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN_SYMBOL, Vocabulary } from "../../src/data/vocabulary.ts";
import { UnrolledError } from "../../src/errors.ts";
import { parseSafetensors, type StoredTensor, serializeSafetensors } from "../../src/io/safetensors.ts";
import { Classifier } from "../../src/models/labels/classifier.ts";
import { Tagger } from "../../src/models/labels/tagger.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { LanguageModelTrainer } from "../../src/models/language-model/trainer.ts";
import { loadModel, parseModel, serializeModel } from "../../src/network/model-file.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { serializeCheckpoint } from "../../src/train/checkpoint.ts";
import { DEFAULT_RECIPE } from "../../src/train/recipe.ts";
import { CELLS, smallModel } from "../models/language-model/model.ts";
import { expectError, startRuntime } from "../runtimes.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

/** Returns a valid file with some of its metadata or tensors replaced; undefined removes one. */
function edited(
  metadata: Record<string, unknown> = {},
  tensors: Record<string, StoredTensor | undefined> = {},
): Uint8Array {
  const file = parseSafetensors(serializeModel(smallModel(rt)));
  const text = Object.entries({ ...file.metadata, ...metadata })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  const kept = Object.entries({ ...file.tensors, ...tensors }).filter(([, tensor]) => tensor !== undefined);
  return serializeSafetensors(
    Object.fromEntries(kept) as Record<string, StoredTensor>,
    Object.fromEntries(text),
  );
}

const spec = { ...defaultLanguageModelSpec(), hidden: 5, layers: 2 };

describe("a model file", () => {
  it.each(CELLS.flatMap((cell) => [0, 3].map((embedding) => ({ cell, embedding }))))(
    "brings back $cell with embedding $embedding, bit for bit",
    (options) => {
      const model = smallModel(rt, { ...options, dropout: 0.25 });
      const bytes = serializeModel(model);
      const loaded = loadModel(rt, bytes, [LanguageModel]);
      expect(loaded.spec).toEqual(model.spec);
      expect(loaded.vocabulary.symbols).toEqual(model.vocabulary.symbols);
      expect(loaded.stateDict()).toEqual(model.stateDict());
      expect(serializeModel(loaded)).toEqual(bytes);
      const write = (from: LanguageModel) => [...from.pack().generate({ length: 30 })].join("");
      expect(write(loaded)).toBe(write(model));
    },
  );

  it("keeps any vocabulary: emoji, quotes, a lone surrogate, names of object properties", () => {
    const vocabulary = new Vocabulary(["😀", '"', "\\", "\ud800", "\u2028", "__proto__", UNKNOWN_SYMBOL]);
    const model = new LanguageModel(rt, spec, vocabulary);
    expect(parseModel(serializeModel(model), [LanguageModel]).tables.vocabulary.symbols).toEqual(
      vocabulary.symbols,
    );
  });

  it("draws no random numbers when it is loaded", () => {
    const bytes = serializeModel(smallModel(rt));
    const { state } = rt.random;
    loadModel(rt, bytes, [LanguageModel]);
    expect(rt.random.state).toEqual(state);
  });

  it("is the same bytes for the same model", () => {
    const model = smallModel(rt);
    expect(serializeModel(model)).toEqual(serializeModel(model));
  });
});

describe("a file that is not a model", () => {
  it("is refused wherever it is cut off", () => {
    const bytes = serializeModel(smallModel(rt, { hidden: 2, layers: 1 }));
    for (let length = 0; length < bytes.length; length++) {
      expectError(() => loadModel(rt, bytes.subarray(0, length), [LanguageModel]), "ERR_FORMAT");
    }
  });

  it("is refused if another program wrote it", () => {
    const weights = { weight: { shape: [1], data: Float32Array.of(1) } };
    for (const metadata of [{ format: "pt" }, { format: "unrolled" }, undefined]) {
      expectError(
        () => loadModel(rt, serializeSafetensors(weights, metadata), [LanguageModel]),
        "ERR_FORMAT",
        "not a file of unrolled",
      );
    }
  });

  it("is refused as a model of another task, without a word of damage", () => {
    const bytes = serializeModel(smallModel(rt));
    const error = caught(() => loadModel<Classifier | Tagger>(rt, bytes, [Classifier, Tagger]));
    expect([error.code, error.message]).toEqual([
      "ERR_FORMAT",
      'the model\'s task is "language-model", expected classifier or tagger',
    ]);
  });

  it.each<[unknown]>([[LanguageModel], [[]], [undefined]])(
    "is not read without a list of classes",
    (kinds) => {
      const error = caught(() => loadModel(rt, serializeModel(smallModel(rt)), kinds as never));
      expect([error.code, error.message]).toEqual([
        "ERR_VALUE",
        "expected a list of model classes, such as [LanguageModel]",
      ]);
    },
  );

  it("is refused if it is a checkpoint, with a message how to continue", () => {
    const model = smallModel(rt);
    const trainer = new LanguageModelTrainer(model, new Int32Array(40), {
      ...DEFAULT_RECIPE,
      batch: 2,
      seq: 4,
    });
    const bytes = serializeCheckpoint(trainer, { best: null, dataHash: "" });
    expectError(() => loadModel(rt, bytes, [LanguageModel]), "ERR_FORMAT", "checkpoint", "--resume");
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a spec that is no JSON", { spec: "{" }, "damaged"],
    ["a spec with a wrong field", { spec: { ...spec, cell: "mlp" } }, 'cell is "mlp"'],
    ["a spec of the wrong cell", { spec: { ...spec, cell: "gru" } }, "weight_ih_l0"],
    ["fewer units than the tensors have", { spec: { ...spec, hidden: 4 } }, "weight_ih_l0"],
    ["fewer layers than the tensors have", { spec: { ...spec, layers: 1 } }, "weight_ih_l1 is unknown"],
    ["a layer too many", { spec: { ...spec, layers: 3 } }, "need"],
    ["an embedding without its tensor", { spec: { ...spec, embedding: 2 } }, "embedding.weight is missing"],
    ["a vocabulary that is no list", { vocabulary: { a: 1 } }, "Vocabulary"],
    ["an empty vocabulary", { vocabulary: [] }, "no symbols"],
    ["a vocabulary of numbers", { vocabulary: [1, 2] }, "symbol 0"],
    ["a symbol twice", { vocabulary: ["a", "a"] }, "both"],
    ["an empty symbol", { vocabulary: ["a", ""] }, "symbol 1"],
    ["a vocabulary of another size", { vocabulary: ["a", "b"] }, "weight_ih_l0"],
    ["a larger vocabulary", { vocabulary: [..."abcdefghij"] }, "need"],
    ["no vocabulary", { vocabulary: undefined }, "no vocabulary"],
  ])("is refused with %s", (_, metadata, pattern) => {
    const bytes = edited(metadata);
    const { used } = rt.memory;
    const error = caught(() => loadModel(rt, bytes, [LanguageModel]));
    expect(["ERR_FORMAT", "ERR_SHAPE"]).toContain(error.code);
    expect(error.message).toContain(pattern);
    expect(rt.memory.used, "nothing is left behind").toBe(used);
  });

  it.each([
    ["missing", undefined, "head.bias"],
    ["of another shape", { shape: [2, 4], data: new Float32Array(8) }, "head.bias"],
  ])("is refused with a tensor %s", (_, tensor, pattern) => {
    const spare = { spare: { shape: [100], data: new Float32Array(100) } };
    const error = caught(() =>
      loadModel(rt, edited({}, { "head.bias": tensor, ...(!tensor && spare) }), [LanguageModel]),
    );
    expect(error.message).toContain(pattern);
  });

  it("is refused with a tensor too many", () => {
    const bytes = edited({}, { extra: { shape: [1], data: Float32Array.of(1) } });
    expectError(() => loadModel(rt, bytes, [LanguageModel]), "ERR_FORMAT", "extra is unknown");
  });

  it.each([
    { hidden: 65_536 },
    { layers: 100, hidden: 1000 },
    { embedding: 65_536 },
    { hidden: 65_536, layers: 100, embedding: 65_536 },
    { head: [65_536] },
    { connections: "highway", hidden: 65_536 },
    { connections: "dense", hidden: 65_536, layers: 100 },
    { cell: "rnn", nonlinearity: "relu", identityStart: true, hidden: 65_536 },
    { head: [65_536, 65_536] },
    { head: Array(100).fill(1) },
  ])("allocates nothing for a spec that claims %o", (claim) => {
    const bytes = edited({ spec: { ...spec, ...claim } });
    const { total } = rt.memory;
    expectError(() => loadModel(rt, bytes, [LanguageModel]), "ERR_FORMAT", "need");
    expect(rt.memory.total).toBe(total);
  });

  it.each([
    [{ hidden: 65_537 }, "hidden is 65537, expected a whole number from 1 to 65536"],
    [{ hidden: 2 ** 53 - 1 }, "hidden is 9007199254740991, expected"],
    [{ layers: 101 }, "layers is 101, expected a whole number from 1 to 100"],
    [{ embedding: 65_537 }, "embedding is 65537, expected a whole number from 0 to 65536"],
    [{ head: [65_537] }, /head is \[65537\], expected a list of at most 100, each entry .* 1 to 65536/],
    [{ head: Array(101).fill(1) }, /head is \[1,1,.*\.\.\., expected a list of at most 100/],
  ])("is refused for a spec that claims %o", (claim, message) => {
    const bytes = edited({ spec: { ...spec, ...claim } });
    expectError(() => loadModel(rt, bytes, [LanguageModel]), "ERR_FORMAT", message);
  });
});

describe("any mutation of a model file", () => {
  /** Expects an `UnrolledError`, or a model that writes or throws one; nothing must be left in memory. */
  function expectSound(bytes: Uint8Array): void {
    const { used } = rt.memory;
    try {
      const model = loadModel(rt, bytes, [LanguageModel]);
      const packed = model.pack();
      try {
        expect([...packed.generate({ length: 3 })]).toHaveLength(3);
      } finally {
        packed.dispose();
        model.dispose();
      }
    } catch (error) {
      if (!(error instanceof UnrolledError)) throw error;
    }
    expect(rt.memory.used).toBe(used);
  }

  it("of bytes gives a model or an UnrolledError", () => {
    const valid = serializeModel(smallModel(rt, { hidden: 2, layers: 1 }));
    const position = fc.oneof(fc.nat(valid.length - 1), fc.nat(700));
    const edit = fc.tuple(
      position,
      fc.oneof(
        fc.nat(255),
        fc.constantFrom(...'0129,:[]{}"- eE').map((c) => c.charCodeAt(0)),
      ),
    );
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(valid.length)),
        (edits, cut) => {
          const bytes = valid.slice(0, cut ?? undefined);
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          expectSound(bytes);
        },
      ),
      { numRuns: 1500, seed: 1 },
    );
  });

  it("of its metadata gives a model or an UnrolledError", () => {
    const number = fc.oneof(fc.integer({ min: -1, max: 6 }), fc.double(), fc.maxSafeInteger());
    const value = fc.oneof(number, fc.jsonValue(), fc.constantFrom("rnn", "gru", "lstm"));
    const specs = fc
      .record(Object.fromEntries(Object.keys(spec).map((key) => [key, value])), { requiredKeys: [] })
      .map((changes) => ({ ...spec, ...changes }));
    const symbols = fc.oneof(
      fc.array(fc.string({ maxLength: 2 }), { minLength: 7, maxLength: 9 }),
      fc.jsonValue(),
    );
    const file = parseSafetensors(serializeModel(smallModel(rt)));
    fc.assert(
      fc.property(
        fc.oneof(specs, fc.jsonValue()),
        fc.option(symbols, { nil: undefined }),
        (newSpec, vocabulary) => {
          const json = {
            spec: JSON.stringify(newSpec),
            ...(vocabulary && { vocabulary: JSON.stringify(vocabulary) }),
          };
          expectSound(serializeSafetensors(file.tensors, { ...file.metadata, ...json }));
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});

function caught(f: () => unknown): UnrolledError {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    return error as UnrolledError;
  }
  throw new Error("nothing was thrown");
}
