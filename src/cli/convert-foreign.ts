import { UnrolledError } from "../errors.ts";
import type { Graph } from "../formats/index.ts";
import { serializeSafetensors } from "../io/safetensors.ts";
import { withContext } from "../tasks/source.ts";
import { writeOwn } from "./convert-own.ts";
import type { Converted, ConvertFlags, Target } from "./converted.ts";
import { fixedText } from "./fix-flags.ts";
import { type ForeignFile, type Formats, loadFormats } from "./foreign-file.ts";
import { startRuntime } from "./kernels.ts";
import { readList } from "./read-list.ts";
import { compareRuns } from "./sample-inputs.ts";

/** Converts a model of another framework. */
export async function convertForeign(
  file: string,
  foreign: ForeignFile,
  target: Target,
  flags: ConvertFlags,
): Promise<Converted> {
  const own = (["states", "part"] as const).find((name) => flags[name] !== undefined);
  if (own) {
    throw new UnrolledError("ERR_VALUE", `--${own} is for model files, and ${file} is none; leave it out`);
  }
  const { graph, problem, weights } = foreign;
  if (target === "pytorch" && foreign.format === "torch" && weights) {
    refuseModelFlags(flags);
    return {
      bytes: serializeSafetensors(weights),
      notes: ["It has the weights of the file by their names."],
    };
  }
  if (!graph) throw new UnrolledError("ERR_FORMAT", `${file}: ${problem}`);
  const formats = await loadFormats();
  const notes = foreign.spec
    ? [`What the weights are is guessed from their names and shapes: ${JSON.stringify(foreign.spec)}`]
    : [];
  if (target === "onnx") {
    refuseModelFlags(flags);
    const made = await withContext(file, () => toOnnx(graph, flags, formats));
    return { ...made, notes: [...notes, ...made.notes] };
  }
  const fixed = fixedText(flags);
  if (fixed) {
    const given = `${fixed} is for ONNX files`;
    throw new UnrolledError(
      "ERR_VALUE",
      `${given}; leave out --dims and --set, or give --out an ending .onnx`,
    );
  }
  const made = await toModel(file, graph, target, flags, formats);
  return { ...made, notes: [...notes, ...made.notes] };
}

function refuseModelFlags(flags: ConvertFlags): void {
  const given = (["task", "vocabulary", "labels"] as const).find((name) => flags[name] !== undefined);
  if (given)
    throw new UnrolledError("ERR_VALUE", `--${given} is for model files, and --out is none; leave it out`);
}

/** Writes a graph as an ONNX file, and runs both. */
async function toOnnx(graph: Graph, { dims, set }: ConvertFlags, formats: Formats): Promise<Converted> {
  const { withDims, withConstants, constantsOf, graphForOnnx, writeOnnx, readOnnx, GraphModel } = formats;
  const dimmed = withDims(graph, dims);
  const constants = constantsOf(dimmed, set);
  const open = graphForOnnx(withConstants(dimmed, constants));
  const bytes = writeOnnx(open);
  const notes = graph.states?.length
    ? ["The states that it keeps from call to call are inputs and outputs now; the first call needs zeros."]
    : [];
  const runtime = await startRuntime();
  try {
    const [one, other] = [open, readOnnx(bytes)].map((each) => new GraphModel(runtime, each));
    const places = open.outputs.map((_, i) => i);
    const run = (model: InstanceType<typeof GraphModel>) => (inputs: Parameters<typeof model.run>[0]) => {
      const named = model.inputs.map(({ name }, i) => [name, inputs[open.inputs[i]!.name]!] as const);
      const found = model.run(Object.fromEntries(named));
      return places.map((i) => found[model.outputs[i]!.name]!.data);
    };
    return { bytes, largestError: compareRuns(open, run(one!), run(other!)), notes };
  } finally {
    runtime.dispose();
  }
}

/** Returns the task that the shape of the output tells: one row for a sequence, or one for each step. */
function taskOf(
  { outputs: [output] }: Graph,
  { vocabulary, labels }: ConvertFlags,
): "language-model" | "classifier" | "tagger" {
  if (vocabulary !== undefined && labels === undefined) return "language-model";
  return output?.shape?.length === 3 ? "tagger" : "classifier";
}

/** Makes a model of ours of a graph, and writes it. */
async function toModel(
  file: string,
  graph: Graph,
  target: Target,
  flags: ConvertFlags,
  formats: Formats,
): Promise<Converted> {
  const { vocabulary, labels } = flags;
  const task = (flags.task as ReturnType<typeof taskOf> | undefined) ?? taskOf(graph, flags);
  const runtime = await startRuntime();
  try {
    const lists = {
      ...(vocabulary !== undefined && { vocabulary: await readList(vocabulary) }),
      ...(labels !== undefined && { labels: await readList(labels) }),
    };
    const { model, notes, difference } = await withContext(file, () =>
      inOptions(() => formats.graphToModel(runtime, graph, { task, ...lists })),
    );
    const guessed = flags.task === undefined ? [`It is taken for a ${task}; --task says otherwise.`] : [];
    const made = writeOwn(model, target, flags, formats);
    return { ...made, largestError: difference, notes: [...guessed, ...notes, ...made.notes] };
  } finally {
    runtime.dispose();
  }
}

/** Runs `make`, whose errors name options of the library, and names those of the command line instead. */
async function inOptions<T>(make: () => T): Promise<T> {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    const message = error.message
      .replace(/^toModel: (task|vocabulary|labels)/, "--$1")
      .replace(/^toModel: /, "");
    throw new UnrolledError(error.code, message, { cause: error });
  }
}
