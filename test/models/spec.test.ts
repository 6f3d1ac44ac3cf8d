import { expect, it } from "vitest";
import { checkSpec, DEFAULT_SPEC } from "../../src/models/spec.ts";
import { expectError } from "../runtimes.ts";

it("takes the default spec and gives it back", () => {
  expect(checkSpec(DEFAULT_SPEC)).toEqual(DEFAULT_SPEC);
  expect(checkSpec({ ...DEFAULT_SPEC, lines: true })).toEqual({ ...DEFAULT_SPEC, lines: true });
});

const wrong: Record<keyof typeof DEFAULT_SPEC, unknown[]> = {
  task: ["tagger", undefined, null, 1],
  level: ["word", undefined],
  cell: ["LSTM", "toString", undefined, ["lstm"]],
  hidden: [0, -1, 1.5, "128", Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, null, undefined],
  layers: [0, 0.5, "2", 2 ** 53, undefined],
  dropout: [-0.1, 1, Number.NaN, "0", null, undefined],
  embedding: [-1, 0.5, "0", 2 ** 53, undefined],
  lines: ["yes", 1, null],
};

it.each(Object.entries(wrong).flatMap(([field, values]) => values.map((value) => [field, value] as const)))(
  "refuses %s: %s",
  (field, value) => {
    const { [field as "cell"]: _, ...rest } = DEFAULT_SPEC;
    const spec = value === undefined ? rest : { ...rest, [field]: value };
    expectError(() => checkSpec(spec), "ERR_VALUE", field, `is ${JSON.stringify(value)}`, "expected");
  },
);

it.each([
  ["null", null],
  ["an array", []],
  ["text", "lstm"],
  ["nothing", undefined],
])("refuses %s instead of an object", (_, spec) =>
  expectError(() => checkSpec(spec), "ERR_VALUE", "expected an object"),
);

it.each(["bidirectional", "toString", "__proto__"])("refuses the unknown field %s", (field) => {
  const spec = JSON.parse(JSON.stringify(DEFAULT_SPEC).replace("{", `{"${field}":1,`));
  expectError(() => checkSpec(spec), "ERR_VALUE", `unknown field ${field}`);
});
