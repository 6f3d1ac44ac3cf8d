// Serves the built studio on its own port, which browsers treat as a separate site.

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveStudio } from "../../../studio/site.mjs";

const built = fileURLToPath(new URL("../../../studio/dist", import.meta.url));

/** @param options `evaluates`: the content policy allows evaluating scripts, as browsers' drivers do */
export async function serveSite({ isolated, evaluates }) {
  const folder = await mkdtemp(join(tmpdir(), "unrolled-studio-"));
  await cp(built, folder, { recursive: true });
  const change = async (file, from, to) => {
    const text = await readFile(join(folder, file), "utf8");
    await writeFile(join(folder, file), text.replace(from, to));
  };
  if (evaluates) await change("index.html", "'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-eval'");
  const server = await serveStudio({ port: 0, isolated, folder });
  let open = true;
  return {
    url: server.url,
    /** Simulates another build: another title, and another version of the service worker. */
    async update(version) {
      await change("index.html", /<title>.*<\/title>/, `<title>${version}</title>`);
      await change("sw.js", /VERSION = ".*"/, `VERSION = "${version}"`);
    },
    async close() {
      if (!open) return;
      open = false;
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
