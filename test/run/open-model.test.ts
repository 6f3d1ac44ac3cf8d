import { expect, it } from "vitest";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { parseSafetensors, serializeSafetensors } from "../../src/io/safetensors.ts";
import { AdaptiveLanguageModel } from "../../src/models/language-model/adaptive.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { Suggester } from "../../src/models/language-model/suggester.ts";
import { serializeModel } from "../../src/network/model-file.ts";
import { createRuntime, openModel, PackedClassifier, PackedLanguageModel } from "../../src/run/index.ts";
import { smallModel } from "../models/language-model/model.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

type Options = Parameters<typeof smallModel>[1];

/** A spec of each kind: what packing treats in its own way. */
const MODELS: Record<string, Options> = {
  lstm: {},
  "gru of two layers with an embedding": { cell: "gru", layers: 2, embedding: 5 },
  "gru with reset before the product": { cell: "gru", resetAfter: false },
  "rnn with relu and layer norm": { cell: "rnn", nonlinearity: "relu", norm: "layer", layers: 2 },
  "lstm with peepholes and normalised gates": { peepholes: true, gateNorm: true },
  "lstm with batch norms": { gateNorm: "batch", norm: "batch" },
  "residual layers": { layers: 3, connections: "residual" },
  "dense layers": { layers: 3, connections: "dense" },
  "highway layers and hidden layers of the head": { layers: 3, connections: "highway", head: [6, 5] },
  "tied weights": { embedding: 8, hidden: 8, tied: true },
  "clipped gates with other activations": { gateClip: 2, activations: ["hardSigmoid", "tanh", "softsign"] },
  "lines that begin with zeros": { lines: true, zeroStart: true },
};

describeRuntimes("a language model that is opened to run", (rt) => {
  it.each(Object.entries(MODELS))(
    "%s: texts, scores and suggestions are those of unrolled",
    async (_, options) => {
      const model = smallModel(rt(), options);
      const runtime = await createRuntime({ variant: rt().variant });
      const opened = openModel(runtime, serializeModel(model), [PackedLanguageModel]);
      const packed = model.pack();
      const results = [packed, opened].map((own) => {
        const suggester = new Suggester(own);
        const found = {
          text: [...own.generate({ length: 40, seed: 7, temperature: 1.2, topK: 6 })].join(""),
          score: own.score("abcabd"),
          suggestions: suggester.suggest("ab"),
        };
        suggester.dispose();
        return found;
      });
      expect(results[1]).toEqual(results[0]);
      expect(opened.spec).toEqual(packed.spec);
      opened.dispose();
      expect(runtime.memory.used).toBe(0);
      runtime.dispose();
    },
  );

  it("takes no more memory than the packed weights", async () => {
    const model = smallModel(rt(), { hidden: 256, layers: 2 });
    const bytes = serializeModel(model);
    const runtime = await createRuntime({ variant: rt().variant });
    openModel(runtime, bytes, [PackedLanguageModel]).stream();
    const largest = 4 * 256 * 256 * 4;
    expect(runtime.memory.total).toBeLessThan(runtime.memory.used * 1.125 + largest + 2 ** 17);
    runtime.dispose();
  });
});

describeRuntimes("a file that cannot be opened to run", (rt) => {
  const change = (edit: (file: ReturnType<typeof parseSafetensors>) => void): Uint8Array => {
    const file = parseSafetensors(serializeModel(smallModel(rt(), {})));
    edit(file);
    return serializeSafetensors(file.tensors, file.metadata);
  };
  const open = async (bytes: Uint8Array, kinds = [PackedLanguageModel]) => {
    const runtime = await createRuntime({ variant: rt().variant });
    try {
      return () => openModel(runtime, bytes, kinds);
    } finally {
      expect(runtime.memory.used).toBe(0);
    }
  };

  it("has a weight too few, too many or of another shape", async () => {
    const without = change(({ tensors }) => delete tensors["rnn.weight_hh_l0"]);
    expectError(await open(without), "ERR_FORMAT", "rnn.weight_hh_l0 is missing, expected [");
    const more = change(({ tensors }) => {
      tensors.strange = { shape: [1], data: Float32Array.of(1) };
    });
    expectError(await open(more), "ERR_FORMAT", "strange is unknown here");
    const other = change(({ tensors }) => {
      tensors["head.bias"] = { shape: [1], data: Float32Array.of(1) };
    });
    expectError(await open(other), "ERR_SHAPE", "head.bias is [1] with 1 element, expected [");
  });

  it("has a number that is not finite", async () => {
    const wrong = change(({ tensors }) => {
      tensors["rnn.bias_ih_l0"]!.data[1] = Number.NaN;
    });
    expectError(await open(wrong), "ERR_VALUE", "rnn.bias_ih_l0: expected finite floats");
  });

  it("has weights of 8 bits", async () => {
    const bytes = serializeModel(smallModel(rt(), {}), { dtype: "int8" });
    expectError(await open(bytes), "ERR_VALUE", "int8: loadModel");
  });

  it("has an adaptive softmax", async () => {
    const spec = {
      ...defaultLanguageModelSpec("word"),
      hidden: 4,
      embedding: 4,
      softmax: "adaptive" as const,
    };
    const model = new AdaptiveLanguageModel(rt(), spec, new Vocabulary(["<EOS>", "<UNK>", "a", "b"]));
    expectError(await open(serializeModel(model)), "ERR_FORMAT", "softmax is adaptive; use loadModel");
  });

  it("is of a class that was not named, or of a class that only unrolled has", async () => {
    const bytes = serializeModel(smallModel(rt(), {}));
    const runtime = await createRuntime();
    expectError(
      () => openModel(runtime, bytes, [PackedClassifier]),
      "ERR_FORMAT",
      'the model\'s task is "language-model", expected classifier',
      "unrolled",
    );
    // @ts-expect-error a class that loads modules
    expectError(() => openModel(runtime, bytes, [LanguageModel]), "ERR_VALUE", "PackedLanguageModel");
    expectError(
      () => openModel(rt().tensor([1]) as never, bytes, [PackedClassifier]),
      "ERR_VALUE",
      "Runtime",
    );
  });
});
