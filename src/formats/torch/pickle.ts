import { show } from "../../schema.ts";
import type { Budget, ByteReader } from "../byte-reader.ts";

// docs.python.org/3/library/pickletools.html. Nothing is called: a name stands for one of the functions below, or is refused.

/** A value of a pickle: numbers, texts, lists (also for tuples), maps, and what `callOf` and `objectOf` of {@link readPickle} give. */
export type Pickled = unknown;

/** A name of Python that a pickle refers to. */
export class Global {
  /** Module and name, with a point between. */
  readonly name: string;

  /** @param name module and name, with a point between */
  constructor(name: string) {
    this.name = name;
  }
}

/** What a pickle may do. */
export interface PickleRules {
  /** Returns what a call of a name gives; undefined refuses the name. */
  readonly callOf: (name: string) => ((values: readonly Pickled[]) => Pickled) | undefined;
  /** Returns the object that a persistent identifier stands for. */
  readonly objectOf: (id: Pickled) => Pickled;
  /** Says why a name is refused. */
  readonly refuse: (name: string) => never;
}

/** Stands on the stack where the values of an operation begin. */
const MARK = Symbol("mark");

/**
 * Reads a pickle of protocol 2 to 5, without the operations that torch.save does not write.
 *
 * @param reader stands at the pickle, and then behind it
 * @param budget pays for each operation
 */
export function readPickle(
  reader: ByteReader,
  budget: Budget,
  { callOf, objectOf, refuse }: PickleRules,
): Pickled {
  const stack: Pickled[] = [];
  const memo = new Map<number, Pickled>();
  const damaged = (): never => reader.fail();
  const pop = (): Pickled => (stack.length && stack.at(-1) !== MARK ? stack.pop() : damaged());
  const popMarked = (): Pickled[] => {
    const mark = stack.lastIndexOf(MARK);
    return mark < 0 ? damaged() : stack.splice(mark).slice(1);
  };
  const top = <T>(type: new (...given: never[]) => T): T => {
    const value = stack.at(-1);
    return value instanceof type ? value : damaged();
  };
  const text = (sizeBytes: number) => stack.push(reader.text(reader.uint(sizeBytes)));
  const line = () => {
    const end = reader.bytes.indexOf(10, reader.position);
    const found = reader.text(end - reader.position);
    reader.take(1);
    return found;
  };
  const global = (module: unknown, name: unknown) => {
    const full = `${module}.${name}`;
    if (!callOf(full)) refuse(full);
    stack.push(new Global(full));
  };
  const call = () => {
    const values = pop();
    const called = pop();
    if (!(called instanceof Global) || !Array.isArray(values)) return damaged();
    stack.push(callOf(called.name)!(values));
  };
  const setItems = (items: readonly Pickled[]) => {
    const map = top(Map);
    if (items.length % 2) damaged();
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  };
  const tuple = (count: number) => {
    const items = Array.from({ length: count }, pop);
    stack.push(items.reverse());
  };
  const integer = (length: number) => {
    const bytes = reader.take(length);
    if (length > 16) damaged();
    const value = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    const signed = BigInt.asIntN(length * 8, value);
    stack.push(Number.isSafeInteger(Number(signed)) ? Number(signed) : signed);
  };
  const put = (index: number) => memo.set(index, stack.length ? stack.at(-1) : damaged());
  const get = (index: number) => stack.push(memo.has(index) ? memo.get(index) : damaged());
  const bytes = (sizeBytes: number) => stack.push(reader.take(reader.uint(sizeBytes)));

  const operations: Readonly<Record<string, () => unknown>> = {
    "\x80": () => reader.uint(1) <= 5 || damaged(),
    "\x95": () => reader.take(8), // a frame
    "(": () => stack.push(MARK),
    "0": pop,
    "1": popMarked,
    "2": () => stack.push(stack.at(-1) ?? damaged()),
    N: () => stack.push(null),
    "\x88": () => stack.push(true),
    "\x89": () => stack.push(false),
    J: () => stack.push(reader.uint(4) | 0),
    K: () => stack.push(reader.uint(1)),
    M: () => stack.push(reader.uint(2)),
    "\x8a": () => integer(reader.uint(1)),
    "\x8b": () => integer(reader.uint(4)),
    G: () => {
      const { buffer, byteOffset } = reader.take(8);
      stack.push(new DataView(buffer, byteOffset).getFloat64(0));
    },
    X: () => text(4),
    "\x8c": () => text(1),
    "\x8d": () => text(8),
    T: () => text(4),
    U: () => text(1),
    B: () => bytes(4),
    C: () => bytes(1),
    "\x8e": () => bytes(8),
    "\x96": () => bytes(8),
    "]": () => stack.push([]),
    a: () => {
      const item = pop();
      top(Array).push(item);
    },
    e: () => {
      const items = popMarked();
      const list = top(Array);
      for (const item of items) list.push(item);
    },
    ")": () => stack.push([]),
    t: () => stack.push(popMarked()),
    "\x85": () => tuple(1),
    "\x86": () => tuple(2),
    "\x87": () => tuple(3),
    "}": () => stack.push(new Map()),
    s: () => {
      const value = pop();
      setItems([pop(), value]);
    },
    u: () => setItems(popMarked()),
    "\x8f": () => stack.push([]), // a set
    "\x90": () => {
      const items = popMarked();
      const list = top(Array);
      for (const item of items) list.push(item);
    },
    c: () => global(line(), line()),
    "\x93": () => {
      const name = pop();
      global(pop(), name);
    },
    R: call,
    "\x81": call,
    b: pop, // attributes, such as the versions of modules in a state_dict
    Q: () => stack.push(objectOf(pop())),
    q: () => put(reader.uint(1)),
    r: () => put(reader.uint(4)),
    "\x94": () => put(memo.size),
    h: () => get(reader.uint(1)),
    j: () => get(reader.uint(4)),
  };
  for (;;) {
    budget.take(32, reader.format);
    const code = String.fromCharCode(reader.uint(1));
    if (code === ".") break;
    (
      operations[code] ??
      (() => reader.fail(`the pickle has the operation ${show(code)}, which is not supported`))
    )();
  }
  const result = pop();
  return stack.length ? damaged() : result;
}
