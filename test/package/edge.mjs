// examples/edge in workerd, Deno, Bun and Node, with the installed package, and the processor time that a request takes.

import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import esbuild from "esbuild";
import { inPackage, installPackages } from "../runtimes/install.mjs";
import { environment, run } from "./consumer.mjs";

const example = fileURLToPath(new URL("../../examples/edge/", import.meta.url));

/** What Cloudflare allows a request of its free plan, ms of a processor. */
const ALLOWED = 10;

const REQUESTS = 200;

/** @param {string} project a folder in which the package is installed */
export function* edgeChecks(project) {
  const folder = join(project, "edge");
  yield [
    "edge: trains its models",
    async () => {
      await installPackages();
      await cp(example, folder, { recursive: true });
      await run(process.execPath, ["train.mjs"], { cwd: folder });
    },
  ];
  for (const [name, start] of Object.entries({ workerd, Deno, Bun, Node })) {
    yield [
      `edge: writes and classifies in ${name}`,
      async () => {
        const server = await start(folder);
        try {
          await writes(server.url);
          await classifies(server.url);
          await continues(server.url);
          return `${await processorTime(server)} ms of a processor for 100 characters`;
        } finally {
          await server.close();
        }
      },
    ];
  }
}

async function writes(url) {
  const ask = () => fetch(`${url}write?prompt=The&length=100&seed=1`);
  const response = await ask();
  assert.equal(response.headers.get("transfer-encoding"), "chunked"); // it is streamed
  const text = await response.text();
  assert.equal(text.length, 100);
  assert.equal(await (await ask()).text(), text);
}

async function classifies(url) {
  const ask = async (body) => (await fetch(`${url}classify`, { method: "POST", body })).json();
  assert.equal((await ask("The soup was not awful.")).label, "good");
  assert.equal((await ask("The soup was not great.")).label, "bad");
  assert.equal((await ask("")).code, "ERR_DATA");
}

/** Text in two requests, with the state of the first, is that of one. */
async function continues(url) {
  const ask = async (path, body) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    return response.json();
  };
  const order = { model: "writer", temperature: 0.5, length: 40 };
  const first = await ask("generate", { ...order, prompt: "The" });
  const { text } = await ask("generate", { ...order, state: first.state });
  const whole = await ask("generate", { ...order, prompt: "The", length: 80 });
  assert.equal(first.text + text, whole.text);
  const { outputs } = await ask("predict", { model: "mood", inputs: ["The soup was not awful."] });
  assert.equal(outputs[0].label, "good");
}

/** Of one request among many, all that its process does included. */
async function processorTime({ url, pid }) {
  const used = async () => {
    const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10; // user and system time, in ticks of 10 ms
  };
  const before = await used();
  for (let i = 0; i < REQUESTS; i++) await (await fetch(`${url}write?length=100`)).text();
  const each = ((await used()) - before) / REQUESTS;
  assert.ok(each < ALLOWED, `a request takes ${each} ms of a processor, allowed are ${ALLOWED}`);
  return each.toFixed(1);
}

/** The worker as Cloudflare's tools build it: .wasm files and models stay files beside it. */
async function workerd(folder) {
  const out = join(folder, "out");
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["workerd.mjs"],
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy", ".safetensors": "copy" },
    logLevel: "error",
  });
  const script = await readFile(join(out, "workerd.js"), "utf8");
  assert.ok(!script.includes("WebAssembly.compile("), "the worker has what loads kernels from text");
  const { Miniflare } = await import(inPackage("miniflare/dist/src/index.js"));
  const miniflare = new Miniflare({
    scriptPath: join(out, "workerd.js"),
    modulesRoot: out,
    modules: true,
    modulesRules: [
      { type: "ESModule", include: ["**/*.js"] },
      { type: "CompiledWasm", include: ["**/*.wasm"] },
      { type: "Data", include: ["**/*.safetensors"] },
    ],
    compatibilityDate: "2026-01-01",
  });
  const url = await miniflare.ready;
  return { url, pid: await childCalled("workerd"), close: () => miniflare.dispose() };
}

async function childCalled(name) {
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (stat.includes(`(${name}) `) && Number(stat.split(") ")[1].split(" ")[1]) === process.pid) return pid;
  }
  throw new Error(`no child process is called ${name}`);
}

const Deno = (folder) =>
  serveWith(
    inPackage("deno/deno"),
    ["run", "--allow-net", "--allow-read", "--allow-env=PORT", "deno.mjs"],
    folder,
  );
const Bun = (folder) => serveWith(inPackage("bun/bin/bun"), ["bun.mjs"], folder);
const Node = (folder) => serveWith(process.execPath, ["node.mjs"], folder);

/** A program that serves at a free port and prints its address first. */
export async function serveWith(program, args, cwd) {
  const child = spawn(program, args, { cwd, env: { ...environment(), PORT: "0" } });
  let printed = "";
  const url = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`exit code ${code}\n${printed}`)));
    child.stderr.on("data", (text) => {
      printed += text;
    });
    child.stdout.on("data", (text) => {
      printed += text;
      const address = stripVTControlCharacters(printed).match(/http:\S+/);
      if (address) resolve(address[0].replace("localhost", "127.0.0.1"));
    });
  });
  return { url, pid: child.pid, close: () => child.kill() };
}
