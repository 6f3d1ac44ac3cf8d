import { dirname, join } from "node:path";
import { UnrolledError } from "../errors.ts";
import type { Graph, TorchSpec, Value } from "../formats/index.ts";
import { withContext } from "../tasks/source.ts";
import { readBytes } from "./files.ts";

/** The readers and writers of other frameworks. They are loaded when a command needs them. */
export const loadFormats = () => import("../formats/index.ts");

export type Formats = Awaited<ReturnType<typeof loadFormats>>;

/** The formats that are read. */
export type ForeignFormat = "onnx" | "keras" | "tfjs" | "torch";

/** How the formats are called in what people read. */
export const FORMAT_NAMES: Readonly<Record<ForeignFormat, string>> = {
  onnx: "ONNX",
  keras: "Keras",
  tfjs: "TensorFlow.js",
  torch: "PyTorch",
};

/** A model of another framework. */
export interface ForeignFile {
  readonly format: ForeignFormat;
  /** What the file says about its version. */
  readonly version: string;
  /** The model; undefined if the file has weights alone. */
  readonly graph: Graph | undefined;
  /** Why there is no graph. */
  readonly problem?: string;
  /** The weights by name, if the file has weights alone. */
  readonly weights?: Readonly<Record<string, Value>>;
  /** What the weights of PyTorch are taken for. */
  readonly spec?: TorchSpec;
}

/** Formats by the ends of names, for files whose beginning does not tell it. */
const ENDINGS: readonly (readonly [RegExp, ForeignFormat])[] = [
  [/\.onnx$/i, "onnx"],
  [/\.(?:keras|h5|hdf5)$/i, "keras"],
  [/\.json$/i, "tfjs"],
  [/\.(?:pt|pth|bin|ckpt)$/i, "torch"],
];

/** Returns whether a safetensors file is a model or checkpoint of ours, or damaged. */
function isOwn(bytes: Uint8Array): boolean {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    return header.__metadata__?.format === "unrolled";
  } catch {
    return true;
  }
}

/**
 * Returns the format of a file of another framework; undefined if it is a file of ours, or of no kind that is known.
 *
 * @throws ERR_FORMAT if it is known, but not read
 */
export async function foreignFormat(file: string, bytes: Uint8Array): Promise<ForeignFormat | undefined> {
  const isSafetensors = bytes.length > 8 && bytes[8] === 0x7b && bytes[7] === 0;
  if (isSafetensors) return isOwn(bytes) ? undefined : "torch";
  const { recognise } = await loadFormats();
  const found = recognise(bytes);
  const entry = found && /: use unrolled\/(\w+)$/.exec(found)?.[1];
  if (entry) return entry as ForeignFormat;
  const [, ending] = ENDINGS.find(([end]) => end.test(file)) ?? [];
  if (ending || !found) return ending;
  throw new UnrolledError("ERR_FORMAT", `${file}: this is ${found}`);
}

/** Reads a file of another framework. @throws the errors of its reader, with the file's name */
export async function readForeign(
  file: string,
  bytes: Uint8Array,
  format: ForeignFormat,
): Promise<ForeignFile> {
  const formats = await loadFormats();
  return withContext(file, () => READERS[format](formats, bytes, file));
}

const READERS: Readonly<
  Record<ForeignFormat, (formats: Formats, bytes: Uint8Array, file: string) => Promise<ForeignFile>>
> = {
  async onnx({ describeOnnx, readOnnx }, bytes) {
    const graph = readOnnx(bytes);
    const { irVersion, opsets, producer } = describeOnnx(bytes);
    const { "ai.onnx": opset, ...others } = opsets;
    const versions = [`IR version ${irVersion}`, ...(opset ? [`opset ${opset}`] : [])];
    for (const [domain, version] of Object.entries(others)) versions.push(`${domain} ${version}`);
    const version = versions.join(", ") + (producer && `, written by ${producer}`);
    return { format: "onnx", version, graph };
  },

  async keras({ kerasVersion, readKeras, readKerasWeights }, bytes) {
    const version = kerasVersion(bytes) ?? "its version is not in the file";
    try {
      return { format: "keras", version, graph: readKeras(bytes) };
    } catch (error) {
      if (!(error instanceof UnrolledError && error.message.includes("weights alone"))) throw error;
      const problem = "it has weights alone, without an architecture; save the whole model with model.save()";
      return { format: "keras", version, graph: undefined, weights: readKerasWeights(bytes), problem };
    }
  },

  async tfjs({ readTfjs }, bytes, file) {
    const model = parseJson(bytes);
    const weights = await Promise.all(shardsOf(model).map((path) => readBytes(join(dirname(file), path))));
    const graph = readTfjs({ model, weights });
    const said = ["format", "generatedBy", "convertedBy"].map((field) => model[field]);
    const version = said.filter((text) => typeof text === "string").join(", ") || "not in the file";
    return { format: "tfjs", version, graph };
  },

  async torch({ openTorch, guessSpec, torchGraph }, bytes) {
    const { key, weights } = openTorch(bytes);
    const kind =
      bytes[0] === 0x80 ? "state_dict as before 1.6" : bytes[0] === 0x50 ? "state_dict" : "safetensors";
    const version = kind + (key === undefined ? "" : `, in ${JSON.stringify(key)} of a checkpoint`);
    try {
      const spec = guessSpec(weights);
      return { format: "torch", version, graph: torchGraph(weights, spec), weights, spec };
    } catch (error) {
      if (!(error instanceof UnrolledError)) throw error;
      const problem = error.message.replace(/^PyTorch: /, "");
      return { format: "torch", version, graph: undefined, weights, problem };
    }
  },
};

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // refused below
  }
  throw new UnrolledError("ERR_FORMAT", "TF.js: model.json is not JSON, or no object");
}

/** Returns the paths of the files of weights, if all are beside the model. The reader refuses others. */
function shardsOf({ weightsManifest }: Readonly<Record<string, unknown>>): string[] {
  const groups: unknown[] = Array.isArray(weightsManifest) ? weightsManifest : [];
  const paths = groups.flatMap((group) => (group as { paths?: unknown } | null)?.paths ?? []);
  const isBeside = (path: unknown): path is string =>
    typeof path === "string" && !/^[/\\]|:|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path);
  return paths.every(isBeside) ? paths : [];
}
