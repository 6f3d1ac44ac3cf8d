import { checkInstance, checkObject, checkOptions, checkTexts, checkThat } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { type GraphInput, inputOf } from "../graph/arrays.ts";
import { Call } from "../graph/call.ts";
import { type Graph, type GraphNode, isFloat, type Value, type ValueInfo } from "../graph/graph.ts";
import { operatorOf } from "../graph/known-operators.ts";
import { capturedNames } from "../graph/names.ts";
import { Runner } from "../graph/runner.ts";
import { Session } from "../graph/session.ts";
import { Slot } from "../graph/slot.ts";
import { Module } from "../nn/module.ts";
import { Runtime } from "../runtime/runtime.ts";
import { Tensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";
import { type Analysis, analyse } from "./analyse.ts";
import { type Freeze, frozenNames } from "./freeze.ts";
import type { Context } from "./operators/derivation.ts";
import { derivationOf } from "./operators/index.ts";

/** Options of {@link GraphModule}. */
export interface GraphModuleOptions {
  /** Weights that stay as they are; default none. What depends on them alone is computed without gradients. */
  freeze?: Freeze;
  /** Names of the values that `forward` returns: outputs or others; default: the graph's outputs. */
  outputs?: readonly string[];
}

/** Numbers of a value up to which a plan may depend on them. */
const FEW = 64;
/** How many lists of places are kept. */
const KEPT = 64;

type Traced = Value | Tensor;

/**
 * A model of another framework as a module. Its parameters are the floating constants that operators read as weights (products,
 * convolutions, cells, tables, norms, and the longer constants of sums and products), under their names in the file; the
 * order of their numbers is the file's too. Masks and single factors are no weights. A constant that reaches its place through other
 * nodes, such as a transposition, is a weight too, and the gradient goes back through them. Dropout is left out, and batch
 * normalization uses the statistics of the file, as in inference.
 *
 * @example
 * ```js
 * import { GraphModule } from "unrolled/finetune";
 *
 * const rt = await createRuntime();
 * const data = Float32Array.of(2, 3);
 * const module = new GraphModule(rt, {
 *   inputs: [{ name: "x", dtype: "float32", shape: ["batch", 2] }],
 *   outputs: [{ name: "y", dtype: "float32", shape: ["batch", 1] }],
 *   constants: new Map([["kernel", { dtype: "float32", shape: [2, 1], data }]]),
 *   nodes: [{ op: "MatMul", name: "dense", inputs: ["x", "kernel"], outputs: ["y"], attributes: {} }],
 * });
 * const { y } = module.forward({ x: [10, 100] });
 * y.backward();
 * console.log(y.item(), [...module.parameters().kernel.grad.data]); // 320 [ 10, 100 ]
 * ```
 */
export class GraphModule extends Module {
  /** Names of the values that `forward` returns. */
  readonly outputs: readonly string[];
  readonly #graph: Graph;
  readonly #analysis: Analysis;
  readonly #session: Session;
  readonly #before: Runner;
  readonly #runners = new Map<GraphNode, Runner>();
  readonly #places = new Map<string, Int32Array>();
  readonly #moves = new Map<string, ReturnType<Context["moved"]>>();
  readonly #numbers = new Map<GraphNode, number>();
  readonly #own: Readonly<Record<string, Tensor>>;

  /**
   * Makes a module of a graph, whose weights become its parameters.
   *
   * @param source a model that a reader loaded, or a graph
   * @throws ERR_FORMAT if operators without a gradient lie between a weight and an output, with all of them; ERR_VALUE if an option
   *   is invalid
   */
  constructor(runtime: Runtime, source: object, options: GraphModuleOptions = {}) {
    super(checkInstance("GraphModule: runtime", runtime, Runtime, "a Runtime; see createRuntime"));
    const { graph = source as Graph } = checkObject("GraphModule", source, "its source is") as {
      graph?: Graph;
    };
    checkThat("GraphModule: source", source, Array.isArray(graph?.nodes), "a model that a reader loaded");
    const { freeze = [], outputs = graph.outputs.map(({ name }) => name) } = checkOptions(
      "GraphModule",
      options,
      "freeze outputs",
    );
    checkTexts("GraphModule: outputs", outputs);
    const made = new Set([
      ...graph.nodes.flatMap((node) => node.outputs),
      ...graph.inputs.map(({ name }) => name),
    ]);
    for (const name of outputs) {
      if (made.has(name) && name) continue;
      throw new UnrolledError("ERR_VALUE", `GraphModule: the graph has no value ${show(name)}`);
    }
    this.outputs = outputs;
    this.#graph = graph;
    this.#analysis = analyse(graph, outputs, (names) => frozenNames("GraphModule: freeze", freeze, names));
    this.#session = new Session(runtime);
    this.#before = new Runner(this.#session, this.#analysis.before);
    const own: Record<string, Tensor> = Object.create(null);
    for (const name of this.#analysis.parameters) {
      const { shape, data } = graph.constants.get(name)!;
      own[name] = this.register(name, shape, 0);
      own[name].data.set(data);
    }
    this.#own = own;
  }

  /**
   * Computes the outputs. Call it within `Runtime.scope`, which frees what is computed on the way.
   *
   * @param inputs the inputs by name, as `GraphModel.run` takes them; those that the outputs do not need may be missing
   * @returns the values of `outputs`; integers are int32
   * @throws ERR_VALUE, ERR_SHAPE or ERR_DTYPE if an input is missing, unknown or does not fit
   */
  forward(inputs: Readonly<Record<string, GraphInput>>): Record<string, Tensor> {
    const values = new Map<string, Traced>(Object.entries(this.#own));
    const given = this.#inputsOf(inputs);
    for (const [name, value] of given) values.set(name, value);
    const { before, nodes } = this.#analysis;
    if (before.outputs.length) {
      for (const [i, value] of this.#before.run(given).entries()) values.set(before.outputs[i]!.name, value);
    }
    const look = (name: string, reader: string): Traced =>
      values.get(name) ??
      before.constants.get(name) ??
      fail(`${reader} reads ${show(name)}, which is not given`);
    for (const { node, derived } of nodes) {
      const read = node.inputs.map((name) => (name ? look(name, node.name) : undefined));
      const results = derived
        ? this.#derive(node, read)
        : this.#compute(node, read, (name) => look(name, node.name));
      for (const [i, name] of node.outputs.entries()) {
        const result = results[i];
        if (name && result) values.set(name, result);
      }
    }
    return Object.fromEntries(this.outputs.map((name) => [name, this.#tensor(look(name, "the module"))]));
  }

  /** Returns the parameters as constants of the graph, for `GraphModel.update`. */
  weights(): Map<string, Value> {
    return new Map(
      Object.entries(this.#own).map(([name, tensor]) => {
        const { dtype, shape } = this.#graph.constants.get(name)!;
        return [name, { dtype, shape, data: tensor.toArray() }];
      }),
    );
  }

  override dispose(): void {
    super.dispose();
    for (const runner of [this.#before, ...this.#runners.values()]) runner.dispose();
    this.#session.dispose();
  }

  #inputsOf(inputs: Readonly<Record<string, GraphInput>>): Map<string, Value> {
    const infos = new Map<string, ValueInfo>(this.#graph.inputs.map((info) => [info.name, info]));
    return new Map(
      Object.entries(inputs ?? {}).map(([name, given]) => {
        const info = infos.get(name);
        if (info) return [name, inputOf(info, given)];
        return fail(`no input is called ${show(name)}; there are ${[...infos.keys()].join(", ") || "none"}`);
      }),
    );
  }

  #tensor(value: Traced): Tensor {
    return value instanceof Tensor ? value : this.runtime.tensor(value.data, value.shape);
  }

  /** Computes a node with gradients. */
  #derive(node: GraphNode, read: readonly (Traced | undefined)[]): readonly (Tensor | undefined)[] {
    const slots = read.map((value) => value && slotOf(value));
    const floats = read.map((value, i) =>
      value && isFloat(slots[i]!.dtype) ? this.#tensor(value) : undefined,
    );
    return derivationOf(node)!(new Call(node, slots), floats, this.#context);
  }

  /** Computes a node without gradients. */
  #compute(node: GraphNode, read: readonly (Traced | undefined)[], look: (name: string) => Traced): Value[] {
    const known = operatorOf(node).known?.(
      new Call(
        node,
        read.map((value) => value && slotOf(value)),
      ),
    );
    if (known) return known;
    const values = new Map<string, Value>();
    for (const name of [...node.inputs, ...capturedNames(node)])
      if (name) values.set(name, asValue(look(name)));
    return this.#run(node, values);
  }

  /** Runs one node. @returns its outputs, in the node's order */
  #run(node: GraphNode, values: ReadonlyMap<string, Value>): Value[] {
    let runner = this.#runners.get(node);
    if (!runner) {
      const outputs = node.outputs.map(
        (name, i) => ({ name: name || `(${i})`, dtype: "float32", shape: undefined }) as const,
      );
      const named = { ...node, outputs: outputs.map(({ name }) => name) };
      runner = new Runner(this.#session, { inputs: [], outputs, constants: new Map(), nodes: [named] });
      this.#runners.set(node, runner);
    }
    const few = ([, { data }]: [string, Value]) => data.length <= FEW && data instanceof Int32Array;
    const all = [...values];
    return runner.run(new Map(all.filter((entry) => !few(entry))), new Map(all.filter(few)));
  }

  readonly #context: Context = {
    runtime: this.runtime,
    cached: (key, make) => kept(this.#places, key, make),
    moved: (call) => {
      const { node } = call;
      const number = this.#numbers.get(node) ?? this.#numbers.size;
      this.#numbers.set(node, number);
      const key = call.inputs.map((slot) => {
        if (!slot) return "";
        return isFloat(slot.dtype) ? `[${slot.shape}]` : `[${slot.shape}] ${slot.constant!.data}`;
      });
      const compute = () => this.#moved(call);
      const many = call.inputs.some((slot) => slot && !isFloat(slot.dtype) && slot.size > FEW);
      return many ? compute() : kept(this.#moves, `${number} ${key}`, compute);
    },
  };

  #moved({ node, inputs }: Call): ReturnType<Context["moved"]> {
    let first = 1;
    const values = new Map<string, Value>();
    for (const [i, slot] of inputs.entries()) {
      if (!slot) continue;
      const { shape, size } = slot;
      if (isFloat(slot.dtype)) {
        values.set(String(i), {
          dtype: "int32",
          shape,
          data: Int32Array.from({ length: size }, (_, k) => first + k),
        });
        first += size;
      } else values.set(String(i), slot.constant!);
    }
    let named = this.#renamed.get(node);
    if (!named) {
      named = { ...node, inputs: node.inputs.map((name, i) => name && String(i)) };
      this.#renamed.set(node, named);
    }
    return this.#run(named, values).map(({ data, shape }) => ({ places: data as Int32Array, shape }));
  }

  /** Nodes whose inputs are called by their numbers. */
  readonly #renamed = new Map<GraphNode, GraphNode>();
}

function fail(problem: string): never {
  throw new UnrolledError("ERR_VALUE", `GraphModule: ${problem}`);
}

function slotOf(value: Traced): Slot {
  return value instanceof Tensor
    ? new Slot(value.dtype, value.shape)
    : new Slot(value.dtype, value.shape, value);
}

function asValue(value: Traced): Value {
  return value instanceof Tensor
    ? { dtype: value.dtype, shape: value.shape, data: value.data.slice() }
    : value;
}

/** Returns what a map has for a key; makes it at the first time. */
function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  let found = map.get(key);
  if (found === undefined) {
    if (map.size >= KEPT) map.clear();
    found = make();
    map.set(key, found);
  }
  return found;
}
