import { UnrolledError } from "../errors.ts";
import type { PackedLayer } from "../nn/stream/layer.ts";
import { sizeOf } from "../runtime/shapes.ts";
import type { Workspace } from "../runtime/workspace.ts";
import { Call, NumbersNeeded, type Type } from "./call.ts";
import type { Graph, GraphNode, Value } from "./graph.ts";
import { operatorOf } from "./known-operators.ts";
import type { Lowering } from "./lowering.ts";
import { capturedNames, uses } from "./names.ts";
import type { Operator } from "./operator.ts";
import { type Session, tooLarge } from "./session.ts";
import { type Block, Slot } from "./slot.ts";
import { forgetOldest, Stage, type Step } from "./stage.ts";
import { arrayAt, copyTo, emptyValue } from "./values.ts";

/** A list of nodes that is being planned, and the names that it sees. */
interface Frame {
  readonly nodes: readonly GraphNode[];
  readonly next: number;
  readonly names: Map<string, Slot>;
  /** Binds the results of a body in the frame around it. */
  readonly results: readonly { readonly inner: string; readonly outer: string }[];
}

/** Plans the nodes of a graph for inputs of given shapes. */
export class Planner implements Lowering {
  readonly session: Session;
  readonly runtime: Workspace;
  /** The stage that is being planned. */
  #stage = new Stage();
  #frames: Frame[];
  #pool: Block[] = [];
  #scratch: Block[] = [];
  #words: number;
  readonly #graph: Graph;

  /** @param names the inputs and the names of graphs around it @param words how many words the values may take */
  constructor(session: Session, graph: Graph, names: Map<string, Slot>, words: number) {
    this.session = session;
    this.runtime = session.runtime;
    this.#graph = graph;
    this.#words = words;
    this.#frames = [{ nodes: graph.nodes, next: 0, names: new Map(names), results: [] }];
    for (const [name, value] of graph.constants) this.#frames[0]!.names.set(name, session.keep(value));
  }

  /** Makes a slot in memory, for an input. */
  input({ dtype, shape }: Type): Slot {
    const slot = new Slot(dtype, shape);
    slot.block = this.#fresh(slot.size);
    return slot;
  }

  /** Plans all nodes, up to the first whose shapes depend on numbers. Names of inputs are bound before. */
  plan(inputs: ReadonlyMap<string, Slot> = new Map()): Stage {
    for (const [name, slot] of inputs) this.#frames[0]!.names.set(name, slot);
    return this.#continue();
  }

  /** Plans the nodes of a stage. @param begin makes its first values */
  #continue(begin?: () => void): Stage {
    const stage = this.#stage;
    try {
      begin?.();
      for (;;) {
        const frame = this.#frames.at(-1)!;
        if (frame.next < frame.nodes.length) {
          if (!this.#node(frame, frame.nodes[frame.next]!)) return stage;
        } else if (!this.#leave(frame)) {
          stage.outputs = this.#results().map((name) => this.#inMemory(this.#lookup(name, "the graph")));
          return stage;
        }
      }
    } catch (error) {
      stage.dispose(this.runtime);
      throw error;
    }
  }

  /** Names of the values that are left at the end: outputs and states. */
  #results(): string[] {
    const { outputs, states = [] } = this.#graph;
    return [...outputs.map(({ name }) => name), ...states.map(({ output }) => output)];
  }

  /** Ends the last frame. @returns false if it is the graph's own */
  #leave(frame: Frame): boolean {
    if (this.#frames.length === 1) return false;
    this.#frames.pop();
    const outer = this.#frames.at(-1)!;
    for (const { inner, outer: name } of frame.results) {
      if (!name) continue;
      const slot = frame.names.get(inner) ?? this.#lookup(inner, name);
      if (slot.block) slot.block.users = Number.POSITIVE_INFINITY;
      outer.names.set(name, slot);
    }
    return true;
  }

  #lookup(name: string, reader: string): Slot {
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const slot = this.#frames[i]!.names.get(name);
      if (slot) return slot;
    }
    throw new UnrolledError("ERR_FORMAT", `${reader} reads ${name}, which nothing makes`);
  }

  /** Plans a node. @returns false if the stage ends before it */
  #node(frame: Frame, node: GraphNode): boolean {
    const operator = operatorOf(node);
    const inputs = node.inputs.map((name) => (name ? this.#lookup(name, node.name) : undefined));
    const captured = operator.dynamic ? capturedNames(node) : [];
    const call = new Call(node, [...inputs, ...captured.map((name) => this.#lookup(name, node.name))]);
    const advanced = { ...frame, next: frame.next + 1 };
    try {
      if (operator.expand) {
        this.#frames[this.#frames.length - 1] = advanced;
        operator.expand(call, this);
        return true;
      }
      if (operator.dynamic && !call.inputs.every((slot) => !slot || slot.constant)) {
        this.#frames[this.#frames.length - 1] = advanced;
        this.#endDynamic(call, operator);
        return false;
      }
      const outputs = operator.dynamic
        ? operator
            .dynamic(
              call,
              call.inputs.map((slot) => slot?.constant),
              this,
            )
            .map(constantSlot)
        : this.#compute(call, operator);
      this.#bind(frame, call, outputs);
      this.#release(frame, node);
      this.#pool.push(...this.#scratch.splice(0));
      this.#frames[this.#frames.length - 1] = advanced;
      return true;
    } catch (error) {
      if (!(error instanceof NumbersNeeded)) throw error;
      this.#frames[this.#frames.length - 1] = frame;
      this.#endForNumbers(error.slot);
      return false;
    }
  }

  #bind({ nodes, names }: Frame, call: Call, outputs: readonly Slot[]): void {
    const { node } = call;
    const readers = uses(nodes);
    const last = this.#frames.length === 1 ? this.#results() : undefined;
    for (const [i, name] of node.outputs.entries()) {
      const slot = outputs[i];
      if (!name) continue;
      if (!slot) call.fail(`it has no output ${i}`);
      const kept = !last || last.includes(name);
      slot.readers = kept ? Number.POSITIVE_INFINITY : (readers.get(name) ?? 0);
      names.set(name, slot);
    }
    for (const slot of outputs) if (slot.readers === 0) this.#drop(slot);
  }

  /** Frees the memory of values that no other node of the frame reads. */
  #release({ names }: Frame, node: GraphNode): void {
    for (const name of node.inputs) {
      const slot = names.get(name);
      if (slot && --slot.readers === 0) this.#drop(slot);
    }
  }

  #drop(slot: Slot): void {
    if (slot.block && --slot.block.users === 0) this.#pool.push(slot.block);
  }

  #compute(call: Call, operator: Operator): Slot[] {
    const known = operator.known?.(call);
    if (known) return known.map(constantSlot);
    const types = operator.infer!(call);
    this.check(call, types);
    const now = call.inputs.every((slot) => !slot || slot.constant);
    const places = operator.view?.(call, types);
    if (places) return types.map((type, i) => this.#view(call.input(0), type, places[i]!, now));
    const empty = types.every(({ shape }) => shape.includes(0));
    if (now && (operator.evaluate || empty)) {
      const values = types.map(({ dtype, shape }) => emptyValue(dtype, shape));
      for (const { data } of values) this.#words -= data.length;
      const inputs = call.inputs.map((slot) => slot?.constant);
      if (!empty) operator.evaluate!(call, inputs, values);
      return values.map(constantSlot);
    }
    const outputs = this.#allocate(types, now);
    if (empty) return outputs;
    if (now) this.#computeNow(call, operator, outputs);
    else if (!operator.lower || operator.lower(call, this, outputs) === false) {
      const from = call.inputs.map((slot) => slot && this.#values(slot));
      const to = outputs.map((slot) => this.#values(slot));
      this.#stage.steps.push(() => operator.evaluate!(call, from, to));
    }
    return outputs;
  }

  /** Computes a node of constants by its kernels. */
  #computeNow(call: Call, operator: Operator, outputs: readonly Slot[]): void {
    const { steps } = this.#stage;
    const before = steps.length;
    operator.lower!(call, this, outputs);
    for (const step of steps.splice(before)) step();
    for (const slot of outputs) {
      slot.constant = { dtype: slot.dtype, shape: slot.shape, data: arrayAt(this.runtime, slot).slice() };
    }
  }

  /** Checks the types of a node's outputs. @throws ERR_SHAPE if a length is negative, ERR_MEMORY if they are larger than the plan may be */
  check(call: Call, types: readonly Type[]): void {
    for (const { shape } of types) {
      const size = sizeOf(shape);
      if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0))
        call.fail(`its result would be [${shape}]`, "ERR_SHAPE");
      if (size > this.#words) throw tooLarge(`${call.node.op} ${call.node.name}`, size);
    }
  }

  #allocate(types: readonly Type[], forEver = false): Slot[] {
    return types.map(({ dtype, shape }) => {
      const slot = new Slot(dtype, shape);
      slot.block = forEver ? this.#fresh(slot.size) : this.#take(slot.size);
      return slot;
    });
  }

  /** Takes memory for a value: of a value that is no longer read, or new. */
  #take(size: number): Block {
    const words = Math.max(4, size);
    let best = -1;
    for (const [i, block] of this.#pool.entries()) {
      const fits = block.words >= words && block.words <= 2 * words + 64;
      if (fits && (best < 0 || block.words < this.#pool[best]!.words)) best = i;
    }
    const [found] = best < 0 ? [] : this.#pool.splice(best, 1);
    if (found) {
      found.users = 1;
      return found;
    }
    return { ...this.#fresh(words), users: 1 };
  }

  /** Takes memory that no other value of the plan gets, because steps only write it if they make its value. */
  #fresh(size: number): Block {
    const words = Math.max(4, size);
    this.#words -= words;
    if (this.#words < 0) throw tooLarge("the plan of the graph", words);
    const start = this.runtime.allocate(words);
    this.#stage.blocks.push(start);
    return { start, words, users: Number.POSITIVE_INFINITY };
  }

  #view(from: Slot, { dtype, shape }: Type, offset: number, now: boolean): Slot {
    const slot = new Slot(dtype, shape);
    if (now) {
      slot.constant = { dtype, shape, data: from.constant!.data.subarray(offset, offset + slot.size) };
      return slot;
    }
    this.#inMemory(from);
    slot.block = from.block!;
    slot.block.users++;
    slot.offset = from.offset + offset;
    return slot;
  }

  /** Places a constant in memory, if it is not there yet. */
  #inMemory(slot: Slot): Slot {
    if (slot.block) return slot;
    const value = slot.constant!;
    if (this.session.isKept(value)) {
      slot.block = {
        start: this.session.place(value),
        words: value.data.length,
        users: Number.POSITIVE_INFINITY,
      };
    } else {
      slot.block = this.#fresh(slot.size);
      copyTo(this.runtime, slot.block.start, value);
    }
    return slot;
  }

  /** Returns the numbers of a slot: a constant, or arrays that are renewed when memory grows. */
  #values(slot: Slot): Value {
    if (slot.constant) return slot.constant;
    const value = { dtype: slot.dtype, shape: slot.shape, data: arrayAt(this.runtime, slot) };
    this.#stage.live.push({ slot, value });
    return value;
  }

  /** Ends the stage: the next one knows the numbers of `slot`. */
  #endForNumbers(slot: Slot): void {
    this.#pin();
    const [stage, frames, words] = [this.#stage, this.#frames, this.#words];
    stage.next = () => {
      const data = arrayAt(this.runtime, slot).slice();
      return this.#follow(stage, data.join(), () => {
        const known = new Slot(slot.dtype, slot.shape, { dtype: slot.dtype, shape: slot.shape, data });
        known.block = slot.block;
        known.offset = slot.offset;
        known.readers = Number.POSITIVE_INFINITY;
        this.#words = words;
        this.#frames = frames.map((frame) => ({
          ...frame,
          names: new Map([...frame.names].map(([name, other]) => [name, other === slot ? known : other])),
        }));
      });
    };
  }

  /** Ends the stage: a node is computed between stages, and the next one knows the types of its outputs. */
  #endDynamic(call: Call, operator: Operator): void {
    this.#pin();
    const inputs = call.inputs.map((slot) => slot && this.#values(slot));
    const [stage, frames, words] = [this.#stage, this.#frames, this.#words];
    stage.next = () => {
      stage.renew(this.runtime);
      const values = operator.dynamic!(call, inputs, this);
      const key = values.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
      const next = this.#follow(stage, key, () => {
        this.#words = words;
        this.#frames = frames.map((frame) => ({ ...frame, names: new Map(frame.names) }));
        const slots = values.map((value) => this.input(value));
        const { names } = this.#frames.at(-1)!;
        for (const [i, name] of call.node.outputs.entries()) {
          if (!name) continue;
          const slot = slots[i] ?? call.fail(`it has no output ${i}`);
          slot.readers = Number.POSITIVE_INFINITY;
          names.set(name, slot);
        }
        this.#stage.results = slots;
      });
      for (const [i, slot] of next.results.entries()) copyTo(this.runtime, slot.start, values[i]!);
      return next;
    };
  }

  /** Returns the stage behind `stage` for a key, which is planned at the first time. */
  #follow(stage: Stage, key: string, begin: () => void): Stage {
    let next = stage.stages.get(key);
    if (!next) {
      forgetOldest(this.runtime, stage.stages);
      next = new Stage();
      this.#stage = next;
      this.#pool = [];
      this.session.guard(() => this.#continue(begin));
      stage.stages.set(key, next);
    }
    return next;
  }

  /** Keeps all values that are in memory, because several stages may follow. */
  #pin(): void {
    for (const { names } of this.#frames) {
      for (const slot of names.values()) {
        slot.readers = Number.POSITIVE_INFINITY;
        if (slot.block) slot.block.users = Number.POSITIVE_INFINITY;
      }
    }
  }

  step(step: Step): void {
    this.#stage.steps.push(step);
  }

  at(slot: Slot): number {
    return this.#inMemory(slot).start;
  }

  temporary(words: number): number {
    const block = this.#take(words);
    this.#scratch.push(block);
    return block.start;
  }

  /** Returns memory that belongs to the plan, whose numbers stay. */
  hold(words: number): number {
    return this.#fresh(words).start;
  }

  storeInts(numbers: readonly number[]): number {
    const at = this.hold(numbers.length);
    this.runtime.ints(at, numbers.length).set(numbers);
    return at;
  }

  storeFloats(numbers: readonly number[]): number {
    const at = this.hold(numbers.length);
    this.runtime.floats(at, numbers.length).set(numbers);
    return at;
  }

  numbersOf(slot: Slot): Value {
    return this.#values(slot);
  }

  made(slot: Slot, form: string, make: () => number): number {
    const value = slot.constant!;
    if (this.session.isKept(value)) return this.session.made(value, form, make);
    const at = make();
    this.#stage.blocks.push(at);
    return at;
  }

  packedLayer(call: Call, form: string, pack: () => PackedLayer): PackedLayer {
    const values = call.inputs.slice(1, 4).flatMap((slot) => slot?.constant ?? []);
    if (values.every((value) => this.session.isKept(value))) return this.session.layer(call.node, form, pack);
    const layer = pack();
    this.#stage.layers.push(layer);
    return layer;
  }

  inline(call: Call, body: Graph, inputs: readonly Slot[]): void {
    const { outputs } = call.node;
    if (outputs.length > body.outputs.length)
      call.fail(`it has ${outputs.length} outputs, its body ${body.outputs.length}`);
    if (inputs.length !== body.inputs.length)
      call.fail(`its body has ${body.inputs.length} inputs, expected ${inputs.length}`);
    const names = new Map<string, Slot>();
    for (const [name, value] of body.constants) names.set(name, this.session.keep(value));
    for (const [i, { name }] of body.inputs.entries()) names.set(name, inputs[i]!);
    const results = outputs.map((outer, i) => ({ inner: body.outputs[i]!.name, outer }));
    this.#frames.push({ nodes: body.nodes, next: 0, names, results });
  }
}

function constantSlot(value: Value): Slot {
  return new Slot(value.dtype, value.shape, value);
}
