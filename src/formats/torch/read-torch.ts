import { checkOptions } from "../../checks.ts";
import { listed } from "../../errors.ts";
import type { Value } from "../../graph/graph.ts";
import { parseSafetensors } from "../../io/safetensors.ts";
import { show } from "../../schema.ts";
import { Budget, ByteReader } from "../byte-reader.ts";
import { sizeOfElement } from "../elements.ts";
import { refuseFormat } from "../recognise.ts";
import { openZip } from "../zip/zip.ts";
import { type Pickled, readPickle } from "./pickle.ts";
import { fail, isTensor, RULES, readTensor, type Storage } from "./tensors.ts";

/** Options of {@link readTorch} and `loadTorch`. */
export interface TorchOptions {
  /** The key of the state_dict in a checkpoint that has several. Default: the only one, or the one with a usual name. */
  readonly key?: string;
}

/** Weights of a file of PyTorch. */
export interface TorchState {
  /** Where the state_dict was found: the key of a checkpoint; undefined if the file is a state_dict. */
  readonly key: string | undefined;
  /** The weights by name, without prefixes that all have: `module.` of parallel training, `_orig_mod.` of torch.compile. */
  readonly weights: Record<string, Value>;
}

const KNOWN = "a state_dict of PyTorch: torch.save(model.state_dict(), path), or safetensors";

/** The magic number of files before PyTorch 1.6. */
const LEGACY = 0x1950a86a20f9469cfc6cn;

/** An object of torch.save, and the bytes of its storages. */
interface Saved {
  readonly object: Pickled;
  readonly little: boolean;
  readonly bytesOf: (storage: Storage) => Uint8Array;
}

function openArchive(bytes: Uint8Array, budget: Budget): Saved {
  const entries = openZip(bytes, budget);
  const main = [...entries.keys()].find((name) => /(?:^|\/)data\.pkl$/.test(name));
  if (main === undefined) return refuseFormat("PyTorch", bytes, KNOWN);
  const folder = main.slice(0, -"data.pkl".length);
  if (entries.has(`${folder}constants.pkl`)) {
    fail("it is TorchScript: save the state_dict, or use torch.onnx.export and unrolled/onnx");
  }
  const read = (name: string) => (entries.get(folder + name) ?? fail(`${show(name)} is missing`)).read();
  const order = entries.has(`${folder}byteorder`) ? new TextDecoder().decode(read("byteorder")) : "little";
  const object = readPickle(new ByteReader("PyTorch", read("data.pkl")), budget, RULES);
  return { object, little: order !== "big", bytesOf: ({ key }) => read(`data/${key}`) };
}

function openLegacy(bytes: Uint8Array, budget: Budget): Saved {
  const reader = new ByteReader("PyTorch", bytes);
  const storages = new Map<string, Storage>();
  const objectOf = (id: Pickled) => {
    const storage = RULES.objectOf(id) as Storage;
    storages.set(storage.key, storage);
    return storage;
  };
  const next = () => readPickle(reader, budget, { ...RULES, objectOf });
  if (next() !== LEGACY) fail(`it is a pickle that torch.save did not write; expected ${KNOWN}`);
  next(); // version of the protocol
  const system = next();
  const little = !(system instanceof Map) || system.get("little_endian") !== false;
  const object = next();
  const keys = next();
  const places = new Map<unknown, Uint8Array>();
  for (const key of Array.isArray(keys) ? keys : fail()) {
    const storage = storages.get(key) ?? fail();
    if (reader.uint(8) !== storage.count) fail();
    places.set(key, reader.take(storage.count * sizeOfElement(storage.dtype)));
  }
  return {
    object,
    little,
    bytesOf: ({ key }) => places.get(key) ?? fail(),
  };
}

const hasTensors = (value: Pickled): value is Map<unknown, unknown> =>
  value instanceof Map && [...value.values()].some(isTensor);

/** Names of state_dicts in checkpoints, the usual ones first. */
const USUAL = [
  "state_dict",
  "model_state_dict",
  "model_state",
  "model",
  "net",
  "network",
  "weights",
  "params",
];

/** Finds the state_dict of an object. */
function findState(
  object: Pickled,
  key: string | undefined,
): { key: string | undefined; state: Map<unknown, unknown> } {
  if (!(object instanceof Map)) return fail(`it holds no dictionary; expected ${KNOWN}`);
  const found = [...object.keys()].filter((name) => typeof name === "string" && hasTensors(object.get(name)));
  if (key === undefined && !found.length && hasTensors(object)) return { key, state: object };
  const usual = USUAL.find((name) => found.includes(name));
  const chosen = key ?? usual ?? (found.length === 1 ? found[0] : undefined);
  const state = object.get(chosen);
  if (hasTensors(state)) return { key: chosen as string, state };
  const names = listed((found.length ? found : [...object.keys()]).map(show), 8);
  return found.length
    ? fail(`choose a state_dict with the option key: ${names}`)
    : fail(`it has no state_dict; its keys are ${names || "none"}`);
}

/** Removes prefixes that all names have. */
function withoutPrefix(weights: Record<string, Value>): Record<string, Value> {
  for (const prefix of ["module.", "_orig_mod."]) {
    const names = Object.keys(weights);
    if (!names.length || !names.every((name) => name.startsWith(prefix))) continue;
    const renamed: Record<string, Value> = Object.create(null);
    for (const name of names) renamed[name.slice(prefix.length)] = weights[name]!;
    return withoutPrefix(renamed);
  }
  return weights;
}

function readSafetensors(bytes: Uint8Array): Record<string, Value> {
  const weights: Record<string, Value> = Object.create(null);
  for (const [name, { shape, data }] of Object.entries(parseSafetensors(bytes).tensors)) {
    weights[name] =
      data instanceof Float32Array
        ? { dtype: "float32", shape, data }
        : { dtype: "int32", shape, data: Int32Array.from(data) };
  }
  return weights;
}

/**
 * Reads the weights of a file of PyTorch, and says where they were.
 *
 * @throws ERR_FORMAT, ERR_VALUE as {@link readTorch}
 */
export function openTorch(bytes: Uint8Array, options: TorchOptions = {}): TorchState {
  const { key } = checkOptions("readTorch", options, "key");
  if (!(bytes instanceof Uint8Array)) fail("expected the bytes as a Uint8Array");
  const isSafetensors = bytes[8] === 0x7b && !bytes[6] && !bytes[7];
  if (isSafetensors) return { key: undefined, weights: withoutPrefix(readSafetensors(bytes)) };
  const budget = new Budget(bytes.length);
  const isArchive = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isArchive && bytes[0] !== 0x80) refuseFormat("PyTorch", bytes, KNOWN);
  const { object, little, bytesOf } = isArchive ? openArchive(bytes, budget) : openLegacy(bytes, budget);
  const found = findState(object, key);
  const storages = new Map<Storage["key"], Uint8Array>();
  const weights: Record<string, Value> = Object.create(null);
  for (const [name, tensor] of found.state) {
    if (typeof name !== "string" || !isTensor(tensor)) continue;
    const { storage } = tensor;
    const own = storages.get(storage.key) ?? bytesOf(storage);
    storages.set(storage.key, own);
    weights[name] = readTensor(tensor, own, name, little, budget);
  }
  return { key: found.key, weights: withoutPrefix(weights) };
}

/**
 * Reads the weights of a file that `torch.save(model.state_dict(), path)` wrote, of a checkpoint that has a state_dict, or of
 * safetensors. Pickles are read by a list of allowed names, and nothing of them is run.
 *
 * @returns the weights by name, without prefixes that all have. The object has no prototype
 * @throws ERR_FORMAT if the file is damaged, holds a whole module or calls other functions; ERR_VALUE if an option is unknown
 */
export function readTorch(bytes: Uint8Array, options: TorchOptions = {}): Record<string, Value> {
  return openTorch(bytes, options).weights;
}
