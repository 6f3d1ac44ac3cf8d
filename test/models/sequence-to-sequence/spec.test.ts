import { describe, expect, it } from "vitest";
import {
  checkEncoderDecoderSpec,
  defaultEncoderDecoderSpec,
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
  ])("refuses %j", (fields, message) => {
    expectError(check(fields), "ERR_VALUE", message);
  });

  it("of an encoder that reads forwards may have an odd number of units", () => {
    expect(check({ hidden: 7, bidirectional: false })().hidden).toBe(7);
  });
});
