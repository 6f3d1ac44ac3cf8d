import { expect, it } from "vitest";
import { parseExactly, stringifyExactly, WrittenNumber } from "../../src/data/exact-json.ts";

it.each([
  '{"a":12345678901234567890,"b":[1e400,-1e999,{"c":9007199254740993}],"d":1.5}',
  '["\\"12345678901234567890","1e400",12345678901234567890]',
  '{"a":"\ue0001","b":12345678901234567890}',
  '{"a":12345678901234567890,"12345678901234567891":0}',
  '{"__proto__":12345678901234567890}',
])("keeps every digit of %s", (json) => {
  expect(stringifyExactly(parseExactly(json))).toBe(json);
});

it("also of a text that has the mark as an escape", () => {
  const given = parseExactly('{"a":"\\ue0001","b":12345678901234567890}') as { a: string };
  expect(given.a).toBe("\ue0001");
  expect(stringifyExactly(given)).toBe('{"a":"\ue0001","b":12345678901234567890}');
});

it("gives plain numbers wherever they have the value that is written", () => {
  const json = "[9007199254740992,1700000000000000000,1e300,0.1234567890123456789,-0]";
  expect(parseExactly(json)).toEqual(JSON.parse(json));
  const [big] = parseExactly("[9007199254740993]") as WrittenNumber[];
  expect(big).toBeInstanceOf(WrittenNumber);
  expect(String(big)).toBe("9007199254740993");
});
