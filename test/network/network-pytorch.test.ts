import { expect, it } from "vitest";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import { Network } from "../../src/network/network.ts";
import { networkSchema } from "../../src/network/spec.ts";
import { fixtures } from "../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";

describeRuntimes("networks with heads and tied embeddings against PyTorch", (rt) => {
  it.each(fixtures("network"))("$name", (fixture) => {
    const { config } = fixture;
    const spec = {
      ...networkSchema.defaults,
      cell: config.module.toLowerCase() as "rnn" | "gru" | "lstm",
      hidden: config.hidden_size,
      layers: config.num_layers,
      embedding: config.embedding,
      bidirectional: config.bidirectional,
      connections: config.connections,
      norm: config.norm,
      head: config.head,
      headActivation: config.head_activation,
      tied: config.tied,
    };
    const V = config.vocabulary;
    const network = new Network(rt(), spec, { inputs: V, outputs: V });
    const given = fixture.group("param");
    const parameters = network.parameters();
    expect(Object.keys(parameters).sort(), "a tied tensor appears once").toEqual(Object.keys(given).sort());
    network.loadStateDict({ ...network.stateDict(), ...given });

    const tokens = (name: string) => {
      const { data, shape } = fixture.index(name);
      return rt().tensor(data, shape);
    };
    const { output } = network.compute(tokens("in.x"));
    fixture.check("out.logits", output.data);
    const loss = crossEntropy(output, tokens("in.target"));
    fixture.check("out.loss", loss.data);
    loss.backward();
    for (const [name, tensor] of Object.entries(parameters))
      fixture.check(`grad.${name}`, gradientOf(tensor));
  });
});
