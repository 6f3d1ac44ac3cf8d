import { checkObject, checkOptions } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { Budget, formatError } from "../byte-reader.ts";
import { findHdf5 } from "../hdf5/file.ts";
import { type Hdf5Object, openHdf5 } from "../hdf5/object.ts";
import { inflate } from "../inflate.ts";
import { layersToGraph } from "../layers/index.ts";
import { refuseFormat } from "../recognise.ts";
import { openZip } from "../zip/zip.ts";
import { isObject, type Json, parseObject } from "./json.ts";
import { hasLayerNames, namedWeights, weightsByClass, weightsByLayer } from "./weights.ts";

/** Options of `loadKeras`. */
export interface KerasOptions {
  /** The architecture as `model.to_json()` gives it, as text or parsed. Needed for files of weights alone; counts if the file has one too. */
  readonly config?: string | Readonly<Record<string, unknown>>;
}

/** What a file of Keras has. */
interface KerasFile {
  /** The architecture; undefined if the file has weights alone. */
  readonly config: Json | undefined;
  readonly version: string | undefined;
  /** The group with the weights. */
  readonly weights: Hdf5Object;
}

const KNOWN = "a model of Keras (.keras, .h5, .hdf5) or its weights (.weights.h5)";

/** Opens a .keras, .h5 or .weights.h5 file. */
function openKeras(bytes: Uint8Array): KerasFile {
  if (!(bytes instanceof Uint8Array)) formatError("Keras", "expected the bytes as a Uint8Array");
  const budget = new Budget(bytes.length);
  if (findHdf5(bytes) !== undefined) return openLegacy(openHdf5(bytes, budget));
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) refuseFormat("Keras", bytes, KNOWN);
  const entries = openZip(bytes, budget, inflate);
  const read = (name: string, why: string) => {
    const entry = entries.get(name);
    if (entry) return entry.read();
    return entries.has("config.json") || entries.has("model.weights.h5")
      ? formatError("Keras", `the .keras file has no ${name}${why}`)
      : refuseFormat("Keras", bytes, KNOWN);
  };
  const json = (name: string) => parseObject(`Keras: ${name}`, new TextDecoder().decode(read(name, "")));
  const config = json("config.json");
  const version = entries.has("metadata.json") ? json("metadata.json").keras_version : undefined;
  const weights = openHdf5(read("model.weights.h5", ": save it with model.save(), not in parts"), budget);
  return { config, version: typeof version === "string" ? version : undefined, weights };
}

function openLegacy(root: Hdf5Object): KerasFile {
  const text = (object: Hdf5Object | undefined, name: string) => {
    const value = object?.attribute(name);
    return typeof value === "string" ? value : undefined;
  };
  const config = text(root, "model_config");
  const weights = root.get("model_weights") ?? root;
  return {
    config: config === undefined ? undefined : parseObject("Keras: model_config", config),
    version: text(root, "keras_version") ?? text(weights, "keras_version"),
    weights,
  };
}

/**
 * Gives operators such as `keras.ops.any` their module, which `.h5` files of Keras 3 leave out. In contrast to layers, they have no field
 * `trainable`; of layers, only those named here have none.
 */
function nameOperators(config: unknown): void {
  const { layers } = config as { layers?: unknown };
  for (const layer of Array.isArray(layers) ? layers : []) {
    if (!isObject(layer) || !isObject(layer.config)) continue;
    const isLayer = /^(InputLayer|SpatialDropout)/.test(String(layer.class_name));
    const isOperator = !isLayer && !("trainable" in layer.config);
    if (isOperator) Object.assign(layer, { module: "keras.src.ops", ...layer });
    nameOperators(layer.config);
  }
}

/** Returns the major version of Keras. Files that do not say it are of Keras 3 if their config names modules, else of 2. */
function majorOf(config: Json, version: string | undefined): number {
  const said = /^(\d+)/.exec(String(config.keras_version ?? version ?? ""))?.[1];
  return said ? Number(said) : JSON.stringify(config).includes('"module":') ? 3 : 2;
}

/** Returns JSON of an architecture. @throws ERR_VALUE if it is none */
function textOf(config: string | Readonly<Record<string, unknown>>): string {
  if (typeof config === "string") return config;
  try {
    return JSON.stringify(checkObject("readKeras", config, "config is"));
  } catch (cause) {
    if (cause instanceof UnrolledError) throw cause;
    throw new UnrolledError("ERR_VALUE", "readKeras: config is nested too deeply", { cause });
  }
}

/**
 * Reads a model of Keras 1, 2 or 3: `.keras`, `.h5` or `.hdf5`, or weights alone beside their architecture.
 *
 * @throws ERR_FORMAT if the file is damaged, if it has no architecture and none is given, or if a layer is not supported; ERR_VALUE
 *   if an option is unknown
 */
export function readKeras(bytes: Uint8Array, options: KerasOptions = {}): Graph {
  const { config: given } = checkOptions("readKeras", options, "config");
  const file = openKeras(bytes);
  const config = given === undefined ? file.config : parseObject("Keras: config", textOf(given));
  if (!config) {
    return formatError(
      "Keras",
      "the file has weights alone: give the option config, the result of model.to_json() in Python, or save the whole model with model.save()",
    );
  }
  if (typeof config.class_name !== "string" || !(isObject(config.config) || Array.isArray(config.config))) {
    formatError(
      "Keras",
      "the architecture has no class_name and config: expected the result of model.to_json()",
    );
  }
  const find = hasLayerNames(file.weights) ? weightsByLayer : weightsByClass;
  const major = majorOf(config, file.version);
  if (major > 2) nameOperators(config.config);
  const of = find(file.weights, config.config);
  const model = { class_name: config.class_name, config: config.config };
  return layersToGraph(model, { of }, { framework: "keras", major });
}

/**
 * Reads the weights of a file of Keras, for models that are built by hand from modules.
 *
 * @returns the weights by their paths in the file, such as `lstm_1/lstm_1/kernel:0` or `layers/lstm/cell/vars/0`, without those of
 *   the optimizer. The object has no prototype
 * @throws ERR_FORMAT if the file is damaged
 */
export function readKerasWeights(bytes: Uint8Array): Record<string, Value> {
  return namedWeights(openKeras(bytes).weights);
}

/**
 * Returns the version of Keras that wrote a file, such as `3.15.1`; undefined if the file does not say it.
 *
 * @throws ERR_FORMAT if the file is damaged
 */
export function kerasVersion(bytes: Uint8Array): string | undefined {
  const { version, config } = openKeras(bytes);
  const said = version ?? config?.keras_version;
  return typeof said === "string" ? said : undefined;
}
