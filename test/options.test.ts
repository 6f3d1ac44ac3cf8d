import { expect, it } from "vitest";
import { checkOptions } from "../src/checks.ts";
import { checkNames } from "../src/options.ts";
import { expectError } from "./runtimes.ts";

const known = ["bidirectional", "hiddenSize", "lr", "reduction"];

it("accepts known names", () => {
  expect(() => checkNames("x", { lr: 1, reduction: undefined }, known)).not.toThrow();
  expect(() => checkNames("x", {}, [])).not.toThrow();
});

it.each([
  ["bidirection", "did you mean bidirectional?"],
  ["reducion", "did you mean reduction?"],
  ["hidden_size", "did you mean hiddenSize?"],
  ["rl", "expected bidirectional"],
  ["lrr", "did you mean lr?"],
  ["momentum", "expected bidirectional, hiddenSize, lr, reduction"],
  ["toString", "expected "],
])("refuses %s: %s", (name, advice) => {
  expectError(
    () => checkNames("nn.LSTM", { [name]: 1 }, known),
    "ERR_VALUE",
    `nn.LSTM: unknown option ${name}; ${advice}`,
  );
});

it.each([
  ["Map", new Map()],
  ["Set", new Set()],
  ["Date", new Date(0)],
  ["DataView", new DataView(new ArrayBuffer(8))],
  ["Float32Array", new Float32Array(0)],
  ["Promise", Promise.resolve()],
])("refuses options of type %s", (type, options) => {
  expectError(() => checkNames("x", options, known), "ERR_VALUE", `x: the options are of type ${type}`);
});

it("says if there are no names", () => {
  expectError(
    () => checkNames("spec", { a: 1 }, [], "field"),
    "ERR_VALUE",
    "spec: unknown field a; expected none",
  );
});

it("compares the names of options with their type", () => {
  const options: { lr?: number; bias?: boolean } = { lr: 1 };
  expect(checkOptions("x", options, "lr bias")).toBe(options);
  // @ts-expect-error bias is missing
  checkOptions("x", options, "lr");
  // @ts-expect-error there is no seed
  checkOptions("x", options, "lr bias seed");
  expectError(
    () => checkOptions("x", { s: 1 } as object, ""),
    "ERR_VALUE",
    "x: unknown option s; expected none",
  );
});
