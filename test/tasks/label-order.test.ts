import { expect, it } from "vitest";
import { expectRejection } from "../runtimes.ts";
import { begin, EXAMPLES } from "./examples.ts";

const train = (line: (i: number) => string, count: number, options = {}) => {
  const data = Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
  return begin({ ...EXAMPLES["a classifier"]!, data, validation: data, options });
};
const label = (i: number) => "xy"[i % 2];
const text = (i: number) => `cow ${i} runs`;

it("text and label the wrong way round are refused by the option", async () => {
  const turned = (i: number) => `${label(i)}\t${text(i)}`;
  await expectRejection(
    train(turned, 20),
    "ERR_DATA",
    /^data\.txt: 20 labels .* use --label-first; .*--label-column$/,
  );
  const some = (i: number) => `${label(i)}\t${text(i % 14)}`;
  await expectRejection(train(some, 20), "ERR_DATA", "14 labels of 20 examples");
  const repeated = (i: number) => `${label(i)}\t${text(i % 14)}`;
  await expectRejection(train(repeated, 56), "ERR_DATA", "14 labels of 56 examples");
  const right = (i: number) => `${text(i)}\t${label(i)}`;
  await expectRejection(train(right, 20, { labelFirst: true }), "ERR_DATA", "leave out --label-first");
  await expectRejection(
    train((i) => `${text(i)}\t${i}`, 20),
    "ERR_DATA",
    "20 labels of 20 examples",
  );
  // A table of numbers: most of them occur once.
  await expectRejection(
    train((i) => `${text(i)}\t${i < 14 ? i : 3}`, 20),
    "ERR_DATA",
    "14 labels of 20 examples",
  );
});

it("examples in the right order, or a few with labels of their own, are not", async () => {
  expect(await train((i) => `${text(i)}\t${label(i)}`, 20)).toBeDefined();
  expect(await train((i) => `${label(i)}\t${text(i)}`, 20, { labelFirst: true })).toBeDefined();
  expect(await train((i) => `${text(i)}\t${i}`, 5)).toBeDefined();
  expect(await train((i) => `${text(i % 3)}\t${label(i)}`, 20)).toBeDefined();
});
