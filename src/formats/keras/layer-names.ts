import { isObject, type Json } from "./json.ts";

/** A layer of a config, and how it was found. */
export interface Found {
  readonly className: string;
  readonly config: unknown;
  /** Where `.keras` files store it: `layers/lstm_1/cell`. */
  readonly place: string;
  /** Which half of the weights is its own, if it is one of the two layers of a `Bidirectional`. */
  readonly half?: 0 | 1;
}

/** A layer as configs write it. */
export interface Written {
  readonly className: string;
  readonly config: unknown;
  readonly name: unknown;
  /** Whether it is a layer, which `.keras` files count, and not an operation such as `keras.ops.add`. */
  readonly counts: boolean;
}

export function written(value: unknown): Written | undefined {
  if (!isObject(value) || typeof value.class_name !== "string") return undefined;
  const { class_name: className, config, module } = value;
  const name = (isObject(config) && config.name) || value.name;
  return { className, config, name, counts: !/^keras\.(src\.)?ops/.test(String(module)) };
}

/** Returns the layers of a model, or the cells of `StackedRNNCells`; undefined if a config has none. */
export function layersOf(config: unknown): Written[] | undefined {
  const list = Array.isArray(config) ? config : isObject(config) && (config.layers ?? config.cells);
  return Array.isArray(list) ? list.map(written).filter((layer) => layer !== undefined) : undefined;
}

/** Turns a class name into the one of `.keras` files: `GlobalAveragePooling1D` is `global_average_pooling1d`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** Returns the names of layers in `.keras` files, which count each class: lstm, lstm_1. An operator has the next one, uncounted. */
export function namesByClass(layers: readonly Written[]): string[] {
  const counts = new Map<string, number>();
  return layers.map(({ className, counts: isCounted }) => {
    const snake = snakeCase(className);
    const before = counts.get(snake) ?? 0;
    if (isCounted) counts.set(snake, before + 1);
    return before ? `${snake}_${before}` : snake;
  });
}

/** Finds a layer of a model by its name. */
function inModel(layers: readonly Written[], name: string): Found | undefined {
  const i = layers.findIndex((layer) => layer.name === name);
  return i < 0 ? undefined : { ...layers[i]!, place: `layers/${namesByClass(layers)[i]}` };
}

/** Finds the layer that a wrapper is around. */
function inWrapper(className: string, config: Json, name: string): Found | undefined {
  const isBackward = className === "Bidirectional" && name.startsWith("backward");
  const layer = written((isBackward && config.backward_layer) || config.layer);
  if (!layer) return undefined;
  if (className !== "Bidirectional") return { ...layer, place: "layer" };
  return { ...layer, place: isBackward ? "backward_layer" : "forward_layer", half: isBackward ? 1 : 0 };
}

/**
 * Finds a layer by the names of the models and wrappers around it, and its own.
 *
 * @param model the config of the whole model
 * @returns each step of the path; undefined if there is no such layer
 */
export function findLayer(model: unknown, path: readonly string[]): Found[] | undefined {
  const steps: Found[] = [];
  let { className, config }: Pick<Found, "className" | "config"> = { className: "", config: model };
  for (const name of path) {
    const layers = layersOf(config);
    const found = layers
      ? inModel(layers, name)
      : isObject(config)
        ? inWrapper(className, config, name)
        : undefined;
    if (!found) return undefined;
    steps.push(found);
    ({ className, config } = found);
  }
  return steps;
}

/** Finds the places of all layers of a model, and of models inside, that have the class and the name of a layer. */
export function placesLike(model: unknown, className: string, name: string, before = ""): string[] {
  const layers = layersOf(model) ?? [];
  const names = namesByClass(layers);
  return layers.flatMap((layer, i) => {
    const place = `${before}layers/${names[i]}`;
    const own = layer.className === className && layer.name === name ? [place] : [];
    return [...own, ...placesLike(layer.config, className, name, `${place}/`)];
  });
}
