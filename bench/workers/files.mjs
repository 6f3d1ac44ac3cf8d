// Opens damaged and large files, and uses those that open: prints {random, large}, each {count, milliseconds, excess} with the
// worst of the files. `excess` is by how many bytes a file took more memory than ten times its size. Needs --expose-gc.

import { readFileSync, writeFileSync } from "node:fs";
import { largeFiles } from "../../test/hostile/large-files.mjs";
import { randomFiles } from "../../test/hostile/random-files.mjs";
import { useFile } from "../../test/hostile/use-file.mjs";
import { bytesOf, FILES, OWN, withQuantised } from "../../test/hostile/valid-files.mjs";
import { effort, unrolled, variant } from "../library.mjs";

const tasks = await import("../../dist/tasks.js");
const library = { ...unrolled, ...tasks };
const module = await unrolled.compileKernels(variant);
const making = await unrolled.createRuntime({ variant, module });
const ALL = withQuantised(FILES, making, library);
making.dispose();

/** Starts to measure memory. Returns a function that returns the growth of the peak: on Linux of the process, else of the heap. */
function watchMemory() {
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  try {
    writeFileSync("/proc/self/clear_refs", "5"); // the peak begins at the present size
    return () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024 - rss;
  } catch {
    return () => {
      const now = process.memoryUsage();
      return now.heapUsed + now.external - heapUsed - external;
    };
  }
}

async function worst(files) {
  const found = { count: 0, milliseconds: 0, slowest: "", excess: 0, largest: "" };
  for (const { what, bytes, own } of files) {
    const rt = await unrolled.createRuntime({ variant, module });
    const grown = watchMemory();
    const start = process.cpuUsage();
    await useFile(library, rt, bytes, own);
    const { user, system } = process.cpuUsage(start); // the time that a busy machine gives to others does not count
    const milliseconds = (user + system) / 1000;
    const excess = Math.max(0, grown() - 10 * bytes.length);
    rt.dispose();
    found.count++;
    if (milliseconds > found.milliseconds) Object.assign(found, { milliseconds, slowest: what });
    if (excess > found.excess) Object.assign(found, { excess, largest: what });
  }
  return found;
}

function* random(count) {
  let number = 0;
  for (const { name, how, bytes } of randomFiles(ALL, unrolled, { count, seed: 1 })) {
    yield { what: `file ${number++}, ${how} of ${name}`, bytes, own: OWN[name] };
  }
}

function* large() {
  const read = (name) => unrolled.parseSafetensors(bytesOf(name));
  for (const [what, make] of Object.entries(largeFiles(read, unrolled.serializeSafetensors))) {
    yield { what, bytes: make(), own: OWN.classifier };
  }
}

for (const file of random(100)) await worst([file]); // so that compiled code is not counted
console.log(JSON.stringify({ damaged: await worst(random(10_000 * effort)), large: await worst(large()) }));
