import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type Field,
  flag,
  fraction,
  type Infer,
  listOf,
  number,
  numberFrom,
  numberWhere,
  object,
  oneOf,
  positive,
  rule,
  share,
  whole,
} from "../src/schema.ts";
import { expectError } from "./runtimes.ts";

const NO_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, "1", null, undefined, [1], true];

describe.each<[string, Field<unknown>, unknown[], unknown[]]>([
  ["a whole number from 0 on", whole(), [0, 1, 2 ** 53 - 1], [-1, 0.5, 2 ** 53, ...NO_NUMBERS]],
  ["a whole number from 3 on", whole(3), [3, 100], [2, 3.5]],
  ["a whole number from 1 to 5", whole(1, 5), [1, 5], [0, 6, 1.5]],
  ["a number", number(), [0, -1e300, 0.1], NO_NUMBERS],
  ["a number from -1 on", numberFrom(-1), [-1, 0.5], [-1.001, ...NO_NUMBERS]],
  ["a number above 0", positive(), [1e-300, 2], [0, -0, -1, ...NO_NUMBERS]],
  ["a number from 0 to below 1", fraction(), [0, 0.999], [-0.001, 1, ...NO_NUMBERS]],
  ["a number from 0 to 1", share(), [0, 1], [-0.001, 1.001, ...NO_NUMBERS]],
  ["an odd number", numberWhere("an odd number", (n) => n % 2 === 1), [1, 3], [2, ...NO_NUMBERS]],
  ["true or false", flag(), [true, false], [0, 1, "true", null, undefined]],
  ["a or b", oneOf(["a", "b"]), ["a", "b"], ["c", "", "toString", ["a"], 0, null, undefined]],
  [
    "a list of at most 2, each entry a number from 0 to 1",
    listOf(share(), 2),
    [[], [0, 1]],
    [0, [2], [null], {}, null, [1, 1, 1]],
  ],
  ["a text", rule("a text", (value) => typeof value === "string"), [""], [0]],
])("%s", (expected, field, right, wrong) => {
  it("says so", () => expect(field.expected).toBe(expected));

  it.each(right.map((value) => [value]))("takes %o", (value) => expect(field.test(value)).toBe(true));

  it.each(wrong.map((value) => [value]))("refuses %o", (value) => expect(field.test(value)).toBe(false));
});

const schema = object(
  {
    kind: oneOf(["plain", "deep"]),
    units: whole(1).default(8, { file: "required" }),
    depth: whole(1).default(2, { only: { kind: "deep" } }),
    sizes: listOf(whole(1), 3).default([]),
    list: rule<readonly string[] | null>("null or a list", (v) => v === null || Array.isArray(v)).default(
      null,
    ),
    tied: flag().default(false, { file: "kept" }),
  },
  ({ units, tied }, refuse) => {
    if (tied && units > 100) refuse(`tied is ${tied}, but units is ${units}`);
  },
);
const check = (given: unknown) => schema.check(given, "thing");

it("has the defaults of its fields, and the choices of a choice", () => {
  expect(schema.defaults).toEqual({ units: 8, depth: 2, sizes: [], list: null, tied: false });
  expect(Object.keys(schema.defaults)).toEqual(["units", "depth", "sizes", "list", "tied"]);
  expect(schema.fields.kind.choices).toEqual(["plain", "deep"]);
  expect(schema.fields.units.choices).toBeUndefined();
});

it("knows a default, also of a list", () => {
  expect(schema.isDefault("units", 8)).toBe(true);
  expect(schema.isDefault("units", 9)).toBe(false);
  expect(schema.isDefault("sizes", [])).toBe(true);
  expect(schema.isDefault("sizes", [1])).toBe(false);
  expect(schema.isDefault("list", null)).toBe(true);
  expect(schema.isDefault("kind", undefined)).toBe(false);
  expect(schema.isDefault("toString", Object.prototype.toString)).toBe(false);
});

describe("check", () => {
  it("completes what is missing, after what was given, and leaves that alone", () => {
    const given = Object.freeze({ units: 3, kind: "plain" });
    const checked = check(given);
    expect(checked).toEqual({ kind: "plain", units: 3, depth: 2, sizes: [], list: null, tied: false });
    expect(Object.keys(checked)).toEqual(["units", "kind", "depth", "sizes", "list", "tied"]);
  });

  it.each([[undefined], [null], ["text"], [[]], [3]])("refuses %o instead of an object", (given) =>
    expectError(() => check(given), "ERR_VALUE", "thing: ", "expected an object"),
  );

  it.each<[object, string]>([
    [{ units: 8 }, "thing: kind is undefined, expected plain or deep"],
    [{ kind: "plain" }, "thing: units is undefined, expected a whole number from 1 on"],
    [{ kind: "plain", units: Number.NaN }, "thing: units is NaN, expected a whole number from 1 on"],
    [{ kind: "Plain", units: 8 }, 'thing: kind is "Plain", expected plain or deep'],
    [{ kind: "plain", units: 8, tied: undefined }, "thing: tied is undefined, expected true or false"],
    [{ kind: "plain", units: 8, tide: true }, "thing: unknown field tide; did you mean tied?"],
    [{ kind: "plain", units: 8, xyzzy: 1 }, "thing: unknown field xyzzy; expected kind, units, depth"],
    [{ kind: "plain", units: 8, depth: 3 }, "thing: depth is 3, which needs kind deep, but kind is plain"],
    [{ kind: "plain", units: 101, tied: true }, "thing: tied is true, but units is 101"],
  ])("refuses %o", (given, message) => expectError(() => check(given), "ERR_VALUE", message));

  it("lets a field that goes with another value be as by default", () => {
    expect(check({ kind: "plain", units: 8, depth: 2 }).depth).toBe(2);
    expect(check({ kind: "deep", units: 8, depth: 3 }).depth).toBe(3);
  });
});

it("stores what differs from the defaults, and what files always hold, in the order of what was given", () => {
  const stored = (given: object) => JSON.stringify(schema.stored(check(given)));
  expect(stored({ units: 8, kind: "plain" })).toBe('{"units":8,"kind":"plain","tied":false}');
  const all = { kind: "deep", sizes: [1], tied: true, units: 9, list: ["a"], depth: 3 };
  expect(stored(all)).toBe(JSON.stringify(all));
  expect(check(schema.stored(check(all)))).toEqual(all);
});

it("has the types of its fields", () => {
  expectTypeOf<Infer<typeof schema>>().toEqualTypeOf<{
    readonly kind: "plain" | "deep";
    readonly units: number;
    readonly depth: number;
    readonly sizes: readonly number[];
    readonly list: readonly string[] | null;
    readonly tied: boolean;
  }>();
  expectTypeOf(schema.defaults).toEqualTypeOf<Omit<Infer<typeof schema>, "kind">>();
  expectTypeOf(check).returns.toEqualTypeOf<Infer<typeof schema>>();
  // @ts-expect-error a default that the rule does not allow by its type
  oneOf(["a", "b"]).default("c");
});
