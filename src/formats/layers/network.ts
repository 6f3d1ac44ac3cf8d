import { shown, UnrolledError } from "../../errors.ts";
import { ELEMENT_TYPES, type ElementType, type Graph } from "../../graph/graph.ts";
import { addOperators } from "../../graph/known-operators.ts";
import { OPERATORS } from "../../graph/operators/index.ts";
import { Builder, type Tensor, withMask } from "./builder.ts";
import { type CallConfig, callsOf, type Given, isValue, Reference, referencesIn } from "./calls.ts";
import { checkLayers, isModel, layersOf, nameOf } from "./check.ts";
import {
  type Argument,
  isObject,
  Layer,
  type LayerConfig,
  type LayerWeights,
  type Version,
} from "./layer.ts";
import { isOperator, operatorOf } from "./operators.ts";
import { layerIn } from "./recurrent.ts";
import { translationOf } from "./table.ts";

type Description = Record<string, unknown>;

/** Maximum number of calls of layers, which models inside of models could multiply. */
const MAX_CALLS = 20_000;
const TOO_MANY = `more than ${MAX_CALLS} calls of layers`;

const fail = (problem: string): never => {
  throw new UnrolledError("ERR_FORMAT", `Keras: ${problem}`);
};

/** Translates one model. */
class Translator {
  readonly builder = new Builder();
  readonly weights: LayerWeights;
  readonly version: Version;
  #calls = 0;

  constructor(weights: LayerWeights, version: Version) {
    this.weights = weights;
    this.version = version;
  }

  /** Makes the input of a graph. */
  #input(name: string, config: unknown): Tensor {
    const options = isObject(config) ? config : {};
    const shape = options.batch_shape ?? options.batch_input_shape ?? options.build_input_shape;
    const isDim = (n: unknown): n is number | null =>
      n === null || (Number.isSafeInteger(n) && (n as number) > 0);
    if (!Array.isArray(shape) || !shape.length || shape.length > 8 || !shape.every(isDim)) {
      return fail(
        `the shape of the input ${shown(name)} is not in the file. Call the model once before saving, or give it an Input layer`,
      );
    }
    const dtype = options.dtype ?? "float32";
    const isKnown = ELEMENT_TYPES.includes(dtype as ElementType);
    if (typeof dtype === "string" && !isKnown) fail(`the input ${shown(name)} is of type ${shown(dtype)}`);
    return this.builder.input(name, shape, isKnown ? (dtype as ElementType) : "float32");
  }

  /** Runs a layer, wrapper or model on tensors. */
  run(layer: Layer, description: Description): Tensor[] {
    const { className } = layer;
    if (this.#calls++ > MAX_CALLS) fail(TOO_MANY);
    if (isModel(className)) return this.model(description, layer.path, layer);
    layer.b.enter(layer.path, className);
    const translate = translationOf(className);
    const args = layer.isModern ? layer.args : [];
    if (isOperator(description, translate !== undefined, args)) return [operatorOf(className)!(layer)];
    if (className === "TimeDistributed") return [this.#timeDistributed(layer)];
    if (className === "InputLayer") return [layer.x];
    const made = translate!(layer);
    return Array.isArray(made) ? made : [made];
  }

  /** Applies a layer to each step. Layers of the last axis do it by themselves; for others, steps become rows of the batch. */
  #timeDistributed(layer: Layer): Tensor {
    const { b, x, mask } = layer;
    const inner = layerIn(layer.config.layer, () => layer.refuse("layer", "a layer"));
    const name = String(inner.config.name ?? inner.className);
    const description = layer.config.layer as Description;
    if (x.shape.length < 3 && !(x.shape.length === 2 && inner.className !== "Dense")) {
      b.fail(`its input has ${x.shape.length} axes, expected 3 or more`);
    }
    const isPlain =
      inner.className === "Dense" || inner.className === "Dropout" || inner.className === "Activation";
    const rows = isPlain ? withMask(x, undefined) : b.reshape(withMask(x, undefined), [-1, ...b.axes(x, 2)]);
    const inside =
      mask && mask.shape.length > 2 && !isPlain ? b.reshape(mask, [-1, ...b.axes(mask, 2)]) : undefined;
    const made = this.run(layer.inner(inner, name, [withMask(rows, inside)]), description);
    layer.back();
    if (made.length !== 1) b.fail("the layer inside has several outputs");
    const y = isPlain ? made[0]! : b.reshape(made[0]!, [...b.axes(x, 0, 2), ...b.axes(made[0]!, 1)]);
    let steps = mask;
    while (steps && steps.shape.length > 2) steps = b.any(steps, [-1]);
    return withMask(y, steps);
  }

  /**
   * Translates a model.
   *
   * @param outer its call, if it is inside of another. If not, its inputs are those of the graph
   */
  model(description: Description, path: readonly string[], outer?: Layer): Tensor[] {
    return description.class_name === "Sequential"
      ? this.#sequential(description, path, outer)
      : this.#functional(description, path, outer);
  }

  #layer(description: Description, path: readonly string[], args: readonly Argument[], named = {}): Layer {
    const layer: LayerConfig = {
      className: String(description.class_name),
      config: isObject(description.config) ? description.config : {},
    };
    return new Layer(
      this.builder,
      layer,
      [...path, nameOf(description)],
      args,
      named,
      this.version,
      this.weights,
    );
  }

  #sequential({ config }: Description, path: readonly string[], outer?: Layer): Tensor[] {
    const layers = layersOf(config);
    const [first] = layers;
    if (!first) return fail("a Sequential model has no layers");
    let tensors = outer?.inputs;
    if (!tensors) {
      const isInput = first.class_name === "InputLayer";
      // a model as the first layer has the input of its own first layer
      let source = first;
      while (isModel(source.class_name)) source = layersOf(source.config)[0] ?? fail("a model has no layers");
      const own = isObject(source.config) ? source.config : {};
      const built = isObject(config) ? { build_input_shape: config.build_input_shape } : {};
      tensors = [this.#input(isInput ? nameOf(first) : `${nameOf(first)}_input`, { ...built, ...own })];
    }
    if (outer) tensors = [withMask(tensors[0]!, outer.mask)];
    for (const layer of layers) {
      if (layer.class_name !== "InputLayer") tensors = this.run(this.#layer(layer, path, tensors), layer);
    }
    return [...tensors];
  }

  #functional({ config }: Description, path: readonly string[], outer?: Layer): Tensor[] {
    const options = isObject(config) ? config : {};
    const layers = layersOf(options);
    const byName = new Map(layers.map((layer) => [String(layer.name ?? nameOf(layer)), layer]));
    if (byName.size < layers.length) fail("two layers of a model have the same name");
    const inputs = referencesIn(options.input_layers);
    const outputs = referencesIn(options.output_layers);
    if (!outputs.length) fail("a model has no output_layers");

    const made = new Map<string, Tensor[][]>([...byName.keys()].map((name) => [name, []]));
    for (const [i, { layer: name }] of inputs.entries()) {
      const description = byName.get(name) ?? fail(`the input ${shown(name)} is not among its layers`);
      const tensor = outer ? outer.inputs[i] : this.#input(name, description.config);
      made.set(name, [
        [tensor ?? outer!.b.fail(`${outer!.inputs.length} inputs, expected ${inputs.length}`)],
      ]);
    }

    interface Pending extends CallConfig {
      readonly name: string;
      readonly index: number;
    }
    const pending: Pending[] = [];
    let isOld = false;
    const last = new Map<string, number>();
    const note = (value: Given): void => {
      if (value instanceof Reference) last.set(value.layer, Math.max(last.get(value.layer) ?? 0, value.call));
      else if (typeof value === "object" && value && !isValue(value)) Object.values(value).forEach(note);
    };
    for (const [name, { inbound_nodes }] of byName) {
      if (made.get(name)!.length) continue;
      for (const [index, call] of callsOf(name, inbound_nodes).entries()) {
        pending.push({ ...call, name, index });
        if (pending.length > MAX_CALLS) fail(TOO_MANY);
        isOld ||= call.isOld;
        note(call.args as Given);
        note(call.named);
      }
    }
    if (isOld) outputs.forEach(note);
    const count = new Map<string, number>();
    for (const { name } of pending) count.set(name, (count.get(name) ?? 0) + 1);
    const isInner = (name: string) => isModel(byName.get(name)?.class_name);
    // Keras 2 and TF.js count the calls of models from 1
    const isShifted = (name: string) => isInner(name) && (last.get(name) ?? 0) >= (count.get(name) ?? 0);
    const find = (
      { layer, call, output }: Reference,
      before = Number(isShifted(layer)),
    ): Tensor | undefined => {
      const calls = made.get(layer) ?? fail(`a layer reads ${shown(layer)}, which the model does not have`);
      const tensors = calls[call - before];
      return tensors && (tensors[output] ?? fail(`the layer ${shown(layer)} has no output ${output}`));
    };
    /** The layer that a call waits for. */
    let missing: string | undefined;
    const resolve = (value: Given): Argument => {
      if (value instanceof Reference) {
        const found = find(value);
        if (!found) missing = value.layer;
        return found;
      }
      if (Array.isArray(value)) return value.map(resolve);
      if (typeof value !== "object" || value === null) return value as Argument;
      if (isValue(value))
        return this.builder.constant(`${path.join("/")}/constant${this.#calls++}`, () => value);
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolve(entry as Given)]));
    };

    const waiting = new Map<string, Pending[]>();
    for (const call of pending) {
      missing = undefined;
      const args = call.args.map(resolve);
      const named = resolve(call.named) as Record<string, Argument>;
      if (missing === undefined) {
        const description = byName.get(call.name)!;
        made.get(call.name)![call.index] = this.run(this.#layer(description, path, args, named), description);
        pending.push(...(waiting.get(call.name) ?? [])); // the loop goes on with them
        waiting.delete(call.name);
      } else {
        const list = waiting.get(missing) ?? [];
        list.push(call);
        waiting.set(missing, list);
      }
    }
    const [late] = waiting.values();
    if (late) fail(`the inputs of ${shown(late[0]!.name)} are never made`);
    return outputs.map((output) => {
      const { layer, call } = output;
      // Keras 3 does so in output_layers, for functional models
      const isLate = !isOld && isInner(layer) && byName.get(layer)!.class_name !== "Sequential" && call > 0;
      return find(output, isLate ? 1 : undefined) ?? fail(`the output ${shown(layer)} is never made`);
    });
  }
}

/** Returns the names of the layers that make a model's outputs. */
function outputNames(model: Description): string[] {
  if (model.class_name !== "Sequential") {
    return referencesIn(isObject(model.config) ? model.config.output_layers : []).map(({ layer }) => layer);
  }
  return [nameOf(layersOf(model.config).at(-1)!)];
}

/**
 * Translates a model of Keras or TF.js into a graph.
 *
 * Inputs are named like their InputLayer, else like the first layer with `_input` behind it; outputs like the layers that make them.
 * The states of stateful layers are `states` of the graph.
 *
 * @param config what Keras' `model.to_json()` says: `class_name` and `config`, in the forms of Keras 1 to 3 and TF.js
 * @param weights finds the weights of a layer
 * @param version the framework and its version
 * @throws ERR_FORMAT with all layers and options that are not known; if weights do not fit the options
 */
export function layersToGraph(
  config: { class_name: string; config: unknown },
  weights: LayerWeights,
  version: Version,
): Graph {
  addOperators(OPERATORS);
  const model = { ...config };
  if (!isModel(model.class_name)) {
    return fail(
      `the model is of class ${shown(String(model.class_name))}, expected Sequential or Functional: save a model that is built of layers`,
    );
  }
  checkLayers(model);
  const translator = new Translator(weights, version);
  const { builder } = translator;
  const tensors = translator.model(model, []);
  const names = outputNames(model);
  for (const [i, tensor] of tensors.entries()) builder.output(names[i] ?? names[0]!, tensor);
  return builder.finish();
}
