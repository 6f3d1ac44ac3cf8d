import { checkObject, checkOptions, checkThat } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Workspace } from "../runtime/workspace.ts";
import { show } from "../schema.ts";
import { type GraphInput, type GraphOptions, type GraphOutput, inputOf, outputOf } from "./arrays.ts";
import type { Graph, Value, ValueInfo } from "./graph.ts";
import { checkOperators } from "./known-operators.ts";
import { Runner } from "./runner.ts";
import { Session } from "./session.ts";
import { GraphStream, type StreamOptions } from "./stream.ts";

function fail(code: "ERR_VALUE", problem: string): never {
  throw new UnrolledError(code, problem);
}

/**
 * A model of another framework: `loadOnnx`, `loadKeras`, `loadTfjs` and `loadTorch` make it. The first call with new shapes makes a plan, and
 * calls with the same shapes run it again. Some plans are kept.
 */
export class GraphModel {
  /** The inputs of a call: name, type and shape. An open length is its name, or null. */
  readonly inputs: readonly ValueInfo[];
  /** The outputs of a call: name, type and shape. */
  readonly outputs: readonly ValueInfo[];
  readonly #runner: Runner;
  readonly #constants: ReadonlyMap<string, Value>;
  #states: Map<string, Value>;

  /**
   * @internal
   * @throws ERR_FORMAT if operators are unknown, with all of them; ERR_VALUE if an option is invalid
   */
  constructor(runtime: Workspace, graph: Graph, options: GraphOptions = {}) {
    checkThat("load: runtime", runtime, typeof runtime?.kernels === "object", "a runtime; see createRuntime");
    const { dims = {}, constants = {} } = checkOptions("load", options, "dims constants");
    checkOperators(graph);
    const known = new Set(
      graph.inputs.flatMap(({ shape }) => shape ?? []).filter((n) => typeof n === "string"),
    );
    for (const [name, n] of Object.entries(checkObject("dims", dims))) {
      if (!known.has(name))
        fail(
          "ERR_VALUE",
          `dims: no axis is called ${show(name)}; there are ${[...known].join(", ") || "none"}`,
        );
      if (!Number.isSafeInteger(n) || n < 1)
        fail("ERR_VALUE", `dims: ${name} is ${show(n)}, expected a whole number of at least 1`);
    }
    const fixed = ({ name, dtype, shape }: ValueInfo): ValueInfo => ({
      name,
      dtype,
      shape: shape?.map((n) => (typeof n === "string" && Object.hasOwn(dims, n) ? dims[n]! : n)),
    });
    const inputs = graph.inputs.map(fixed);
    const values = new Map<string, Value>();
    for (const [name, given] of Object.entries(checkObject("constants", constants))) {
      const info = inputs.find((input) => input.name === name);
      values.set(
        name,
        inputOf(info ?? fail("ERR_VALUE", `constants: no input is called ${show(name)}`), given),
      );
    }
    this.inputs = inputs.filter(({ name }) => !values.has(name));
    this.outputs = graph.outputs.map(fixed);
    this.#constants = values;
    this.#runner = new Runner(new Session(runtime), graph);
    this.#states = this.#initial();
  }

  #initial(): Map<string, Value> {
    return new Map(this.#runner.graph.states?.map(({ input, initial }) => [input, initial]));
  }

  /** Sets the states that the model keeps from call to call to what they were at first. Most models have none. */
  reset(): void {
    this.#states = this.#initial();
  }

  /**
   * Runs the model once, synchronously.
   *
   * @param inputs the numbers of each input by its name
   * @returns the outputs by their names, in new arrays
   * @throws ERR_VALUE, ERR_SHAPE or ERR_DTYPE if an input is missing, unknown or does not fit; ERR_MEMORY if values become larger than a model
   *   of this size can need; ERR_DISPOSED after `dispose`
   */
  run(inputs: Readonly<Record<string, GraphInput>>): Record<string, GraphOutput> {
    checkObject("run", inputs, "inputs are");
    const unknown = Object.keys(inputs).find((name) => !this.inputs.some((input) => input.name === name));
    if (unknown !== undefined) {
      fail(
        "ERR_VALUE",
        `run: no input is called ${show(unknown)}; there are ${this.inputs.map(({ name }) => name).join(", ") || "none"}`,
      );
    }
    const values = new Map(this.#states);
    for (const info of this.inputs) {
      if (!Object.hasOwn(inputs, info.name)) fail("ERR_VALUE", `run: input ${show(info.name)} is missing`);
      values.set(info.name, inputOf(info, inputs[info.name]!));
    }
    const results = this.#runner.run(values, this.#constants);
    const kept = this.#runner.graph.states ?? [];
    this.#states = new Map(kept.map(({ input }, i) => [input, results[this.outputs.length + i]!]));
    const outputs: Record<string, GraphOutput> = Object.create(null);
    for (const [i, { name }] of this.outputs.entries()) outputs[name] = outputOf(results[i]!);
    return outputs;
  }

  /**
   * Opens a stream, which keeps states from step to step. They begin with 0; those that the model keeps by itself, such as a stateful
   * layer of Keras, begin as there.
   *
   * @throws ERR_VALUE if an option is invalid, or if `state` is absent and the types allow several maps or none, with the candidates
   */
  stream(options: StreamOptions = {}): GraphStream {
    const { session, graph } = this.#runner;
    session.checkOpen();
    return new GraphStream(
      this.#runner,
      this.inputs,
      this.outputs,
      this.#constants,
      options,
      graph.states ?? [],
    );
  }

  /** The runtime that the model was loaded with. @internal */
  get runtime(): Workspace {
    return this.#runner.session.runtime;
  }

  /** The graph with its present weights. Inputs that are the same in every call are last, and have their values as constants. @internal */
  get graph(): Graph {
    const { graph } = this.#runner;
    const fixed = graph.inputs.filter(({ name }) => this.#constants.has(name));
    const constants = new Map([...graph.constants, ...this.#constants]);
    return { ...graph, inputs: [...this.inputs, ...fixed], outputs: this.outputs, constants };
  }

  /**
   * Changes constants, such as weights. Streams go on with the new ones and keep their states.
   *
   * @param values new values of the same types and shapes, by the constants' names
   * @throws ERR_VALUE if there is no such constant, ERR_SHAPE or ERR_DTYPE if a value does not fit
   * @internal
   */
  update(values: ReadonlyMap<string, Value>): void {
    const constants = new Map(this.#runner.graph.constants);
    for (const [name, value] of values) {
      const before = constants.get(name) ?? fail("ERR_VALUE", `update: no constant is called ${show(name)}`);
      if (before.dtype !== value.dtype || String(before.shape) !== String(value.shape)) {
        throw new UnrolledError(
          before.dtype === value.dtype ? "ERR_SHAPE" : "ERR_DTYPE",
          `update: ${name} is ${value.dtype} [${value.shape}], expected ${before.dtype} [${before.shape}]`,
        );
      }
      constants.set(name, value);
    }
    this.#runner.replace({ ...this.#runner.graph, constants });
  }

  /** Frees the memory. The model and its streams cannot run any more. */
  dispose(): void {
    this.#runner.session.close();
    this.#runner.dispose();
  }
}
