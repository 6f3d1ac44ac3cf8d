import { type Hdf5Group, writeHdf5 } from "../hdf5/write.ts";
import type { KerasWeight } from "./export-cells.ts";

/** The version that files name: `hard_sigmoid` is that of Keras 3. */
const VERSION = "3.0.0";

interface Layer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  /** The weights, by their paths in the group of the layer. */
  readonly weights: readonly KerasWeight[];
}

/** A Functional model of Keras, layer by layer. A layer is known by its name. */
export class KerasLayers {
  readonly #layers: Layer[] = [];

  /** Adds a layer. @param inputs names of the layers that it reads @returns its name */
  add(
    className: string,
    name: string,
    config: Readonly<Record<string, unknown>>,
    inputs: readonly string[],
    weights: readonly KerasWeight[] = [],
  ): string {
    this.#layers.push({ className, name, config, inputs, weights });
    return name;
  }

  input(name: string, dtype: string, ...shape: (number | null)[]): string {
    return this.add("InputLayer", name, { batch_input_shape: [null, ...shape], dtype }, []);
  }

  /** Adds a Dense layer. @param kernel [in, units] */
  dense(
    name: string,
    x: string,
    kernel: Float32Array,
    bias: Float32Array | undefined,
    units: number,
    options: { readonly activation?: string; readonly trainable?: boolean } = {},
  ): string {
    const weights = [{ name: "kernel", shape: [kernel.length / units, units], data: kernel }];
    if (bias) weights.push({ name: "bias", shape: [units], data: bias });
    const config = { units, activation: "linear", use_bias: bias !== undefined, ...options };
    return this.add("Dense", name, config, [x], weights);
  }

  /**
   * Sorts the layers as models of Keras have them, since files are read in that order: those first that are the most layers away from
   * the output.
   */
  #sort(): void {
    const depths = new Map<string, number>();
    for (const { name, inputs } of [...this.#layers].reverse()) {
      const depth = depths.get(name) ?? 0;
      for (const input of inputs) depths.set(input, Math.max(depths.get(input) ?? 0, depth + 1));
    }
    this.#layers.sort((one, other) => (depths.get(other.name) ?? 0) - (depths.get(one.name) ?? 0));
  }

  /** Returns the architecture, as `to_json` of Keras gives it. */
  #config(output: string) {
    const layers = this.#layers.map(({ className, name, config, inputs }) => ({
      ...described(className, { name, ...config }),
      name,
      inbound_nodes: inputs.length ? [inputs.map((input) => [input, 0, 0, {}])] : [],
    }));
    const config = {
      name: "model",
      layers,
      input_layers: [[this.#layers[0]!.name, 0, 0]],
      output_layers: [[output, 0, 0]],
    };
    return {
      ...{ module: "keras", class_name: "Model", config, registered_name: null },
      ...{ keras_version: VERSION, backend: "tensorflow" },
    };
  }

  /**
   * Writes the model: a whole-model `.h5` file, which also holds the architecture.
   *
   * @param output name of the layer that makes the output
   */
  write(output: string): { weights: Uint8Array<ArrayBuffer>; config: string } {
    this.#sort();
    const { keras_version, backend, ...model } = this.#config(output);
    const groups = this.#layers.map(({ name, weights }): [string, Hdf5Group] => {
      const paths = weights.map((weight) => `${name}/${weight.name}:0`);
      return [name, { attributes: { weight_names: paths }, members: nested(weights, name) }];
    });
    const attributes = { keras_version, backend };
    const weights = writeHdf5({
      attributes: { ...attributes, model_config: JSON.stringify(model) },
      members: {
        model_weights: {
          attributes: { ...attributes, layer_names: this.#layers.map(({ name }) => name) },
          members: Object.fromEntries(groups),
        },
      },
    });
    return { weights, config: JSON.stringify(this.#config(output)) };
  }
}

/** Describes a layer as configs do. Keras 3 needs its module. */
export const described = (className: string, config: Readonly<Record<string, unknown>>) => ({
  module: "keras.layers",
  class_name: className,
  config,
  registered_name: null,
});

/** Puts weights into groups by the slashes of their names, as Keras does: `lstm/kernel:0`. */
function nested(weights: readonly KerasWeight[], layer: string): Hdf5Group["members"] {
  interface Open {
    members: Record<string, Open | Hdf5Group["members"][string]>;
  }
  const root: Open = { members: {} };
  for (const { name, shape, data } of weights) {
    const path = [layer, ...`${name}:0`.split("/")];
    const last = path.pop()!;
    let group = root;
    for (const part of path) {
      group.members[part] ??= { members: {} };
      group = group.members[part] as Open;
    }
    group.members[last] = { shape, data };
  }
  return root.members as Hdf5Group["members"];
}
