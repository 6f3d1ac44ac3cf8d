import type { Step } from "../../data/labelled.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { LabelTables } from "./batches.ts";
import { LabelModel } from "./model.ts";
import { checkTaggerSpec, type TaggerSpec, taggerSchema } from "./spec.ts";

/** Predicts one label for every step: words or vectors -> recurrent layers -> a score for each label, at each step. */
export class Tagger extends LabelModel<TaggerSpec> {
  static readonly task = "tagger";
  static readonly schema = taggerSchema;
  override readonly targetPer = "step";

  static build(runtime: Runtime, spec: TaggerSpec, tables: LabelTables): Tagger {
    return new Tagger(runtime, spec, tables);
  }

  /** @throws ERR_VALUE if the spec is invalid */
  constructor(runtime: Runtime, spec: TaggerSpec, tables: LabelTables) {
    super(runtime, checkTaggerSpec(spec), tables);
  }

  /** Tags the words of each sentence, or the steps of each sequence of vectors. @throws the errors of `probabilities` */
  predict(sentences: readonly (readonly Step[])[]): string[][] {
    return this.label(sentences);
  }
}
