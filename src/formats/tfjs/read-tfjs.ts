import { checkInstance, checkObjects, checkOptions } from "../../checks.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { type LayerWeights, layersToGraph } from "../layers/index.ts";
import { fail, isObject, readWeights } from "./weights.ts";

/** The files of a TF.js model. */
export interface TfjsFiles {
  /** The content of model.json: its text, its bytes, or what `JSON.parse` makes of it. */
  model: string | Uint8Array | object;
  /** The contents of the files of weights, in the order of `weightsManifest`, or one array that has them all. */
  weights: readonly Uint8Array[];
}

const GRAPH_MODEL =
  "it is a graph model, made of a SavedModel; only layers models are read. Convert the Keras model itself with " +
  "`tensorflowjs_converter --input_format keras --output_format tfjs_layers_model`, or the SavedModel to ONNX with tf2onnx";

function parse(model: string | Uint8Array | object): Record<string, unknown> {
  let parsed: unknown = model;
  if (typeof model === "string" || model instanceof Uint8Array) {
    try {
      parsed = JSON.parse(typeof model === "string" ? model : new TextDecoder().decode(model));
    } catch (cause) {
      return fail(`model.json is not JSON: ${(cause as Error).message}`);
    }
  }
  return isObject(parsed) ? parsed : fail("model.json is no object");
}

/** Finds the weights of layers by name, as TF.js does. */
function weightsByName(weights: ReadonlyMap<string, Value>): LayerWeights {
  const names = [...weights.keys()].map((name) => ({ name, parts: name.replace(/:\d+$/, "").split("/") }));
  const below = (path: readonly string[], mostParts: number) => {
    const parts = path.join("/").split("/");
    return names
      .filter(({ parts: own }) => own.length > parts.length && own.length <= parts.length + mostParts)
      .filter(({ parts: own }) => parts.every((part, i) => part === own[i]))
      .map(({ name }) => weights.get(name)!);
  };
  return {
    of(path) {
      // layers of nested models are named without the model
      for (let first = 0; first < path.length; first++) {
        const found = below(path.slice(first), 8);
        if (found.length) return found;
      }
      // a layer in TimeDistributed has the wrapper's name. Cells may be named between
      for (let end = path.length - 1; end > 0; end--) {
        for (let first = 0; first < end; first++) {
          const found = below(path.slice(first, end), 2);
          if (found.length) return found;
        }
      }
      return [];
    },
  };
}

/**
 * Reads a layers model of TF.js: what `model.save()` or `tensorflowjs_converter` wrote, since 2018.
 *
 * @throws ERR_FORMAT if it is a graph model; if layers are not known, with all of them; if weights do not fit
 */
export function readTfjs(files: TfjsFiles): Graph {
  const { model, weights } = checkOptions("readTfjs", files, "model weights");
  checkObjects("weights", weights);
  for (const [i, shard] of weights.entries()) {
    checkInstance(`weights[${i}]`, shard, Uint8Array, "a Uint8Array");
  }
  const { format, modelTopology, weightsManifest } = parse(model);
  const topology = isObject(modelTopology) ? modelTopology : fail("model.json has no modelTopology");
  if (format === "graph-model" || Array.isArray(topology.node)) return fail(GRAPH_MODEL);
  const given = topology.model_config ?? topology;
  const config = typeof given === "string" ? parse(given) : given;
  if (!isObject(config) || typeof config.class_name !== "string") {
    return fail("modelTopology has no class_name: it is no layers model");
  }
  const found = weightsByName(readWeights(weightsManifest, weights));
  return layersToGraph({ class_name: config.class_name, config: config.config }, found, {
    framework: "tfjs",
    major: Number.parseInt(String(topology.keras_version).replace(/^\D*/, ""), 10) || 2,
  });
}
