import { beforeEach, describe, expect, it } from "vitest";
import { parseSafetensors, serializeSafetensors } from "../../src/io/safetensors.ts";
import { SequenceEmbedder } from "../../src/models/embedder/model.ts";
import { Forecaster } from "../../src/models/forecaster/model.ts";
import { ConditionalGenerator } from "../../src/models/generator/model.ts";
import { Classifier } from "../../src/models/labels/classifier.ts";
import { Tagger } from "../../src/models/labels/tagger.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { Autoencoder } from "../../src/models/sequence-to-sequence/autoencoder.ts";
import { EncoderDecoder } from "../../src/models/sequence-to-sequence/encoder-decoder.ts";
import { Transcriber } from "../../src/models/transcriber/model.ts";
import type { ModelClass, TaskModel } from "../../src/network/model.ts";
import { loadModel, serializeModel } from "../../src/network/model-file.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { expectError, startRuntime } from "../runtimes.ts";
import { newEmbedder } from "./embedder/embedders.ts";
import { newForecaster } from "./forecaster/forecasters.ts";
import { newGenerator } from "./generator/generators.ts";
import { newClassifier, newTagger } from "./labels/labels.ts";
import { smallModel } from "./language-model/model.ts";
import { newAutoencoder, newEncoderDecoder } from "./sequence-to-sequence/pairs.ts";
import { newTranscriber } from "./transcriber/transcribers.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const HUGE = 2 ** 53 - 2;
const EVERYWHERE: object[] = [
  { hidden: 2 ** 31 },
  { hidden: HUGE, layers: 100, connections: "dense" },
  { head: [2 ** 31] },
  { head: [HUGE, HUGE] },
  { head: Array(100_000).fill(1) },
];
const OF_TOKENS = [...EVERYWHERE, { embedding: 2 ** 31 }, { embedding: HUGE }];

const FAMILIES: [(rt: Runtime) => TaskModel, unknown, object[]][] = [
  [smallModel, LanguageModel, OF_TOKENS],
  [newClassifier, Classifier, [...OF_TOKENS, { bidirectional: true, hidden: HUGE }]],
  [
    newTagger,
    Tagger,
    [...OF_TOKENS, { characterHidden: 2 ** 31 }, { characterHidden: HUGE }, { characters: HUGE }],
  ],
  [newEncoderDecoder, EncoderDecoder, [...OF_TOKENS, { attention: "additive", hidden: HUGE }]],
  [newAutoencoder, Autoencoder, OF_TOKENS],
  [newGenerator, ConditionalGenerator, OF_TOKENS],
  [newEmbedder, SequenceEmbedder, [...OF_TOKENS, { size: 2 ** 31 }, { size: HUGE }]],
  [newTranscriber, Transcriber, [...EVERYWHERE, { stack: 100 }, { features: HUGE }, { features: 4 }]],
  [newForecaster, Forecaster, [...EVERYWHERE, { horizon: 2 ** 31 }, { horizon: HUGE }]],
];

const shown = (claim: object) => JSON.stringify(claim).slice(0, 60);

describe.each(FAMILIES)("a file as of %o", (make, kind, claims) => {
  it.each(claims.map((claim) => [shown(claim), claim]))("that claims %s is refused at once", (_, claim) => {
    const model = make(rt);
    const { tensors, metadata } = parseSafetensors(serializeModel(model));
    const bytes = serializeSafetensors(tensors, {
      ...metadata,
      spec: JSON.stringify({ ...model.spec, ...claim }),
    });
    const [memory, random] = [rt.memory, rt.random.state];
    expectError(() => loadModel(rt, bytes, [kind as ModelClass]), "ERR_FORMAT");
    expect([rt.memory, rt.random.state]).toEqual([memory, random]);
  });
});
