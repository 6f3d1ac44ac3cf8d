import "../no-liftoff.ts";
import { expect, it, vi } from "vitest";
import { describeRuntimes } from "../runtimes.ts";
import { newForecaster, rowsOf, waves } from "./forecaster/forecasters.ts";
import { newGenerator } from "./generator/generators.ts";
import { smallModel } from "./language-model/model.ts";
import { newEncoderDecoder } from "./sequence-to-sequence/pairs.ts";
import { EXAMPLES, newTranscriber } from "./transcriber/transcribers.ts";

describeRuntimes("models with weights of 8 bits", (rt) => {
  const near = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    const difference = Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.1);
  };

  it("a language model streams with the type that pack names, or else with its own", () => {
    const model = smallModel(rt());
    const logits = (dtype?: "f32" | "int8") => {
      const stream = model.pack(dtype && { dtype }).stream();
      stream.feed(1);
      return stream.logits();
    };
    const [exact, whole] = [logits(), logits("int8")];
    near(exact, whole);
    model.dtype = "int8";
    expect(logits()).toEqual(whole);
    expect(logits("f32")).toEqual(exact);
  });

  it("a generator reads its condition and writes", () => {
    for (const condition of ["single", "sequence"] as const) {
      const model = newGenerator(rt(), { condition });
      const state = () => model.pack().stream("cow").state.h;
      const exact = state();
      model.dtype = "int8";
      near(exact, state());
    }
  });

  it("a forecaster forecasts", () => {
    const model = newForecaster(rt());
    const rows = rowsOf(waves(20));
    const exact = model.forecast(rows).flat();
    model.dtype = "int8";
    near(exact, model.forecast(rows).flat());
  });

  it("a transcriber listens", () => {
    const model = newTranscriber(rt(), { bidirectional: false });
    const state = () => {
      const stream = model.pack().stream();
      stream.push(EXAMPLES[0]!.vectors);
      return stream.state.h;
    };
    const exact = state();
    model.dtype = "int8";
    near(exact, state());
  });

  it("an encoder-decoder gives its type to the decoder's streams", () => {
    const model = newEncoderDecoder(rt());
    const write = () => model.write([["a", "b"]], { maxLength: 1 }).map((written) => written.logProbability);
    const exact = write();
    const open = vi.spyOn(model.decoder, "stream");
    model.dtype = "int8";
    near(exact, write());
    expect(open.mock.lastCall?.[2]).toBe("int8");
  });
});
