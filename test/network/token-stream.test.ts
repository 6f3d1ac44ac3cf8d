import fc from "fast-check";
import { expect, it } from "vitest";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { textVocabulary } from "../../src/models/language-model/text.ts";
import { Random } from "../../src/runtime/random.ts";
import { smallModel } from "../models/language-model/model.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";
import { languageModelSpec } from "./random-spec.ts";

const TEXT = "one two.\nthree four.\n".repeat(3);

const sampling = fc.record({
  temperature: fc.constantFrom(0, 0.5, 1, 3),
  topK: fc.constantFrom(0, 3),
  topP: fc.constantFrom(1, 0.8),
});

describeRuntimes("writing with a token stream", (rt) => {
  it("gives the symbols that drawing and reading in turn give, for all networks", () => {
    fc.assert(
      fc.property(
        languageModelSpec,
        sampling,
        fc.constantFrom("f32" as const, "int8" as const),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        fc.nat(9),
        (spec, options, dtype, pieces, seed) => {
          const model = new LanguageModel(rt(), spec, textVocabulary(TEXT, spec));
          const { used } = rt().memory;
          const packed = model.pack({ dtype });
          const [one, many] = [packed.stream(), packed.stream()];
          const [first, second] = [new Random(seed), new Random(seed)];
          const end = seed % 2 ? 2 : null;
          for (const most of pieces) {
            const written = [...many.write(most, end, second, options)];
            expect(written.length).toBeGreaterThan(0);
            expect(written.length).toBeLessThanOrEqual(most);
            for (const id of written) {
              expect(one.draw(first, options)).toBe(id);
              if (id !== end) one.feed(id);
            }
            expect(written.slice(0, -1)).not.toContain(end);
            expect(second.state).toEqual(first.state);
            expect(many.state).toEqual(one.state);
            expect(many.logits()).toEqual(one.logits());
          }
          for (const part of [one, many, packed]) part.dispose();
          expect(rt().memory.used).toBe(used);
          model.dispose();
        },
      ),
      { numRuns: 150 },
    );
  });

  it("refuses logits that are not finite, after the symbols before them", () => {
    const model = smallModel(rt(), { cell: "rnn", nonlinearity: "relu", hidden: 1, layers: 1 });
    for (const { data } of Object.values(model.rnn.parameters())) data.fill(1);
    model.rnn.layers[0]!.weightHh.data.fill(1e20); // the state is 2, 2e20, then infinite
    model.head.weight.data.fill(0); // times infinity: not a number
    const packed = model.pack();
    const read: string[] = [];
    const write = () => {
      for (const symbol of packed.generate({ length: 30 })) read.push(symbol);
    };
    expectError(write, "ERR_NAN", "not finite");
    const stream = packed.stream();
    stream.feed(model.vocabulary.endId!); // as the generator does
    const random = new Random(1);
    const drawn: string[] = [];
    expectError(
      () => {
        for (;;) {
          const id = stream.draw(random);
          drawn.push(model.vocabulary.symbols[id]!);
          stream.feed(id);
        }
      },
      "ERR_NAN",
      "not finite",
    );
    expect(read).toEqual(drawn);
    expect(read.length).toBeGreaterThan(1);
  });

  it("reads a line's end by starting anew", () => {
    const model = smallModel(rt(), { lines: true });
    const packed = model.pack();
    const [one, many] = [packed.stream(), packed.stream()];
    const [first, second] = [new Random(3), new Random(3)];
    const { endId } = model.vocabulary;
    let ends = 0;
    for (let left = 60; left > 0; ) {
      const written = many.write(left, null, second, {});
      left -= written.length;
      for (const id of written) {
        expect(one.draw(first)).toBe(id);
        one.feed(id);
        if (id === endId) ends++;
      }
      expect(many.state).toEqual(one.state);
    }
    expect(ends).toBeGreaterThan(3);
  });
});
