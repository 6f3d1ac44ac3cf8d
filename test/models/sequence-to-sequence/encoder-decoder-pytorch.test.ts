import { expect, it } from "vitest";
import { FeatureScaling } from "../../../src/data/feature-scaling.ts";
import { END_SYMBOL, Vocabulary } from "../../../src/data/vocabulary.ts";
import { EncoderDecoder } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import { defaultEncoderDecoderSpec } from "../../../src/models/sequence-to-sequence/spec.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Module } from "../../fixtures/configs.ts";
import { fixtures } from "../../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../../runtimes.ts";

const cellOf = (module: Module) => module.toLowerCase() as "rnn" | "gru" | "lstm";

describeRuntimes("encoder-decoders against PyTorch", (rt) => {
  it.each(fixtures("encoder_decoder"))("$name", (fixture) => {
    const { config } = fixture;
    const spec = {
      ...defaultEncoderDecoderSpec(),
      cell: cellOf(config.module),
      hidden: config.hidden_size,
      layers: config.num_layers,
      embedding: config.embedding,
      bidirectional: config.bidirectional,
      attention: config.attention,
      encoderLayers: config.encoder_layers ?? 0,
      encoderHidden: config.encoder_hidden ?? 0,
      encoderCell: config.encoder_module ? cellOf(config.encoder_module) : ("same" as const),
      dropout: 0,
      inputDropout: 0,
      features: config.features ?? 0,
    };
    const symbols = (count: number) => Array.from({ length: count - 1 }, (_, i) => `s${i}`);
    const model = new EncoderDecoder(rt(), spec, {
      ...(config.features
        ? { scaling: FeatureScaling.none(config.features) }
        : { source: new Vocabulary([...symbols(config.sources), "x"]) }),
      target: new Vocabulary([...symbols(config.targets), END_SYMBOL]),
    });
    const given = fixture.group("param");
    const parameters = model.parameters();
    expect(Object.keys(parameters).sort()).toEqual(Object.keys(given).sort());
    const size = Object.values(parameters).reduce((sum, tensor) => sum + tensor.size, 0);
    expect(measure((meta) => EncoderDecoder.build(meta, spec, model.tables))).toBe(size);
    model.loadStateDict(given);
    const ids = (name: string) => fixture.index(`in.${name}`).data;
    const { loss, counted } = model.loss({
      sources: config.features ? fixture.float("in.sources").data : ids("sources"),
      sourceLengths: [...ids("source_lengths")],
      inputs: ids("inputs"),
      targets: ids("targets"),
      targetLengths: [...ids("target_lengths")],
    });
    expect(counted).toBe(ids("target_lengths").reduce((sum, length) => sum + length));
    fixture.check("out.loss", loss.data);
    loss.backward();
    for (const [name, tensor] of Object.entries(parameters))
      fixture.check(`grad.${name}`, gradientOf(tensor));
  });
});
