import { preview } from "vite";
import { config } from "./build.mjs";

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves what was built.
 *
 * @param {object} options
 * @param {number} [options.port] the next that is free; 0: any
 * @param {boolean} [options.isolated] whether threads can share memory; the page works without as well
 * @param {string} [options.folder] of the built page
 * @returns its address, and a function that ends it
 */
export async function servePage({ port = 4173, isolated = true, folder = "dist" } = {}) {
  const headers = { "Cache-Control": "no-cache", ...(isolated && ISOLATION) };
  const build = { ...config.build, outDir: folder };
  const server = await preview({ ...config, build, preview: { port, headers } });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}
