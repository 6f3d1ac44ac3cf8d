import { expect, it } from "vitest";
import { FeatureScaling } from "../../../src/data/feature-scaling.ts";
import { Autoencoder } from "../../../src/models/sequence-to-sequence/autoencoder.ts";
import { defaultAutoencoderSpec } from "../../../src/models/sequence-to-sequence/spec.ts";
import { measure } from "../../../src/runtime/meta.ts";
import { fixtures } from "../../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../../runtimes.ts";

describeRuntimes("autoencoders of vectors against PyTorch", (rt) => {
  it.each(fixtures("autoencoder"))("$name", (fixture) => {
    const { module, hidden_size, num_layers, bidirectional, features } = fixture.config;
    const spec = {
      ...defaultAutoencoderSpec("char", features),
      cell: module.toLowerCase() as "rnn" | "gru" | "lstm",
      hidden: hidden_size,
      layers: num_layers,
      bidirectional,
    };
    const model = new Autoencoder(rt(), spec, { scaling: FeatureScaling.none(features) });
    const parameters = model.parameters();
    const given = fixture.group("param");
    expect(Object.keys(parameters).sort()).toEqual(Object.keys(given).sort());
    const size = Object.values(parameters).reduce((sum, tensor) => sum + tensor.size, 0);
    expect(measure((meta) => Autoencoder.build(meta, spec, model.tables))).toBe(size);
    model.loadStateDict(given);
    const lengths = [...fixture.index("in.lengths").data];
    const { loss, counted, sequences } = model.loss({
      steps: Math.max(...lengths),
      lengths,
      sequences: Int32Array.from(lengths.keys()),
      inputs: fixture.float("in.inputs").data,
      targets: fixture.float("in.targets").data,
    });
    expect([counted, sequences]).toEqual([lengths.reduce((sum, n) => sum + n), lengths.length]);
    fixture.check("out.loss", loss.data);
    loss.backward();
    for (const [name, tensor] of Object.entries(parameters))
      fixture.check(`grad.${name}`, gradientOf(tensor));
  });
});
