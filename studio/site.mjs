import { preview } from "vite";
import { config } from "./build.mjs";

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves the built studio.
 *
 * @param {object} options
 * @param {number} [options.port] this port or the next free one; 0: any
 * @param {boolean} [options.isolated] whether threads can share memory; the studio also works without
 * @param {string} [options.folder] folder of the built studio
 * @returns its address, and a function that stops the server
 */
export async function serveStudio({ port = 4173, isolated = true, folder = "dist" } = {}) {
  const headers = { "Cache-Control": "no-cache", ...(isolated && ISOLATION) };
  const build = { ...config.build, outDir: folder };
  const server = await preview({ ...config, build, preview: { port, headers } });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}
