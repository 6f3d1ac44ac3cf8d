import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { expectClose } from "../../close.ts";
import { languageModelSpec } from "../../network/random-spec.ts";
import { describeRuntimes } from "../../runtimes.ts";
import { smallModel } from "./model.ts";

describeRuntimes("a language model of any spec", (rt) => {
  /** Makes a model whose batch norms have seen text. */
  const trained = (spec: Parameters<typeof smallModel>[1]) => {
    const model = smallModel(rt(), spec);
    for (const { data } of Object.values(model.parameters()))
      data.set(data.map((x) => (x < 0.1 ? 8 * x : x)));
    const ids = model.vocabulary.encode("abacadabfe\nbebebaf\nfadce");
    rt().scope(() => model.forward(rt().tensor(ids, [ids.length / 2, 2])));
    return { model: model.train(false), ids };
  };

  it("streams what it gives for the whole text, without allocating", () => {
    fc.assert(
      fc.property(languageModelSpec, (spec) => {
        const { model, ids } = trained(spec);
        const V = model.vocabulary.size;
        const { used } = rt().memory;
        const packed = model.pack();
        const stream = packed.stream();
        rt().scope(() => {
          const { logits } = model.forward(rt().tensor(ids, [ids.length, 1]));
          const allocate = vi.spyOn(rt(), "allocate");
          ids.forEach((id, t) => {
            stream.feed(id);
            const want = logits.data.subarray(t * V, (t + 1) * V);
            const scale = Math.max(...want.map(Math.abs));
            expectClose(stream.logits(), want, [scale, 1e-6], `step ${t}`);
          });
          expect(allocate).not.toHaveBeenCalled();
          allocate.mockRestore();
        });
        stream.dispose();
        packed.dispose();
        expect(rt().memory.used).toBe(used);
        model.dispose();
      }),
    );
  });

  it("comes back from its file, with the same bits", () => {
    fc.assert(
      fc.property(languageModelSpec, (spec) => {
        const { model, ids } = trained(spec);
        const bytes = serializeModel(model);
        const loaded = loadModel(rt(), bytes, [LanguageModel]).train(false);
        expect(loaded.spec).toEqual(spec);
        expect(loaded.stateDict()).toEqual(model.stateDict());
        expect(serializeModel(loaded)).toEqual(bytes);
        rt().scope(() => {
          const tokens = rt().tensor(ids, [ids.length, 1]);
          expect(loaded.forward(tokens).logits.toArray()).toEqual(model.forward(tokens).logits.toArray());
        });
        for (const each of [loaded, model]) each.dispose();
      }),
      { numRuns: 50 },
    );
  });

  it("begins with norms of 1 and 0, and with highways that let pass", () => {
    const model = smallModel(rt(), { norm: "batch", connections: "highway", layers: 3 });
    for (const [name, { data }] of Object.entries(model.stateDict())) {
      if (/norm_l\d\.(weight|running_var)/.test(name)) expect([...data], name).toEqual(Array(5).fill(1));
      else if (/norm_l\d\.(bias|running_mean)/.test(name)) expect([...data], name).toEqual(Array(5).fill(0));
      else if (/highway_l\d\.bias/.test(name)) expect([...data], name).toEqual(Array(5).fill(-1));
      else if (/highway_l\d\.weight/.test(name))
        expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(0.08);
    }
  });

  it("begins with the identity, or with the forget bias that was asked for", () => {
    const { weight_hh_l1, bias_ih_l0, weight_ih_l0 } = smallModel(rt(), {
      cell: "rnn",
      identityStart: true,
    }).rnn.parameters();
    expect([...weight_hh_l1!.data]).toEqual(Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 : 0)));
    expect([...bias_ih_l0!.data]).toEqual(Array(5).fill(0));
    expect(Math.max(...weight_ih_l0!.data.map(Math.abs))).toBeLessThan(0.002);
    const lstm = smallModel(rt(), { forgetBias: -2 }).rnn.parameters();
    expect([...lstm.bias_ih_l1!.data.slice(5, 10)]).toEqual(Array(5).fill(-2));
    const coupled = smallModel(rt(), { forgetGate: "coupled" }).rnn.parameters();
    expect(Math.max(...coupled.bias_ih_l1!.data)).toBeLessThanOrEqual(0.08);
  });

  it("keeps the mask on the last output for all steps, if dropout is variational", () => {
    const distinct = (variationalDropout: boolean) => {
      const model = smallModel(rt(), {
        cell: "rnn",
        layers: 1,
        hidden: 16,
        dropout: 0.5,
        variationalDropout,
      });
      for (const [name, { data }] of Object.entries(model.rnn.parameters()))
        data.fill(name.includes("bias") ? 1 : 0);
      const { logits } = model.forward(rt().tensor(new Int32Array(6), [6, 1]));
      const V = model.vocabulary.size;
      return new Set(Array.from({ length: 6 }, (_, t) => String(logits.data.slice(t * V, (t + 1) * V)))).size;
    };
    expect(distinct(true)).toBe(1);
    expect(distinct(false)).toBeGreaterThan(1);
  });
});
