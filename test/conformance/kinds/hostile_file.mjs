import { join } from "node:path";
import { formatOf, open } from "../foreign/open.mjs";

/** Limits of a refusal. */
const MILLISECONDS = 1000;
const BYTES = 64 * 2 ** 20;

/** Where `why` leaves a choice, running is as good as a refusal. */
const EITHER = /error or wrong numbers|refuse, or|, or refuse/;

/** A file that must be refused with a code, soon and without much memory; or a control, which must run. */
export function run({ rt, data: { folder, entry, file } }) {
  const began = process.memoryUsage.rss();
  const peak = peakMemory();
  const start = performance.now();
  const error = failure(() => runOnce(rt, join(folder, file), entry));
  const time = performance.now() - start;
  const end = peakMemory() > peak ? peakMemory() : process.memoryUsage.rss();
  const isControl = entry.why.startsWith("control") || entry.onnxruntime === "runs";
  if (isControl && error) throw error;
  if (!isControl && !error && !EITHER.test(entry.why)) throw new Error("it was not refused");
  if (error && !error.code) throw error;
  if (time > MILLISECONDS)
    throw new Error(`it took ${Math.round(time)} ms, expected at most ${MILLISECONDS}`);
  const mebibytes = (end - began) / 2 ** 20;
  if (end - began > BYTES)
    throw new Error(`memory grew by ${Math.round(mebibytes)} MiB, expected at most 64`);
}

/** The most memory that the process ever had, in bytes. */
const peakMemory = () => process.resourceUsage().maxRSS * 1024;

function failure(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Opens the file and runs it once on zeros. */
function runOnce(rt, file, { inputs = {} }) {
  const format = formatOf(file);
  const model = open(rt, file, { format, spec: { cell: "LSTM", hidden: 8 } });
  const shapeOf = ({ name, shape = [] }) =>
    inputs[name]?.shape ?? shape.map((n) => (Number.isInteger(n) ? n : 2));
  const given = Object.entries(inputs).map(([name, { shape }]) => [name, zeros(shape)]);
  const own = model.inputs.map((info) => [info.name, zeros(shapeOf(info))]);
  model.run(Object.fromEntries([...own, ...given]));
}

const zeros = (shape) => ({ shape, data: new Float32Array(shape.reduce((product, n) => product * n, 1)) });
