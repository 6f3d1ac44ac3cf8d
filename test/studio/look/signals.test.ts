import { expect, it } from "vitest";
import { signals } from "../../../studio/src/look/signals.ts";

const of = (text: string, name: string, pattern?: string) =>
  [...signals([...text], pattern).find((signal) => signal.name === name)!.values].join("");

it("tells what is inside quotes and brackets", () => {
  expect(of('a "b" c', "inside quotes")).toBe("0011000");
  expect(of("“b” «c»", "inside quotes")).toBe("1100110");
  expect(of("it's", "inside quotes")).toBe("0000");
  expect(of('"b\n\nc', "inside quotes")).toBe("11100");
  expect(of("(a[b])c)", "bracket depth")).toBe("11221000");
});

it("counts positions in lines and words", () => {
  expect(of("ab\ncd e", "position in line")).toBe("1201234");
  expect(of("ab c", "position in word")).toBe("1201");
  const share = signals([..."ab\ncd e"]).find(({ name }) => name === "share of line")!.values;
  expect([...share]).toEqual([0.5, 1, 0, 0.25, 0.5, 0.75, 1]);
});

it("tells the kind of a symbol", () => {
  expect(of("a B1.\n", "vowel")).toBe("100000");
  expect(of("a B1.\n", "upper case")).toBe("001000");
  expect(of("a B1.\n", "digit")).toBe("000100");
  expect(of("a B1.\n", "punctuation")).toBe("000010");
  expect(of("a B1.\n", "line end")).toBe("000001");
  expect(of("a B1.\n", "after a space")).toBe("001000");
  expect(of("ÄB é", "in a word")).toBe("1101");
});

it("follows a regular expression of the user, also over symbols of several letters", () => {
  expect(of("the cat, the dog", "/the/", "the")).toBe("1110000001110000");
  expect(of("a😀b", "/😀/", "😀")).toBe("010");
  const [values] = signals(["the", "cat", "sat"], "ca")
    .slice(-1)
    .map((s) => [...s.values]);
  expect(values).toEqual([0, 1, 0]);
  expect(() => signals(["a"], "(")).toThrow("( at character 1 is not closed");
  expect(of("abc", "/x*/", "x*")).toBe("000"); // empty matches cover nothing
});
