import type { ElementType, Value } from "../../graph/graph.ts";
import { show } from "../../schema.ts";
import { type Budget, formatError } from "../byte-reader.ts";
import { countOf, readElements, sizeOfElement } from "../elements.ts";
import { Global, type Pickled, type PickleRules } from "./pickle.ts";

/** The types of elements by the names of storages. */
const STORAGES: ReadonlyMap<string, ElementType> = new Map([
  ["Float", "float32"],
  ["Double", "float64"],
  ["Half", "float16"],
  ["BFloat16", "bfloat16"],
  ["Long", "int64"],
  ["Int", "int32"],
  ["Short", "int16"],
  ["Char", "int8"],
  ["Byte", "uint8"],
  ["Bool", "bool"],
]);

const storageOf = (name: string) => STORAGES.get(/^torch\.(\w+)Storage$/.exec(name)?.[1] ?? "");

/** The memory that tensors share. */
export interface Storage {
  readonly key: string;
  readonly dtype: ElementType;
  readonly count: number;
}

/** A tensor: a view of a storage. Its numbers are read when they are needed. */
export interface Tensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Tells whether a value is a tensor. Pickles make no other objects with such fields. */
export const isTensor = (value: Pickled): value is Tensor => value instanceof Object && "strides" in value;

/** Refuses a file. */
export const fail = (problem = "it is damaged or cut off"): never => formatError("PyTorch", problem);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

function rebuildTensor([storage, offset, shape, strides]: readonly Pickled[]): Tensor {
  const isStorage = storage instanceof Object && "dtype" in storage;
  const right = isStorage && isCount(offset) && isCounts(shape) && isCounts(strides);
  if (!right || shape.length !== strides.length || shape.length > 32) return fail();
  return { storage: storage as unknown as Storage, offset, shape, strides };
}

/** Makes a dictionary of nothing, or of a list of pairs. */
function dictionary([items = []]: readonly Pickled[]): Pickled {
  const isPairs = Array.isArray(items) && items.every((item) => Array.isArray(item));
  return isPairs ? new Map(items as [Pickled, Pickled][]) : fail();
}

const first = ([value]: readonly Pickled[]) => value;

/** The names that a pickle may call. */
const CALLS: ReadonlyMap<string, (values: readonly Pickled[]) => Pickled> = new Map([
  ["collections.OrderedDict", dictionary],
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_parameter", first],
  ["torch._utils._rebuild_parameter_with_state", first],
  ["torch.Size", first],
]);

/** Names of values that checkpoints have beside weights, such as a loss as a number of NumPy. They become null. */
const IGNORED =
  /^(?:torch\.(?:device|[a-z]+\d+|float|double|half|int|long|bool)|numpy\._?core\.multiarray\.scalar|numpy\.dtype|_codecs\.encode)$/;

const SAVE = "Save the state alone: torch.save(model.state_dict(), path)";

/** The rules for pickles of torch.save. */
export const RULES: PickleRules = {
  callOf: (name) => CALLS.get(name) ?? (storageOf(name) || IGNORED.test(name) ? () => null : undefined),
  objectOf: (id) => {
    const [kind, type, key, , count, view] = Array.isArray(id) ? id : [];
    if (kind === "module") fail(`it holds a whole module. ${SAVE}`);
    const dtype = type instanceof Global ? storageOf(type.name) : undefined;
    if (!dtype || view || typeof key !== "string" || !isCount(count)) {
      return fail(`a storage is of a type that is not supported: ${show(type)}`);
    }
    return { key, dtype, count };
  },
  refuse: (name) =>
    /^(?:torch\.nn\.|__main__\.)/.test(name)
      ? fail(`it holds a whole module (${show(name)}), whose code is needed to read it. ${SAVE}`)
      : fail(`the pickle calls ${show(name)}, which is not allowed: nothing was run. ${SAVE}`),
};

/** Reads the numbers of a tensor. @param bytes those of its storage */
export function readTensor(
  { storage: { dtype }, offset, shape, strides }: Tensor,
  bytes: Uint8Array,
  name: string,
  little: boolean,
  budget: Budget,
): Value {
  const count = countOf(shape, "PyTorch", name);
  const last = shape.reduce((end, size, axis) => end + (size - 1) * strides[axis]!, offset);
  if (count && !((last + 1) * sizeOfElement(dtype) <= bytes.length)) {
    fail(`${show(name)} reaches past the end of its storage`);
  }
  budget.take(count * 4 + 200, "PyTorch");
  const at = (i: number) => {
    let place = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (i % shape[axis]!) * strides[axis]!;
      i = Math.floor(i / shape[axis]!);
    }
    return place;
  };
  return readElements(dtype, shape, bytes, { format: "PyTorch", name, little, at });
}
