import { checkObject, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { show } from "../schema.ts";
import { type GraphInput, type GraphOutput, inputOf, outputOf, shapeText } from "./arrays.ts";
import type { StateLink, Value, ValueInfo } from "./graph.ts";
import type { Plan, Runner } from "./runner.ts";
import { arrayAt, copyTo, emptyValue } from "./values.ts";

/** Options of `stream`. */
export interface StreamOptions {
  /**
   * Which output of a step is which input of the next: `{ outputName: inputName }`. If it is absent, it is found by the types, if they
   * allow only one map.
   */
  state?: Readonly<Record<string, string>>;
  /** Inputs that are the same in every step, such as `{ sr: 16000 }`. What depends on them alone is computed once. */
  constants?: Readonly<Record<string, GraphInput | number | bigint>>;
}

function fail(problem: string): never {
  throw new UnrolledError("ERR_VALUE", `stream: ${problem}`);
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

const typeOf = ({ dtype, shape }: ValueInfo) => `${dtype} ${shapeText(shape)}`;
const named = (list: readonly ValueInfo[]) =>
  list.map((info) => `${info.name} (${typeOf(info)})`).join(", ") || "none";

/** Returns the map of states that the types allow, if there is exactly one. @throws ERR_VALUE with the candidates otherwise */
export function findStates(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const output of outputs) {
    const fits = (other: ValueInfo) => other.shape !== undefined && typeOf(other) === typeOf(output);
    const [candidates, rivals] = [inputs.filter(fits), outputs.filter(fits)];
    if (candidates.length === 1 && rivals.length === 1) found.set(output.name, candidates[0]!.name);
    else if (candidates.length) {
      fail(
        `state is not clear: outputs ${named(rivals)}, inputs ${named(candidates)}; give state: { output: input }`,
      );
    }
  }
  if (found.size && found.size === inputs.length) {
    const links = [...found].map(([output, input]) => `${output} -> ${input}`);
    fail(`state is not clear: all inputs fit outputs, ${links.join(", ")}; give state: { output: input }`);
  }
  if (!found.size)
    fail(`no output has the type of an input; outputs ${named(outputs)}, inputs ${named(inputs)}`);
  return found;
}

/** Makes a state of zeros. Open lengths are 1: one sequence. @param lengths those that are known by their names */
function zeros({ dtype, shape = [] }: ValueInfo, lengths: ReadonlyMap<string, number> = new Map()): Value {
  return emptyValue(
    dtype,
    shape.map((n) => (typeof n === "number" ? n : (lengths.get(n ?? "") ?? 1))),
  );
}

/**
 * A model that runs one step at a time, and keeps its states in between. A model can have many streams. If the file leaves a
 * length of a state open, it is that of the axis of the same name in the first inputs, else 1.
 */
export class GraphStream {
  readonly #runner: Runner;
  readonly #constants: ReadonlyMap<string, Value>;
  /** The inputs of a step. */
  readonly #inputs: readonly ValueInfo[];
  readonly #outputs: readonly ValueInfo[];
  readonly #stateInfos: readonly ValueInfo[];
  /** Whether all states are 0, so that the next inputs decide their open lengths. */
  #fresh = true;
  /** The states by the names of their inputs. */
  readonly #states = new Map<string, Value>();
  /** What the states that the model keeps by itself begin with, by the names of their inputs. */
  readonly #kept: ReadonlyMap<string, Value>;
  #last: { readonly plan: Plan; readonly shapes: readonly (readonly number[])[] } | undefined;
  /** For each result of the plan, which are the outputs and the states that the model keeps: the input that it becomes. */
  readonly #links: readonly (string | undefined)[];

  /** @internal */
  constructor(
    runner: Runner,
    inputs: readonly ValueInfo[],
    outputs: readonly ValueInfo[],
    constants: ReadonlyMap<string, Value>,
    options: StreamOptions,
    kept: readonly StateLink[],
  ) {
    const { state, constants: more = {} } = checkOptions("stream", options, "state constants");
    const values = new Map(constants);
    for (const [name, given] of Object.entries(checkObject("stream: constants", more))) {
      const info =
        inputs.find((input) => input.name === name) ?? fail(`constants: no input is called ${show(name)}`);
      values.set(name, inputOf(info, given));
    }
    const open = inputs.filter(({ name }) => !values.has(name));
    const links = state
      ? new Map(Object.entries(checkObject("stream: state", state)))
      : kept.length
        ? new Map<string, string>()
        : findStates(open, outputs);
    for (const [output, input] of links) {
      const made =
        outputs.find(({ name }) => name === output) ??
        fail(`no output is called ${show(output)}; there are ${named(outputs)}`);
      const info =
        open.find(({ name }) => name === input) ??
        fail(`no input is called ${show(input)}; there are ${named(open)}`);
      if (!info.shape) fail(`the number of axes of state ${show(input)} is not known`);
      if (made.dtype !== info.dtype) fail(`state ${named([made])} is not of the type of ${named([info])}`);
      if (this.#states.has(input)) fail(`state ${show(input)} is given twice`);
      this.#states.set(input, zeros(info));
    }
    this.#runner = runner;
    this.#constants = values;
    this.#inputs = open.filter(({ name }) => !this.#states.has(name));
    this.#outputs = outputs;
    this.#links = [...outputs.map(({ name }) => links.get(name)), ...kept.map(({ input }) => input)];
    this.#kept = new Map(kept.map(({ input, initial }) => [input, initial]));
    this.#stateInfos = [
      ...open.filter(({ name }) => this.#states.has(name)),
      ...kept.map(({ input: name, initial: { dtype, shape } }) => ({ name, dtype, shape })),
    ];
    for (const [name, initial] of this.#kept) {
      this.#states.set(name, { ...initial, data: initial.data.slice() });
    }
  }

  /**
   * Runs one step.
   *
   * @returns the outputs by name, those that are states too, in new arrays
   * @throws ERR_VALUE, ERR_SHAPE or ERR_DTYPE if an input is missing, unknown or does not fit. The states stay as they were then
   */
  step(inputs: Readonly<Record<string, GraphInput>>): Record<string, GraphOutput["data"]> {
    checkObject("step", inputs, "inputs are");
    const given = this.#inputs.map((info) => {
      if (!Object.hasOwn(inputs, info.name)) fail(`input ${show(info.name)} is missing`);
      return inputOf(info, inputs[info.name]!);
    });
    for (const name in inputs) {
      if (!this.#inputs.some((info) => info.name === name))
        fail(`no input is called ${show(name)}; there are ${named(this.#inputs)}`);
    }
    this.#runner.session.checkOpen();
    if (this.#fresh) this.#fitStates(given);
    const { runtime } = this.#runner.session;
    const values = [...given, ...this.#states.values()];
    const { stage, inputs: slots } = this.#planFor(values);
    for (const [i, slot] of slots.entries()) copyTo(runtime, slot.start, values[i]!);
    const results = stage.run(runtime);
    for (const [i, link] of this.#links.entries()) {
      const [state, slot] = [link === undefined ? undefined : this.#states.get(link)!, results[i]!];
      if (state && state.data.length !== slot.size)
        fail(`state ${link} becomes [${slot.shape}], expected [${state.shape}]`);
    }
    this.#fresh = false;
    const outputs: Record<string, GraphOutput["data"]> = Object.create(null);
    for (const [i, { name }] of this.#outputs.entries()) {
      const slot = results[i]!;
      const value = { dtype: slot.dtype, shape: slot.shape, data: arrayAt(runtime, slot) };
      outputs[name] = outputOf(value).data;
    }
    for (const [i, link] of this.#links.entries()) {
      if (link !== undefined) this.#states.get(link)!.data.set(arrayAt(runtime, results[i]!));
    }
    return outputs;
  }

  /** Gives the states the lengths that axes of the same names have in the inputs. */
  #fitStates(given: readonly Value[]): void {
    const lengths = new Map<string, number>();
    for (const [i, { shape }] of this.#inputs.entries()) {
      for (const [axis, name] of (shape ?? []).entries())
        if (typeof name === "string") lengths.set(name, given[i]!.shape[axis]!);
    }
    for (const info of this.#stateInfos) {
      const value = zeros(info, lengths);
      if (!sameShape(value.shape, this.#states.get(info.name)!.shape)) this.#states.set(info.name, value);
    }
  }

  /** Returns the plan for inputs and states of these shapes: mostly that of the step before. */
  #planFor(values: readonly Value[]): Plan {
    const last = this.#last;
    const same =
      last && !last.plan.stage.disposed && values.every(({ shape }, i) => sameShape(shape, last.shapes[i]!));
    if (same) return last.plan;
    const names = [...this.#inputs.map(({ name }) => name), ...this.#states.keys()];
    const types = new Map(names.map((name, i) => [name, values[i]!]));
    const plan = this.#runner.plan(types, this.#constants);
    this.#last = { plan, shapes: values.map(({ shape }) => shape) };
    return plan;
  }

  /** Sets all states to what they were at first. */
  reset(): void {
    for (const [name, { data }] of this.#states) {
      const initial = this.#kept.get(name);
      if (initial) data.set(initial.data);
      else data.fill(0);
    }
    this.#fresh = true;
  }

  /** A copy of the states, by the names of their inputs. It can be assigned, to this stream or another, to go on from there. */
  get state(): Record<string, GraphOutput["data"]> {
    return Object.fromEntries([...this.#states].map(([name, value]) => [name, outputOf(value).data]));
  }

  set state(given: Readonly<Record<string, GraphInput>>) {
    checkObject("stream: state", given, "it is");
    for (const name in given) {
      if (!this.#states.has(name))
        fail(`no state is called ${show(name)}; there are ${named(this.#stateInfos)}`);
    }
    const values = this.#stateInfos.map((info) => {
      const { name } = info;
      if (!Object.hasOwn(given, name)) fail(`state ${show(name)} is missing`);
      const { shape, data } = this.#states.get(name)!;
      const numbers = given[name] as ArrayLike<number> | null;
      return inputOf(numbers?.length === data.length ? { ...info, shape } : info, given[name]!);
    });
    for (const [i, { name }] of this.#stateInfos.entries()) {
      this.#states.set(name, { ...values[i]!, data: values[i]!.data.slice() });
    }
    this.#fresh = false;
  }
}
