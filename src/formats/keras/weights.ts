import type { Value } from "../../graph/graph.ts";
import { show } from "../../schema.ts";
import { formatError } from "../byte-reader.ts";
import type { Hdf5Object } from "../hdf5/object.ts";
import { isObject } from "./json.ts";
import { findLayer, layersOf, namesByClass, placesLike, written } from "./layer-names.ts";

/** Returns the weights of a layer in Keras' order. See `LayerWeights` in src/formats/layers. */
export type WeightsOf = (path: readonly string[]) => readonly Value[];

/** Reads a dataset of numbers. */
export function readValue(object: Hdf5Object | undefined, name: string): Value {
  const value = object?.isDataset
    ? object.read(name)
    : formatError("Keras", `the weight ${show(name)} is missing`);
  return typeof value === "string" || !("data" in value)
    ? formatError("Keras", `${show(name)} is no weight`)
    : value;
}

/** Reads a list of texts. Keras divides lists of more than 64 kB: weight_names0, weight_names1, ... */
function textsOf(object: Hdf5Object, name: string): string[] {
  const isTexts = (value: unknown): value is string[] => Array.isArray(value);
  const whole = object.attribute(name);
  if (isTexts(whole)) return whole;
  const texts: string[] = [];
  for (let i = 0; ; i++) {
    const part = object.attribute(name + i);
    if (!isTexts(part)) return texts;
    texts.push(...part);
  }
}

/** Tells whether a group is what `save_weights` of Keras 1 and 2 writes: each layer has a group, which lists its weights. */
export const hasLayerNames = (group: Hdf5Object): boolean =>
  group.attributeNames().some((name) => /^layer_names0?$/.test(name));

/** A weight, and its name divided at the slashes. */
interface Named {
  readonly names: readonly string[];
  readonly read: () => Value;
}

/** Lists the weights of a layer of the model. */
function listWeights(root: Hdf5Object, layer: string): Named[] {
  const group = root.get(layer);
  if (!group) return [];
  return textsOf(group, "weight_names").map((name) => ({
    names: name.split("/"),
    read: () => readValue(group.get(name), `${layer}/${name}`),
  }));
}

/**
 * Returns the name of a layer's group. If the architecture was made again, its names may count on: lstm_3 for lstm_1. Then, as in Keras,
 * the order counts.
 */
function groupOf(root: Hdf5Object, model: unknown, name: string): string {
  const groups = textsOf(root, "layer_names");
  if (groups.includes(name)) return name;
  const layers = layersOf(model) ?? [];
  const counted =
    layers.length === groups.length ? layers : layers.filter((layer) => layer.className !== "InputLayer");
  const i = counted.findIndex((layer) => layer.name === name);
  return (counted.length === groups.length && groups[i]) || name;
}

/** Tells whether a weight's name has these layers in this order. Those around the last may be missing, as in TensorFlow. */
function belongs({ names }: Named, path: readonly string[]): boolean {
  let from = 0;
  for (const name of path.slice(0, -1)) from = Math.max(from, names.indexOf(name, from) + 1);
  return names.includes(path.at(-1)!, from);
}

/**
 * Finds weights in files that have a group for each layer. The group of a model or wrapper lists all weights inside.
 *
 * @param model the config of the model
 */
export function weightsByLayer(root: Hdf5Object, model: unknown): WeightsOf {
  return (path) => {
    const steps = findLayer(model, path) ?? [];
    let weights = listWeights(root, groupOf(root, model, path[0]!));
    for (const [i, { half }] of steps.entries()) {
      const middle = weights.length / 2;
      if (half !== undefined) weights = half ? weights.slice(middle) : weights.slice(0, middle);
      else if (i && isModelStep(steps[i]!.place))
        weights = weights.filter((weight) => belongs(weight, path.slice(0, i + 1)));
    }
    return weights.map(({ read }) => read());
  };
}

const isModelStep = (place: string) => place.startsWith("layers/");

/** The parts of layers that have weights of their own, in Keras' order. */
const PARTS = [
  ...["cell", "layer", "forward_layer", "backward_layer"],
  ...["query_dense", "key_dense", "value_dense", "output_dense"],
];

/** Collects the weights of a layer: its own and those of its parts. @param cells names of the cells of `StackedRNNCells` */
function collect(group: Hdf5Object | undefined, name: string, cells: readonly string[], depth = 0): Value[] {
  if (!group || group.isDataset || depth > 4) return [];
  const vars = group.get("vars");
  const own = (vars?.keys() ?? [])
    .sort((one, other) => Number(one) - Number(other))
    .map((key) => readValue(vars!.get(key), `${name}/vars/${key}`));
  const parts = [...PARTS, ...cells.map((cell) => `cells/${cell}`)];
  return [...own, ...parts.flatMap((part) => collect(group.get(part), `${name}/${part}`, cells, depth + 1))];
}

/**
 * Finds weights in the files of Keras 3, whose groups have the names of classes.
 *
 * @param model the config of the model
 */
export function weightsByClass(root: Hdf5Object, model: unknown): WeightsOf {
  return (path) => {
    const steps = findLayer(model, path);
    if (!steps) return [];
    const { config, className } = steps.at(-1)!;
    const cell = written(isObject(config) && config.cell);
    const cells = namesByClass(layersOf(cell?.config) ?? []);
    // A layer of several models is stored in the first of them alone.
    const places = [steps.map(({ place }) => place).join("/"), ...placesLike(model, className, path.at(-1)!)];
    // Keras 2.13 calls the list of layers otherwise.
    const all = [
      ...places,
      ...places.map((place) => place.replaceAll("layers/", "_layer_checkpoint_dependencies/")),
    ];
    const place = all.find((one) => root.get(one));
    return place ? collect(root.get(place), place, cells) : [];
  };
}

/** Reads all weights by their names in the file: the paths of datasets, without those of optimizers. */
export function namedWeights(root: Hdf5Object): Record<string, Value> {
  const weights: Record<string, Value> = Object.create(null);
  const walk = (group: Hdf5Object, path: string, depth: number) => {
    if (depth > 40) formatError("Keras", "its groups are nested more than 40 deep");
    for (const key of group.keys()) {
      const name = path ? `${path}/${key}` : key;
      const object = group.get(key)!;
      if (name === "optimizer" || name === "optimizer_weights") continue;
      if (object.isDataset) weights[name] = readValue(object, name);
      else walk(object, name, depth + 1);
    }
  };
  walk(root, "", 0);
  return weights;
}
