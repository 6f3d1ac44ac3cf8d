import { transformSync } from "esbuild";
import { expect, it } from "vitest";
import { declareFields } from "../scripts/declare-fields.mjs";

it("declares fields without a value, and nothing else", () => {
  const text = `interface A { readonly x: number; }
abstract class B {
  readonly x: number;
  y?: string;
  protected z!: { readonly inner: number };
  #hidden: number;
  value = 1;
  static kind = "B";
  abstract q: number;
  declare r: number;
  constructor() { let local: number; this.x = local = this.#hidden = 0; }
}`;
  const places = text.split("\n").map((line, i) => declareFields(text).split("\n")[i] !== line);
  expect(places.flatMap((changed, i) => (changed ? [i] : []))).toEqual([2, 3, 4]);
  const { code } = transformSync(declareFields(text), { loader: "ts", target: "es2022", tsconfigRaw: "{}" });
  const fields = code.split("\n").filter((line) => /^ {2}[\w#][^(]*;$/.test(line));
  expect(fields.map((line) => line.trim())).toEqual(["#hidden;", "value = 1;", 'static kind = "B";']);
});
