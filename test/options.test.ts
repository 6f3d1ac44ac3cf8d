import { expect, it } from "vitest";
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
  ["rl", "did you mean lr?"],
  ["momentum", "expected bidirectional, hiddenSize, lr, reduction"],
  ["toString", "expected "],
])("refuses %s: %s", (name, advice) => {
  expectError(
    () => checkNames("nn.LSTM", { [name]: 1 }, known),
    "ERR_VALUE",
    `nn.LSTM: unknown option ${name}; ${advice}`,
  );
});

it("says if there are no names", () => {
  expectError(
    () => checkNames("spec", { a: 1 }, [], "field"),
    "ERR_VALUE",
    "spec: unknown field a; expected none",
  );
});
