import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { writeWhole } from "../../src/storage/files.node.ts";

// Every operation of the file system fails in turn, at every point of a write. No fault may lose the old file or leave a
// temporary file, and a fault that is reported as an error must be an ERR_FILE.

/** What a faulty disk does: throws an error with a code, or writes only a part of the bytes. */
type Fault = "ENOSPC" | "EIO" | "short" | "nothing";

/** The call of the file system that fails, counted from 0, and how. */
const plan: { at: number; fault: Fault; calls: string[] } = { at: -1, fault: "EIO", calls: [] };

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  /** Counts a call and fails if the plan says so. */
  function guard<A extends unknown[], R>(name: string, work: (...args: A) => Promise<R> | R) {
    return async (...args: A): Promise<R> => {
      const failing = plan.calls.push(name) - 1 === plan.at;
      if (failing && (plan.fault === "EIO" || plan.fault === "ENOSPC")) {
        throw Object.assign(new Error(`${plan.fault}: ${name}`), { code: plan.fault });
      }
      return work(...args);
    };
  }
  const open = guard("open", async (...args: Parameters<typeof real.open>) => {
    const handle = await real.open(...args);
    const write = handle.write.bind(handle) as (bytes: Uint8Array, at?: number, size?: number) => unknown;
    const { sync } = handle;
    return Object.assign(handle, {
      write: guard("write", async (bytes: Uint8Array, at: number) => {
        const part = { short: 1, nothing: 0 }[plan.fault as "short"];
        const failing = plan.calls.length - 1 === plan.at && part !== undefined;
        return write(bytes, at, failing ? part : bytes.length - at);
      }),
      sync: guard("sync", sync.bind(handle)),
    });
  });
  const rest = Object.fromEntries(
    (["chmod", "chown", "readdir", "realpath", "rename", "rm", "stat"] as const).map((name) => [
      name,
      guard(name, real[name] as (...args: unknown[]) => Promise<unknown>),
    ]),
  );
  return { ...real, ...rest, open };
});

const bytes = (text: string) => new TextEncoder().encode(text);
const newFolder = () => mkdtempSync(join(tmpdir(), "unrolled-faults-"));

beforeEach(() => Object.assign(plan, { at: -1, calls: [] }));

describe.each(["EIO", "ENOSPC", "short", "nothing"] as const)("a disk with %s", (fault) => {
  it.each(["over an old file", "as a new file"])("never leaves a part of a file %s", async (where) => {
    const old = where === "over an old file" ? "the old file" : undefined;
    let failures = 0;
    for (let at = 0; ; at++) {
      const file = join(newFolder(), "model.safetensors");
      if (old) writeFileSync(file, old);
      Object.assign(plan, { at, fault, calls: [] });
      const error = await writeWhole(file, bytes("the new file, longer")).catch((error) => error);
      const names = readdirSync(join(file, ".."));
      if (error) {
        failures++;
        expect(error).toMatchObject({ code: "ERR_FILE" });
        // The folder is synced after the new file is in its place; nothing is lost if that fails.
        expect(names.map((name) => readFileSync(join(file, "..", name), "utf8"))).toEqual(old ? [old] : []);
      } else {
        expect(names).toEqual(["model.safetensors"]);
        expect(readFileSync(file, "utf8")).toBe("the new file, longer");
      }
      if (plan.calls.length <= at) break; // the whole write has had a fault at each of its calls
    }
    expect(failures).toBeGreaterThanOrEqual(fault === "short" ? 0 : 1);
  });
});

describe("a file that is written whole", () => {
  it("keeps the mode of the old file, and a link stays a link", async () => {
    const folder = newFolder();
    const [file, link] = [join(folder, "file"), join(folder, "link")];
    writeFileSync(file, "old", { mode: 0o600 });
    symlinkSync(file, link);
    await writeWhole(link, bytes("new"));
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(["file", "link"]);
  });

  it("removes the temporary files of killed processes, and of no other", async () => {
    const folder = newFolder();
    const file = join(folder, "model");
    const kept = [`model.${process.pid}-00000000.tmp`, "model.tmp", "other.999999999-00000000.tmp"];
    for (const name of ["model.999999999-12345678.tmp", ...kept]) writeFileSync(join(folder, name), "part");
    await writeWhole(file, bytes("new"));
    expect(readdirSync(folder).sort()).toEqual(["model", ...kept].sort());
  });

  it("keeps the old file if its bytes are transferred to a thread while it waits for its turn", async () => {
    const file = join(newFolder(), "model");
    const [first, second] = [bytes("first"), bytes("second")];
    const writes = [writeWhole(file, first), writeWhole(file, second)];
    structuredClone(second, { transfer: [second.buffer] });
    await writes[0];
    await expect(writes[1]).rejects.toMatchObject({ code: "ERR_FILE" });
    expect(readFileSync(file, "utf8")).toBe("first");
    expect(readdirSync(join(file, ".."))).toEqual(["model"]);
  });

  it("refuses a folder and a device", async () => {
    const folder = newFolder();
    await expect(writeWhole(folder, bytes("new"))).rejects.toThrow(`cannot write ${folder}: it is a folder`);
    if (process.platform === "linux") {
      await expect(writeWhole("/dev/full", bytes("new"))).rejects.toThrow("it is a device");
    }
  });
});
