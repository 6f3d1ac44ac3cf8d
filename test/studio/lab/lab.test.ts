import { expect, it } from "vitest";
import { type WhyRecurrenceProgress, whyRecurrence } from "../../../studio/src/lab/why-recurrence.ts";

const small = { window: 2, longest: 3, iterations: 20 };

it("has the same outcome for the same seed", async () => {
  const [one, again, other] = [
    await whyRecurrence(small),
    await whyRecurrence(small),
    await whyRecurrence({ ...small, seed: 2 }),
  ];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

it("reports from 0 to 1, in values that can be posted", async () => {
  const events: WhyRecurrenceProgress[] = [];
  const result = await whyRecurrence({
    ...small,
    onProgress: (event) => events.push(structuredClone(event)),
  });
  expect(events[0]!.share).toBe(0);
  expect(events.at(-1)!.share).toBe(1);
  expect(structuredClone(result)).toEqual(result);
});

it("stops when it is asked to, after a message was heard", async () => {
  let stop = false;
  setTimeout(() => {
    stop = true;
  }, 10);
  const run = whyRecurrence({ iterations: 1e6, shouldStop: () => stop });
  await expect(run).rejects.toMatchObject({ code: "ERR_ABORTED" });
});
