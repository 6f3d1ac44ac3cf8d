import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { exportOnnx } from "../../../src/formats/onnx/export.ts";
import { loadOnnx } from "../../../src/formats/onnx/index.ts";
import * as unrolled from "../../../src/index.ts";
import { type Numbers, shaken, small } from "./export-case.ts";
import { exportedCases } from "./exported-models.ts";

type Outputs = Record<string, Pick<Numbers, "shape" | "data">>;

const rt = await unrolled.createRuntime({ variant: "strict" });
const cases = exportedCases(rt);
/** What ONNX Runtime computes: make-outputs.py. */
const results: Record<string, { hash: string; outputs: Outputs }> = JSON.parse(
  readFileSync(new URL("outputs.json", import.meta.url), "utf8"),
);

/** Compares numbers except those past the end of sequences, which are NaN in `data`. */
function expectSame(what: string, found: Outputs[string], { shape, data }: Outputs[string]) {
  expect(found.shape, what).toEqual(shape);
  for (const [i, value] of data.entries()) {
    if (!Number.isNaN(value)) expect(found.data[i], `${what} ${i}`).toBeCloseTo(value, 5);
  }
}

it("has outputs of ONNX Runtime for each model", () => {
  expect(Object.keys(results)).toEqual(cases.map(({ name }) => name));
});

it.each(cases.map((each) => [each.name, each] as const))(
  "%s: ONNX Runtime and loadOnnx compute what the model does",
  (name, { bytes, inputs, expected }) => {
    const { hash, outputs } = results[name]!;
    expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16), "run make-outputs.py").toBe(hash);
    for (const [output, value] of Object.entries(expected as Outputs)) {
      expectSame(`ONNX Runtime: ${output}`, outputs[output]!, value);
    }
    const model = loadOnnx(rt, bytes);
    const given = Object.entries(inputs).filter(([, value]) => value);
    const found = model.run(Object.fromEntries(given) as never);
    for (const [output, value] of Object.entries(outputs)) {
      expectSame(`loadOnnx: ${output}`, found[output] as never, value);
    }
    model.dispose();
  },
);

it("writes token by token what the model writes", () => {
  const spec = { ...unrolled.defaultEncoderDecoderSpec(), ...small, attention: "additive" as const };
  const pairs = [{ source: [..."abcd"], target: [..."wxyz"] }];
  const model = shaken(new unrolled.EncoderDecoder(rt, spec, unrolled.EncoderDecoder.tablesOf(pairs, spec)));
  for (const [name, { data }] of Object.entries(model.parameters())) {
    data.set(data.map((value) => (name.includes("bias") ? 0 : 6 * value)));
  }
  const [encoder, decoder] = (["encoder", "decoder"] as const).map((part) =>
    loadOnnx(rt, exportOnnx(model as never, { part })),
  );
  const { source, target } = model.tables;
  const words = ["abcd", "dcb", "bbacd"];
  const written = words.map((word) => {
    const read = { data: source!.encode(word), shape: [word.length, 1] };
    const { h, ...memory } = encoder!.run({ source: read });
    let [state, token] = [h!, model.end];
    const tokens: string[] = [];
    while (tokens.length < 8) {
      const found = decoder!.run({ ...memory, h: state, tokens: { data: [token], shape: [1, 1] } } as never);
      const logits = Array.from(found.logits!.data as Float32Array);
      logits[target.unknownId!] = Number.NEGATIVE_INFINITY;
      token = logits.indexOf(Math.max(...logits));
      if (token === model.end) break;
      tokens.push(target.symbols[token]!);
      state = found.h_out!;
    }
    return tokens.join("");
  });
  const expected = model.predict(words, { maxLength: 8 }).map(({ text }) => text);
  expect(new Set(expected).size).toBeGreaterThan(1);
  expect(written).toEqual(expected);
});
