import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

// A process that saves one file again and again is killed at a random moment. UNROLLED_KILLS=1000 before the command of the test
// kills more often; 10 are a second of work.
const KILLS = Number(process.env.UNROLLED_KILLS ?? 10);
const SIZE = 300_000;
const storage = new URL("../../dist/storage.node.js", import.meta.url).href;

it("keeps a file whole if its writer is killed", { timeout: 10_000 + 1000 * KILLS }, async () => {
  const folder = join(mkdtempSync(join(tmpdir(), "unrolled-kills-")), "run");
  const program = `
    import { openStore } from ${JSON.stringify(storage)};
    const store = await openStore(${JSON.stringify(folder)});
    await store.save("model", new Uint8Array(${SIZE}));
    console.log("saved");
    for (let i = 1; ; i++) await store.save("model", new Uint8Array(${SIZE}).fill(i));`;
  for (let i = 0; i < KILLS; i++) {
    const writer = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    await once(writer.stdout, "data");
    await new Promise((done) => setTimeout(done, Math.random() * 20));
    writer.kill("SIGKILL");
    await once(writer, "exit");
    const bytes = readFileSync(join(folder, "model.safetensors"));
    expect(bytes.length).toBe(SIZE);
    expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(2); // the next writer removes the temporary file
  }
});
