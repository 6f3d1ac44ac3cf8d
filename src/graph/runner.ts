import type { Graph, Value } from "./graph.ts";
import { Planner } from "./planner.ts";
import type { Session } from "./session.ts";
import type { Slot } from "./slot.ts";
import { forgetOldest, type Stage } from "./stage.ts";
import { arrayAt, copyTo } from "./values.ts";

/** A plan for inputs of some shapes. */
export interface Plan {
  readonly stage: Stage;
  readonly inputs: readonly Slot[];
}

/** Runs a graph, or a body. Keeps a plan for each combination of shapes. */
export class Runner {
  readonly session: Session;
  graph: Graph;
  readonly #plans = new Map<string, Stage>();
  readonly #inputs = new WeakMap<Stage, readonly Slot[]>();
  readonly #bodies = new Map<Graph, Runner>();
  readonly #around: Runner | undefined;
  /** How many words the values of a plan may take. Those of bodies may take as many as those of the graph. */
  #words = 0;

  /** @param around the runner of the graph, if this one is of a body */
  constructor(session: Session, graph: Graph, around?: Runner) {
    this.session = session;
    this.graph = graph;
    this.#around = around;
    session.runBody ??= (body, inputs, constants) => {
      const runner = this.#bodies.get(body) ?? new Runner(session, body, this);
      this.#bodies.set(body, runner);
      return runner.run(inputs, constants);
    };
  }

  /**
   * Returns the plan for inputs of these types.
   *
   * @param inputs values by name, of which only the types count
   * @param constants values by name, whose numbers the plan may depend on
   */
  plan(
    inputs: ReadonlyMap<string, Pick<Value, "dtype" | "shape">>,
    constants: ReadonlyMap<string, Value> = new Map(),
  ): Plan {
    const key = [
      ...[...inputs].map(([name, { dtype, shape }]) => `${name}:${dtype}[${shape}]`),
      ...[...constants].map(([name, { shape, data }]) => `${name}=[${shape}]${data}`),
    ].join();
    this.session.checkOpen();
    const { runtime } = this.session;
    if (!this.#around) this.session.rounds = 0;
    let stage = this.#plans.get(key);
    if (stage) {
      this.#plans.delete(key); // and set again: the last one used is the last one forgotten
    } else {
      forgetOldest(runtime, this.#plans);
      let numbers = 0;
      for (const { shape } of inputs.values()) numbers += shape.reduce((product, n) => product * n, 1);
      const names = new Map([...constants].map(([name, value]) => [name, this.session.keep(value)]));
      this.#words = this.#around
        ? this.#around.#words
        : Math.max(this.#words, this.session.budgetOf(numbers));
      const planner = new Planner(this.session, this.graph, names, this.#words);
      const slots = new Map([...inputs].map(([name, type]) => [name, planner.input(type)]));
      stage = this.session.guard(() => planner.plan(slots));
      this.#inputs.set(stage, [...slots.values()]);
    }
    this.#plans.set(key, stage);
    return { stage, inputs: this.#inputs.get(stage)! };
  }

  /** Runs the graph. @returns copies of its outputs */
  run(inputs: ReadonlyMap<string, Value>, constants?: ReadonlyMap<string, Value>): Value[] {
    const { runtime } = this.session;
    const plan = this.plan(inputs, constants);
    const values = [...inputs.values()];
    for (const [i, slot] of plan.inputs.entries()) copyTo(runtime, slot.start, values[i]!);
    return plan.stage.run(runtime).map((slot) => ({
      dtype: slot.dtype,
      shape: slot.shape,
      data: slot.constant ? slot.constant.data.slice() : arrayAt(runtime, slot).slice(),
    }));
  }

  /** Takes a graph with other constants. What was planned and packed for the constants before is freed. */
  replace(graph: Graph): void {
    this.dispose();
    this.session.dispose();
    this.graph = graph;
  }

  dispose(): void {
    for (const stage of this.#plans.values()) stage.dispose(this.session.runtime);
    this.#plans.clear();
    for (const body of this.#bodies.values()) body.dispose();
    if (!this.#around) this.session.dispose();
  }
}
