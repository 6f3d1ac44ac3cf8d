import { expect, it } from "vitest";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { type Fixture, fixtures } from "../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";
import { MODULES } from "./cells.ts";

const OPTIMIZERS = { RMSprop: optim.RMSprop, Adam: optim.Adam };

class Network extends nn.Module {
  readonly rnn: nn.Recurrent;
  readonly head: nn.Linear;

  constructor(
    rt: Runtime,
    { module, vocabulary, hidden_size, num_layers }: Fixture<"language_model">["config"],
  ) {
    super(rt);
    const options = { inputSize: vocabulary, hiddenSize: hidden_size, numLayers: num_layers };
    this.rnn = this.child("rnn", new MODULES[module](rt, options));
    this.head = this.child("head", new nn.Linear(rt, { inFeatures: hidden_size, outFeatures: vocabulary }));
  }
}

describeRuntimes("a language model trained by truncated backpropagation through time", (rt) => {
  it.each(fixtures("language_model"))("$name gives PyTorch's losses, gradients and parameters", (fixture) => {
    const { seq: T, batch: B, windows, clip, args } = fixture.config;
    const net = new Network(rt(), fixture.config);
    net.loadStateDict(fixture.group("param"));
    const parameters = net.parameters();
    const optimizer = new OPTIMIZERS[fixture.config.optimizer](parameters, args);
    let state: nn.RecurrentState | undefined;
    const losses: number[] = [];

    for (let window = 0; window < windows; window++) {
      const part = (name: string) =>
        rt().tensor(fixture.index(name).data.subarray(window * T * B, (window + 1) * T * B), [T, B]);
      state = rt().scope(() => {
        const result = net.rnn.forward(part("in.x"), {
          ...(state && { h0: state.h }),
          ...(state?.c && { c0: state.c }),
        });
        const loss = crossEntropy(net.head.forward(result.output), part("in.target"));
        losses.push(loss.item());
        optimizer.zeroGrad();
        loss.backward(rt().tensor([T], []));
        if (window === 0) {
          for (const [name, p] of Object.entries(parameters)) fixture.check(`grad.${name}`, gradientOf(p));
        }
        if (clip.value) optim.clipGradValue(parameters, clip.value);
        else optim.clipGradNorm(parameters, clip.norm!);
        optimizer.step();
        return result.state;
      });
    }
    expect(losses).toHaveLength(windows);
    fixture.check("out.loss", losses);
    for (const [name, p] of Object.entries(parameters)) fixture.check(`out.${name}`, p.data);
    fixture.check("out.h_n", state!.h.data);
    if (state?.c) fixture.check("out.c_n", state.c.data);
  });
});
