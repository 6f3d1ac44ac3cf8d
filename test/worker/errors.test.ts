import { transferHandlers } from "comlink";
import { expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { carryErrors } from "../../worker/errors.ts";

it("errors keep their code after a page has connected many times", () => {
  for (let i = 0; i < 20_000; i++) carryErrors();
  const [message] = transferHandlers.get("throw")!.serialize({ value: new UnrolledError("ERR_NAN", "no") });
  expect(message).toMatchObject({ code: "ERR_NAN", value: { message: "no" } });
});
