import fc from "fast-check";
import { expect, it } from "vitest";
import { patternOf } from "../../../studio/src/look/pattern.ts";

const problem = (pattern: string) => {
  try {
    return patternOf(pattern) && "";
  } catch (error) {
    return (error as Error).message.replace("This pattern cannot be searched for: ", "");
  }
};

it.each([
  ["th[ei", "[ at character 3 is not closed; for the sign itself, write \\[."],
  ["(ab", "( at character 1 is not closed; for the sign itself, write \\(."],
  ["a(b(c)", "( at character 2 is not closed; for the sign itself, write \\(."],
  ["a)", ") at character 2 closes nothing; for the sign itself, write \\)."],
  ["*a", "* at character 1 repeats nothing; for the sign itself, write \\*."],
  ["a|+", "+ at character 3 repeats nothing; for the sign itself, write \\+."],
  ["a**", "* at character 3 repeats nothing; for the sign itself, write \\*."],
  ["a{", "{ at character 2 has no partner or repeats nothing; for the sign itself, write \\{."],
  ["a]", "] at character 2 has no partner or repeats nothing; for the sign itself, write \\]."],
  ["ab\\", "there is nothing after the backslash at character 3."],
  ["\\q", "\\q at character 1 means nothing; leave out the backslash."],
  ["\\é", "\\é at character 1 means nothing; leave out the backslash."],
  ["\\'a", "' at character 2 needs no backslash before it."],
  ["😀[", "[ at character 2 is not closed; for the sign itself, write \\[."],
  ["[b-a]", "it is not a regular expression."],
])("says what is wrong with %s", (pattern, words) => {
  expect(problem(pattern)).toBe(words);
});

it("takes what is right", () => {
  for (const pattern of [
    "th[ei]",
    "(a|b)+?",
    "a{2,3}?",
    "\\(\\)",
    "(?<=a)b",
    "[*+?(]",
    "\\\\",
    "(?:a)*",
    "^$",
  ])
    expect(problem(pattern)).toBe("");
});

it("never shows the browser's own message", () => {
  const pieces = fc.constantFrom(
    "a",
    "b",
    "\\",
    "[",
    "]",
    "(",
    ")",
    "*",
    "+",
    "?",
    "{",
    "}",
    "2",
    ",",
    "|",
    "-",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      expect(problem(parts.join(""))).not.toMatch(/regex|invalid|unterminated/i);
    }),
  );
});
