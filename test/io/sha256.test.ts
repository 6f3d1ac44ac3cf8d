import { afterEach, expect, it, vi } from "vitest";
import { sha256 } from "../../src/io/sha256.ts";
import { expectRejection } from "../runtimes.ts";

afterEach(() => vi.unstubAllGlobals());

it("is that of FIPS 180-4", async () => {
  const abc = new TextEncoder().encode("abc");
  expect(await sha256(abc)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

it("says if it is not available", async () => {
  vi.stubGlobal("crypto", {});
  await expectRejection(sha256(new Uint8Array(3)), "ERR_STATE", "https or localhost");
});
