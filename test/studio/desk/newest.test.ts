import { expect, it } from "vitest";
import { type Answer, newest } from "../../../studio/src/desk/newest.ts";

/** Questions whose answers a test gives, by their order. */
function questions() {
  let answer: Answer<string> = { busy: false };
  const given: ((text: string | Error) => void)[] = [];
  const { ask, clear } = newest<string>((change) => {
    answer = { ...answer, ...change };
  });
  const question = () =>
    new Promise<string>((resolve, reject) => {
      given.push((text) => (typeof text === "string" ? resolve(text) : reject(text)));
    });
  const give = async (text: string | Error) => {
    given.shift()!(text);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { ask: () => ask(question), clear, give, given, answer: () => answer };
}

it("shows an answer though newer questions wait, and asks only the newest of these", async () => {
  const { ask, give, given, answer } = questions();
  for (let i = 0; i < 4; i++) ask();
  expect([given.length, answer().busy]).toEqual([1, true]);
  await give("first");
  expect(answer()).toEqual({ value: "first", error: undefined, busy: true });
  await give("newest");
  expect([answer(), given.length]).toEqual([{ value: "newest", error: undefined, busy: false }, 0]);
});

it("shows the error of the newest question alone", async () => {
  const { ask, give, answer } = questions();
  ask();
  ask();
  await give(new Error("old"));
  expect(answer()).toMatchObject({ error: undefined, busy: true });
  await give(new Error("new"));
  expect(answer()).toEqual({ value: undefined, error: "new", busy: false });
  ask();
  await give("right");
  expect(answer()).toEqual({ value: "right", error: undefined, busy: false });
});

it("drops answers to questions that were taken back", async () => {
  const { ask, clear, give, answer } = questions();
  ask();
  clear();
  await give("too late");
  expect(answer()).toEqual({ value: undefined, error: undefined, busy: false });
  ask();
  await give("in time");
  expect(answer().value).toBe("in time");
});
