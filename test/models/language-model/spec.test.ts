import { describe, expect, it } from "vitest";
import {
  checkLanguageModelSpec,
  defaultLanguageModelSpec,
  type LanguageModelSpec,
  languageModelSchema,
} from "../../../src/models/language-model/spec.ts";
import { expectError } from "../../runtimes.ts";

const { stored } = languageModelSchema();

/** The fields that specs had from the beginning. */
const { task, level, cell, hidden, layers, dropout, embedding } = defaultLanguageModelSpec();
const FIRST = { task, level, cell, hidden, layers, dropout, embedding };

it("takes the default spec and gives it back", () => {
  expect(checkLanguageModelSpec(defaultLanguageModelSpec())).toEqual(defaultLanguageModelSpec());
  expect(checkLanguageModelSpec({ ...defaultLanguageModelSpec(), lines: true })).toEqual({
    ...defaultLanguageModelSpec(),
    lines: true,
  });
});

it("completes a spec of an earlier version, and stores no more than that of a network as it was then", () => {
  expect(checkLanguageModelSpec(FIRST)).toEqual({
    ...defaultLanguageModelSpec(),
    normalForm: "none",
    segmentation: "latin",
  });
  expect(JSON.stringify(stored(checkLanguageModelSpec(FIRST)))).toBe(JSON.stringify(FIRST));
  const spec: LanguageModelSpec = { ...defaultLanguageModelSpec(), connections: "dense", head: [4] };
  const text = { normalForm: "NFC", segmentation: "unicode" };
  expect(stored(spec)).toEqual({ ...FIRST, ...text, connections: "dense", head: [4] });
  expect(checkLanguageModelSpec(stored(spec))).toEqual(spec);
});

const wrong: Record<keyof LanguageModelSpec, unknown[]> = {
  softmax: ["tied", true, null],
  cutoffs: [5, [0], [1.5], "5", null],
  task: ["tagger", undefined, null, 1],
  level: ["words", undefined],
  tokens: ["space", null],
  normalForm: ["NFD", "nfc", null],
  segmentation: ["ascii", null],
  segmenter: [1, null],
  cell: ["LSTM", "toString", undefined, ["lstm"]],
  hidden: [0, -1, 1.5, "128", Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, null, undefined],
  layers: [0, 0.5, "2", 101, 1_000_000, 2 ** 53, undefined],
  dropout: [-0.1, 1, Number.NaN, "0", null, undefined],
  embedding: [-1, 0.5, "0", 2 ** 53, undefined],
  freezeVectors: [1, null, true],
  nonlinearity: ["sigmoid", null, ["relu"]],
  identityStart: [1, null],
  resetAfter: ["yes", 0, null],
  resetGate: [0, null],
  forgetGate: ["open", true, null],
  peepholes: [3, null, "next", "true"],
  forgetBias: ["1", Number.NaN, null],
  activations: ["tanh", 1],
  gateNorm: [1, null, "layer", "true"],
  gateClip: [-1, Number.POSITIVE_INFINITY, null],
  bidirectional: [0, null],
  connections: ["skip", null, "toString"],
  norm: ["batchnorm", null, true],
  inputDropout: [-0.1, 1, "0", null],
  variationalDropout: [1, null],
  head: [0, 64, "64", [0], [1.5], ["64"], [null], [64, -1], null],
  headActivation: ["sigmoid", null],
  tied: [1, "true", null],
  lines: ["yes", 1, null],
  zeroStart: [0, null, true],
};

it.each(Object.entries(wrong).flatMap(([field, values]) => values.map((value) => [field, value] as const)))(
  "refuses %s: %s",
  (field, value) => {
    const { [field as "cell"]: _, ...rest } = defaultLanguageModelSpec();
    const spec = value === undefined ? rest : { ...rest, [field]: value };
    expectError(
      () => checkLanguageModelSpec(spec),
      "ERR_VALUE",
      field,
      `is ${typeof value === "number" ? value : JSON.stringify(value)}`,
      "expected",
    );
  },
);

it.each([
  ["null", null],
  ["an array", []],
  ["text", "lstm"],
  ["nothing", undefined],
])("refuses %s instead of an object", (_, spec) =>
  expectError(() => checkLanguageModelSpec(spec), "ERR_VALUE", "expected an object"),
);

it.each(["skip", "toString", "__proto__"])("refuses the unknown field %s", (field) => {
  const spec = JSON.parse(JSON.stringify(defaultLanguageModelSpec()).replace("{", `{"${field}":1,`));
  expectError(() => checkLanguageModelSpec(spec), "ERR_VALUE", `unknown field ${field}`);
});

describe("fields that do not go together", () => {
  it.each<[Partial<LanguageModelSpec>, string[]]>([
    [{ bidirectional: true }, ["bidirectional", "future"]],
    [{ cell: "gru", nonlinearity: "relu" }, ["nonlinearity", "cell rnn", "cell is gru"]],
    [{ cell: "lstm", resetAfter: false }, ["resetAfter is false", "cell gru", "cell is lstm"]],
    [{ cell: "rnn", peepholes: true }, ["peepholes is true", "cell lstm", "cell is rnn"]],
    [{ cell: "gru", forgetGate: "coupled" }, ["forgetGate", "cell lstm", "cell is gru"]],
    [{ identityStart: true }, ["identityStart", "cell rnn", "cell is lstm"]],
    [{ resetGate: false }, ["resetGate", "cell gru", "cell is lstm"]],
    [{ cell: "gru", forgetBias: 2 }, ["forgetBias is 2", "cell lstm", "cell is gru"]],
    [{ forgetGate: "none", forgetBias: 2 }, ["forgetBias is 2", 'forgetGate is "none"']],
    [{ cell: "gru", resetGate: false, resetAfter: false }, ["resetAfter is false", "resetGate is false"]],
    [{ cell: "rnn", nonlinearity: "relu", activations: ["tanh"] }, ["nonlinearity", "activations"]],
    [{ activations: ["sigmoid", "tanh"] }, ["LSTM: activations", "array of 3"]],
    [{ cell: "rnn", activations: ["step" as "relu"] }, ["step", "softsign"]],
    [{ inputDropout: 0.1 }, ["inputDropout", "use an embedding"]],
    [{ tied: true }, ["tied", "embedding is 0"]],
    [{ tied: true, embedding: 64 }, ["tied", "embedding is 64, expected 128"]],
    [{ tied: true, embedding: 128, head: [128, 32] }, ["embedding is 128, expected 32"]],
    [{ tied: true, embedding: 128, connections: "dense" }, ["embedding is 128, expected 256"]],
    [{ softmax: "adaptive" }, ["softmax", "level word", "level is char"]],
    [{ cutoffs: [5] }, ["cutoffs is [5]", "softmax adaptive", "softmax is full"]],
    [{ level: "word", softmax: "adaptive", head: [8] }, ["head is [8]", "expected []"]],
  ])("%o", (fields, patterns) => {
    expectError(
      () => checkLanguageModelSpec({ ...defaultLanguageModelSpec(), ...fields }),
      "ERR_VALUE",
      ...patterns,
    );
  });

  it.each<Partial<LanguageModelSpec>>([
    { cell: "rnn", nonlinearity: "relu" },
    { cell: "gru", resetAfter: false },
    { cell: "rnn", identityStart: true, nonlinearity: "relu" },
    { cell: "gru", resetGate: false, gateClip: 3 },
    { forgetGate: "coupled", peepholes: true },
    { forgetGate: "none", peepholes: "previous" },
    { forgetBias: -2, activations: ["hardSigmoid", "tanh", { name: "leakyRelu", alpha: 0.1 }] },
    { inputDropout: 0.1, embedding: 8 },
    { level: "word", softmax: "adaptive" },
    { level: "word", softmax: "adaptive", cutoffs: [20, 400], tied: true, embedding: 128 },
    { tied: true, embedding: 128 },
    { tied: true, embedding: 32, head: [128, 32] },
    { tied: true, embedding: 256, connections: "dense" },
  ])("but %o do", (fields) => {
    expect(checkLanguageModelSpec({ ...defaultLanguageModelSpec(), ...fields })).toEqual({
      ...defaultLanguageModelSpec(),
      ...fields,
    });
  });
});
