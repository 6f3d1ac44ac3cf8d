import { Vocabulary } from "../../../src/data/vocabulary.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

export const CELLS = ["rnn", "gru", "lstm"] as const;

/** Makes a small model of the characters a to f, newline and `<UNK>`. */
export function smallModel(rt: Runtime, spec: Partial<LanguageModelSpec> = {}): LanguageModel {
  const small = { ...defaultLanguageModelSpec(), hidden: 5, layers: 2, ...spec };
  return new LanguageModel(rt, small, Vocabulary.fromText("abcdef\n"));
}

/** Makes a model whose next symbol always has these logits, whatever it has read. */
export function fixedModel(rt: Runtime, logits: Readonly<Record<string, number>>): LanguageModel {
  const spec = { ...defaultLanguageModelSpec(), hidden: 1, layers: 1 };
  const model = new LanguageModel(rt, spec, new Vocabulary(Object.keys(logits)));
  model.head.weight.data.fill(0);
  model.head.bias!.data.set(Object.values(logits));
  return model;
}
