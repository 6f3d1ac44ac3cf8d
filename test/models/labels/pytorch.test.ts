import { expect, it } from "vitest";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import { LabelBatches } from "../../../src/models/labels/batches.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import type { LabelModel } from "../../../src/models/labels/model.ts";
import { defaultClassifierSpec, defaultTaggerSpec } from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { fixtures } from "../../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../../runtimes.ts";

describeRuntimes("taggers and classifiers that read characters, against PyTorch", (rt) => {
  it.each(fixtures("labelled"))("$name", (fixture) => {
    const { config } = fixture;
    const sizes = {
      embedding: config.embedding,
      hidden: config.hidden_size,
      characters: config.character_embedding,
      characterHidden: config.character_hidden,
      dropout: 0,
      inputDropout: 0,
      wordDropout: 0,
    };
    const [vocabulary, characters, labels] = [config.vocabulary, config.characters, config.labels].map(
      (symbols) => new Vocabulary(symbols),
    );
    const tables = { vocabulary: vocabulary!, characters: characters!, labels: labels! };
    const { pooling } = config;
    const model: LabelModel = pooling
      ? new Classifier(rt(), { ...defaultClassifierSpec(), ...sizes, pooling }, tables)
      : new Tagger(rt(), { ...defaultTaggerSpec(), ...sizes }, tables);
    model.loadStateDict(fixture.group("param"));

    const examples = config.sentences.map((tokens, i) => ({ tokens, labels: config.tags[i]! }));
    const { targetPer } = model;
    const batch = new LabelBatches(examples, tables, { batch: examples.length, targetPer }).at(0);
    expect(batch.spellings!.lengths, "words are spelt once each").toEqual([3, 3, 2, 2, 1, 1]);
    const { loss, outputs } = model.loss(batch);
    const [B, C] = [examples.length, config.labels.length];
    batch.sequences.forEach((n, b) => {
      const rows = targetPer === "step" ? config.sentences[n]!.length : 1;
      const own = Array.from({ length: rows * C }, (_, i) => {
        return outputs.data[(Math.floor(i / C) * B + b) * C + (i % C)]!;
      });
      fixture.check(`out.logits${n}`, own);
    });
    fixture.check("out.loss", loss.data);
    loss.backward();
    for (const [name, tensor] of Object.entries(model.parameters()))
      fixture.check(`grad.${name}`, gradientOf(tensor));
  });
});
