// Compares this checkout with another one, such as an earlier version: training on the command line, one step of a stream, passes
// over whole sequences, and writing text.
// The two take turns, and the shortest time of each counts.
//   node bench/against.mjs ../other [TURNS]        both checkouts must be built

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pseudoText } from "./text.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [, self, other, turns = "7"] = process.argv;

/** Node 20 hides relaxed SIMD behind a flag. */
const flags = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];

/** Returns the shortest time of one run of `run` in microseconds, of groups of `n` runs. */
function shortest(run, n, groups) {
  let best = Infinity;
  for (let group = 0; group < groups; group++) {
    const start = performance.now();
    for (let i = 0; i < n; i++) run();
    best = Math.min(best, performance.now() - start);
  }
  return (1000 * best) / n;
}

/** A pass of a bidirectional network over one sequence, without a tape. */
function wholeSequence({ rt, nn }, kind, H, T) {
  const rnn = new nn[kind](rt, { inputSize: H, hiddenSize: H, bidirectional: true });
  const x = rt.tensor(
    Float32Array.from({ length: T * H }, (_, i) => Math.sin(i)),
    [T, 1, H],
  );
  return () => {
    rt.scope(() => {
      rt.noGrad(() => rnn.forward(x));
    });
  };
}

/** Writes text with a language model that has random weights. */
function writeText(library, layers, hidden, symbols) {
  const { rt, LanguageModel, textVocabulary, defaultLanguageModelSpec, DEFAULT_SPEC } = library;
  const spec = { ...(defaultLanguageModelSpec?.() ?? DEFAULT_SPEC), layers, hidden }; // a constant at first
  const letters = Array.from({ length: 65 }, (_, i) => String.fromCharCode(48 + i)).join("");
  const packed = new LanguageModel(rt, spec, textVocabulary(letters, spec)).pack();
  return () => [...packed.generate({ length: symbols, seed: 1 })];
}

/** What one process measures of a checkout, in microseconds. */
const MEASURES = {
  "one step of LSTM(128)": ({ rt, nn }) => {
    const stream = new nn.LSTM(rt, { inputSize: 128, hiddenSize: 128 }).pack().stream({ batch: 1 });
    const x = Float32Array.from({ length: 128 }, (_, i) => i / 128);
    return shortest(() => stream.step(x), 50, 3000);
  },
  "BiGRU(4) over 33 steps": (library) => shortest(wholeSequence(library, "GRU", 4, 33), 500, 200),
  "BiLSTM(128) over 500 steps": (library) => shortest(wholeSequence(library, "LSTM", 128, 500), 1, 150),
  "a symbol, 1 x 64": (library) => shortest(writeText(library, 1, 64, 500), 1, 1000) / 500,
  "a symbol, 2 x 128": (library) => shortest(writeText(library, 2, 128, 500), 1, 200) / 500,
  "a symbol, 2 x 256": (library) => shortest(writeText(library, 2, 256, 100), 1, 200) / 100,
  "a symbol, 2 x 512": (library) => shortest(writeText(library, 2, 512, 20), 1, 200) / 20,
};

async function measure(name, checkout) {
  const unrolled = await import(pathToFileURL(join(checkout, "dist/index.js")));
  return MEASURES[name]({ ...unrolled, rt: await unrolled.createRuntime() });
}

function train(checkout, folder, variant) {
  const args = [
    "train",
    "--data",
    "text.txt",
    "--out",
    "m.safetensors",
    "--iters",
    "60",
    "--variant",
    variant,
    "--json",
  ];
  for (const file of ["m.safetensors", "m.checkpoint.safetensors"])
    rmSync(join(folder, file), { force: true });
  const output = execFileSync(process.execPath, [...flags, join(checkout, "dist/cli.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output.trim().split("\n").at(-1)).training_seconds;
}

function main() {
  const folder = mkdtempSync(join(tmpdir(), "against-"));
  writeFileSync(join(folder, "text.txt"), pseudoText(200_000));
  const inProcess = (name) => (checkout) => {
    const args = [...flags, self, "--measure", name, checkout];
    return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  };
  const measures = {
    "training, relaxed (s)": (checkout) => train(checkout, folder, "relaxed"),
    "training, strict (s)": (checkout) => train(checkout, folder, "strict"),
    ...Object.fromEntries(Object.keys(MEASURES).map((name) => [`${name} (us)`, inProcess(name)])),
  };
  for (const [name, measure] of Object.entries(measures)) {
    let [ours, theirs] = [Infinity, Infinity];
    for (let turn = 0; turn < Number(turns); turn++) {
      ours = Math.min(ours, measure(here));
      theirs = Math.min(theirs, measure(resolve(other)));
    }
    const ratio = (ours / theirs).toFixed(3);
    console.log(`${name.padEnd(32)} ${ours.toFixed(3)}  other ${theirs.toFixed(3)}  ratio ${ratio}`);
  }
  rmSync(folder, { recursive: true });
}

if (other === "--measure") console.log(await measure(process.argv[3], process.argv[4]));
else main();
