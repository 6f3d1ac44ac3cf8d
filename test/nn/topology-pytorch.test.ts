import { expect, it } from "vitest";
import { fixtures } from "../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";
import { MODULES } from "./cells.ts";

describeRuntimes("stacks with connections and norms against PyTorch", (rt) => {
  it.each(fixtures("topology"))("$name", (fixture) => {
    const { config } = fixture;
    const module = new MODULES[config.module](rt(), {
      inputSize: config.input_size,
      hiddenSize: config.hidden_size,
      numLayers: config.num_layers,
      bidirectional: config.bidirectional,
      connections: config.connections,
      norm: config.norm,
    }).train(config.training);
    const [parameters, buffers] = [fixture.group("param"), fixture.group("buffer")];
    expect(Object.keys(module.parameters()).sort()).toEqual(Object.keys(parameters).sort());
    module.loadStateDict({ ...module.stateDict(), ...parameters, ...buffers });

    const { data, shape } = fixture.float("in.x");
    const x = rt().tensor(data, shape, { requiresGrad: true });
    const lengths = fixture.has("in.lengths") ? Array.from(fixture.index("in.lengths").data) : undefined;
    const { output, state } = module.forward(x, lengths && { lengths });
    expect([...output.shape]).toEqual(fixture.float("out.y").shape);
    expect(output.shape[2]).toBe(module.outputSize);
    fixture.check("out.y", output.data);
    fixture.check("out.h_n", state.h.data);
    if (state.c) fixture.check("out.c_n", state.c.data);

    const outputs = [output, state.h, ...(state.c ? [state.c] : [])];
    const seeds = ["w_out", "w_h", "w_c"].slice(0, outputs.length).map((name) => {
      const { data, shape } = fixture.float(`loss.${name}`);
      return rt().tensor(data, shape);
    });
    rt().backward(outputs, seeds);
    fixture.check("grad.x", gradientOf(x));
    for (const [name, tensor] of Object.entries(module.parameters())) {
      fixture.check(`grad.${name}`, gradientOf(tensor));
    }
    for (const name of Object.keys(buffers)) fixture.check(`out.${name}`, module.stateDict()[name]!.data);
  });
});
