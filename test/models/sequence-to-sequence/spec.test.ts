import { describe, expect, it } from "vitest";
import {
  checkEncoderDecoderSpec,
  defaultEncoderDecoderSpec,
  encoderDecoderSchema,
} from "../../../src/models/sequence-to-sequence/spec.ts";
import { expectError } from "../../runtimes.ts";

describe("the spec of an encoder-decoder", () => {
  const check = (fields: object) => () =>
    checkEncoderDecoderSpec({ ...defaultEncoderDecoderSpec(), ...fields });

  it("is completed, and given back", () => {
    const spec = defaultEncoderDecoderSpec("word", "char");
    expect(checkEncoderDecoderSpec(spec)).toEqual(spec);
    expect(spec).toMatchObject({
      task: "encoder-decoder",
      sourceLevel: "word",
      targetLevel: "char",
      attention: "dot",
    });
  });

  it.each([
    [{ attention: "general" }, "dot or additive or none"],
    [{ sourceLevel: "line" }, "sourceLevel"],
    [{ targetLevel: undefined }, "targetLevel"],
    [{ lowerCase: "yes" }, "true or false"],
    [{ hidden: 7 }, "even number"],
    [{ hidden: 0 }, "hidden is 0"],
    [{ task: "autoencoder" }, "encoder-decoder"],
    [{ tied: true, embedding: 64 }, "64"],
    [{ embedding: 0 }, "use an embedding"],
    [{ beam: 3 }, "unknown field beam"],
    [{ encoderLayers: 101 }, "encoderLayers is 101, expected a whole number from 0 to 100"],
    [{ encoderLayers: "2" }, 'encoderLayers is "2"'],
    [{ encoderHidden: 1.5 }, "encoderHidden is 1.5"],
    [{ encoderHidden: null }, "encoderHidden is null"],
    [{ encoderCell: "transformer" }, "rnn or gru or lstm or same"],
    [{ encoderHidden: 7, attention: "none" }, "encoderHidden is 7, but each direction"],
    [{ encoderHidden: 64 }, "the encoder has 64 and the decoder 128; use additive or none"],
    [{ encoderLayers: 2, connections: "dense" }, "the encoder has 256 and the decoder 128"],
    [{ encoderCell: "lstm", activations: ["sigmoid", "tanh"] }, "encoderCell is lstm and cell gru"],
    [{ encoderCell: "lstm", peepholes: true }, "needs cell lstm"],
    [{ decoderLayers: 4 }, "did you mean encoderLayers?"],
  ])("refuses %j", (fields, message) => {
    expectError(check(fields), "ERR_VALUE", message);
  });

  it("may have another encoder, and a file has only the fields that say so", () => {
    const fields = {
      encoderLayers: 2,
      encoderHidden: 64,
      encoderCell: "lstm",
      attention: "additive",
    } as const;
    const spec = check({ layers: 4, ...fields })();
    expect(spec).toMatchObject({ layers: 4, hidden: 128, cell: "gru", ...fields });
    expect(encoderDecoderSchema().stored(spec)).toMatchObject(fields);
    const same = Object.keys(encoderDecoderSchema().stored(defaultEncoderDecoderSpec()));
    expect(same.filter((field) => field.startsWith("encoder"))).toEqual([]);
  });

  it("of an encoder that reads forwards may have an odd number of units", () => {
    expect(check({ hidden: 7, bidirectional: false })().hidden).toBe(7);
  });
});
