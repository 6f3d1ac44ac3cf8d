import { expect, it } from "vitest";
import { reshape } from "../../src/autograd/shape.ts";
import type * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import type { RecurrentConfig } from "../fixtures/configs.ts";
import { type Fixture, fixtures } from "../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";
import { MODULES } from "./cells.ts";

type RecurrentFixture = Fixture<"rnn" | "gru_reset_before" | "cell_options">;

function leaf(rt: Runtime, fixture: RecurrentFixture | Fixture<"cell">, name: string) {
  if (!fixture.has(name)) return undefined;
  const { data, shape } = fixture.float(name);
  return rt.tensor(data, shape, { requiresGrad: true });
}

function build(rt: Runtime, config: RecurrentConfig, options: object): nn.Recurrent {
  const { nonlinearity } = config;
  return new MODULES[config.module](rt, {
    inputSize: config.input_size,
    hiddenSize: config.hidden_size,
    numLayers: config.num_layers,
    bias: config.bias,
    batchFirst: config.batch_first,
    bidirectional: config.bidirectional,
    ...(nonlinearity && { nonlinearity }),
    ...options,
  } as nn.RNNOptions & nn.GRUOptions);
}

function seeds(rt: Runtime, fixture: RecurrentFixture | Fixture<"cell">, names: string[]): Tensor[] {
  return names.map((name) => {
    const { data, shape } = fixture.float(`loss.${name}`);
    return rt.tensor(data, shape);
  });
}

describeRuntimes("recurrent networks against PyTorch", (rt) => {
  const cases: RecurrentFixture[] = [
    ...fixtures("rnn"),
    ...fixtures("gru_reset_before"),
    ...fixtures("cell_options"),
  ];

  it.each(cases)("$kind: $name", (fixture) => {
    const { config } = fixture;
    const given = "options" in config ? config.options : "reset_after" in config ? { resetAfter: false } : {};
    const module = build(rt(), config, given);
    module.train(!("training" in config));
    module.loadStateDict({ ...module.stateDict(), ...fixture.group("param"), ...fixture.group("buffer") });
    const [x, h0, c0] = ["in.x", "in.h0", "in.c0"].map((name) => leaf(rt(), fixture, name));
    const lengths = fixture.has("in.lengths") ? Array.from(fixture.index("in.lengths").data) : undefined;
    const { output, state } = module.forward(x!, {
      ...(h0 && { h0 }),
      ...(c0 && { c0 }),
      ...(lengths && { lengths }),
    });
    expect([...output.shape]).toEqual(fixture.float("out.y").shape);
    fixture.check("out.y", output.data);
    fixture.check("out.h_n", state.h.data);
    if (state.c) fixture.check("out.c_n", state.c.data);

    const outputs = [output, state.h, ...(state.c ? [state.c] : [])];
    rt().backward(outputs, seeds(rt(), fixture, ["w_out", "w_h", ...(state.c ? ["w_c"] : [])]));
    fixture.check("grad.x", gradientOf(x!));
    if (h0) fixture.check("grad.h0", gradientOf(h0));
    if (c0) fixture.check("grad.c0", gradientOf(c0));
    for (const [name, { data }] of Object.entries(module.stateDict())) {
      if (name.includes("running") && module.training) fixture.check(`out.${name}`, data as Float32Array);
    }
    const parameters = Object.entries(module.parameters());
    expect(parameters.map(([name]) => name).sort()).toEqual(Object.keys(fixture.group("param")).sort());
    for (const [name, tensor] of parameters) fixture.check(`grad.${name}`, gradientOf(tensor));
  });

  it.each(fixtures("cell"))("one step of a cell: $name", (fixture) => {
    const { module: name, nonlinearity, bias, input_size, hidden_size } = fixture.config;
    const kind = name.replace("Cell", "") as "RNN" | "GRU" | "LSTM";
    const module = new MODULES[kind](rt(), {
      inputSize: input_size,
      hiddenSize: hidden_size,
      bias,
      ...(nonlinearity && { nonlinearity }),
    });
    const given = Object.entries(fixture.group("param"));
    module.loadStateDict(Object.fromEntries(given.map(([key, value]) => [`${key}_l0`, value])));
    const [x, h0, c0] = ["in.x", "in.h0", "in.c0"].map((name) => leaf(rt(), fixture, name));
    const row = (tensor: Tensor) => reshape(tensor, [1, ...tensor.shape]);
    const { state } = module.forward(row(x!), { h0: row(h0!), ...(c0 && { c0: row(c0) }) });
    const flat = (tensor: Tensor) => reshape(tensor, tensor.shape.slice(1));
    const outputs = [flat(state.h), ...(state.c ? [flat(state.c)] : [])];
    fixture.check("out.h1", outputs[0]!.data);
    if (state.c) fixture.check("out.c1", outputs[1]!.data);

    rt().backward(outputs, seeds(rt(), fixture, ["w_h", ...(state.c ? ["w_c"] : [])]));
    fixture.check("grad.x", gradientOf(x!));
    fixture.check("grad.h0", gradientOf(h0!));
    if (c0) fixture.check("grad.c0", gradientOf(c0));
    for (const [key, tensor] of Object.entries(module.parameters())) {
      fixture.check(`grad.${key.replace("_l0", "")}`, gradientOf(tensor));
    }
  });
});
