import { expect, it } from "vitest";
import { type Fixture, fixtures } from "../fixtures/load.ts";
import * as reference from "../reference.ts";

// All references together: a character language model trained by truncated backpropagation through time (BPTT).

type Values = Record<string, Float64Array>;

function train(fixture: Fixture<"language_model">) {
  const {
    module,
    vocabulary: V,
    hidden_size: H,
    num_layers: layers,
    seq: T,
    batch: B,
    ...config
  } = fixture.config;
  const cell = module === "LSTM" ? reference.lstmCell : reference.gruCell;
  const parameters = collect(fixture.group("param"), ({ data }) => Float64Array.from(data));
  const updates = collect(parameters, (p) => reference.optimizer(config.optimizer, p.length, config.args));
  const stack = { cell, T, B, I: V, H, layers, directions: 1, parameters: withoutPrefix(parameters, "rnn.") };
  const { "head.weight": weight, "head.bias": bias } = parameters;
  let state: Float64Array[] = Array.from({ length: cell.states }, () => new Float64Array(layers * B * H));
  const losses: number[] = [];
  let firstGradients: Values = {};

  for (let window = 0; window < config.windows; window++) {
    const part = (name: string) => fixture.index(name).data.subarray(window * T * B, (window + 1) * T * B);
    const target = part("in.target");
    const forward = reference.stackForward(stack, oneHot(part("in.x"), V), state);
    const logits = reference.linearForward(forward.y, weight!, bias, T * B, H, V);
    losses.push(reference.crossEntropyForward(logits, target, T * B, V)[0]!);

    const dlogits = reference.crossEntropyBackward(logits, target, Float64Array.of(T), T * B, V);
    const dhead = { weight: new Float64Array(V * H), bias: new Float64Array(V) };
    const dy = reference.linearBackward(dhead.weight, dhead.bias, forward.y, weight!, dlogits, T * B, H, V);
    const { grads } = reference.stackBackward(
      forward.tape,
      dy,
      state.map((s) => new Float64Array(s.length)),
    );
    const all: Values = { "head.weight": dhead.weight, "head.bias": dhead.bias };
    for (const [name, g] of Object.entries(grads)) all[`rnn.${name}`] = g;
    if (window === 0) firstGradients = collect(all, (g) => g.slice());

    if (config.clip.value) reference.clipGradValue(Object.values(all), config.clip.value);
    else reference.clipGradNorm(Object.values(all), config.clip.norm!);
    for (const [name, g] of Object.entries(all)) updates[name]!(parameters[name]!, g);
    state = forward.state;
  }
  return { losses, firstGradients, state, parameters };
}

function oneHot(ids: Int32Array, V: number): Float64Array {
  const x = new Float64Array(ids.length * V);
  ids.forEach((id, i) => {
    x[i * V + id] = 1;
  });
  return x;
}

function collect<A, B>(record: Record<string, A>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}

function withoutPrefix(values: Values, prefix: string): Values {
  const own = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

it.each(fixtures("language_model"))("language model: $name", (fixture) => {
  const { losses, firstGradients, state, parameters } = train(fixture);
  expect(losses).toHaveLength(fixture.config.windows);
  fixture.check("out.loss", losses);
  for (const [name, g] of Object.entries(firstGradients)) fixture.check(`grad.${name}`, g);
  for (const [name, p] of Object.entries(parameters)) fixture.check(`out.${name}`, p);
  ["h_n", "c_n"].slice(0, state.length).forEach((name, i) => {
    fixture.check(`out.${name}`, state[i]!);
  });
});
