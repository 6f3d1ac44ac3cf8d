import { shown, UnrolledError } from "../../errors.ts";
import type { Value } from "../../graph/graph.ts";
import { DTYPES } from "../../io/dtypes.ts";
import { show } from "../../schema.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Maximum number of weights of a file. */
const MAX_WEIGHTS = 65_536;

export const fail = (problem: string): never => {
  throw new UnrolledError("ERR_FORMAT", `TF.js: ${problem}`);
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown, what: string): readonly unknown[] =>
  Array.isArray(value) ? value : fail(`${what} is ${show(value)}, expected a list`);

/** How numbers lie in the file, by the name of their type. */
const KINDS = {
  float32: { size: 4, type: Float32Array },
  int32: { size: 4, type: Int32Array },
  bool: { size: 1, type: Uint8Array },
  uint8: { size: 1, type: Uint8Array },
  uint16: { size: 2, type: Uint16Array },
  float16: { size: 2, type: Uint16Array },
} as const;

type Kind = keyof typeof KINDS;

/** The bytes of shards, one after the other. */
class Shards {
  readonly #shards: readonly Uint8Array[];
  #shard = 0;
  #at = 0;

  constructor(shards: readonly Uint8Array[]) {
    this.#shards = shards;
  }

  get rest(): number {
    return this.#shards.slice(this.#shard).reduce((sum, { length }) => sum + length, 0) - this.#at;
  }

  /** Copies the next bytes, which may lie in several shards. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(count);
    for (let done = 0; done < count; ) {
      const part = this.#shards[this.#shard]!.subarray(this.#at, this.#at + count - done);
      bytes.set(part, done);
      done += part.length;
      this.#at += part.length;
      if (this.#at < this.#shards[this.#shard]!.length) continue;
      this.#shard++;
      this.#at = 0;
    }
    return bytes;
  }
}

/** A weight as the manifest describes it. */
interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The type of the weight. */
  readonly dtype: "float32" | "int32" | "bool";
  /** The type of the numbers in the file, from which scale and min give those of the weight. */
  readonly stored: Kind;
  readonly scale: number;
  readonly min: number;
}

function specOf(entry: unknown): Spec {
  if (!isObject(entry) || typeof entry.name !== "string")
    return fail("a weight in weightsManifest has no name");
  const { name, shape, dtype = "float32", quantization } = entry;
  const wrong = (problem: string): never => fail(`weight ${shown(name)}: ${problem}`);
  const isDim = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(shape) || shape.length > 8 || !shape.every(isDim))
    return wrong(`shape is ${show(shape)}`);
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    return wrong(`dtype is ${show(dtype)}, expected float32, int32 or bool`);
  }
  const plain = { name, shape, dtype, stored: dtype, scale: 1, min: 0 } as const;
  if (quantization === undefined || quantization === null) return plain;
  const options: Fields = isObject(quantization) ? quantization : {};
  const { dtype: stored, scale = 1, min = 0 } = options;
  if (stored !== "uint8" && stored !== "uint16" && stored !== "float16") {
    return wrong(`quantization is ${show(quantization)}, expected uint8, uint16 or float16`);
  }
  const isNumber = (n: unknown): n is number => typeof n === "number" && Number.isFinite(n);
  if (!isNumber(scale) || !isNumber(min)) return wrong("scale and min of its quantization must be numbers");
  if (stored !== "float16" && (options.scale === undefined || options.min === undefined)) {
    return wrong("its quantization has no scale and min");
  }
  return { ...plain, stored, scale, min };
}

function decoded({ name, shape, dtype, stored, scale, min }: Spec, bytes: Uint8Array<ArrayBuffer>): Value {
  if (stored === "float16") {
    return { dtype: "float32", shape, data: DTYPES.get("F16")!.read(bytes, name) as Float32Array };
  }
  const numbers = new KINDS[stored].type(bytes.buffer);
  const isFloat = dtype === "float32";
  if (isFloat && numbers instanceof Float32Array) return { dtype, shape, data: numbers };
  const data = isFloat ? new Float32Array(numbers.length) : new Int32Array(numbers.length);
  for (const [i, n] of numbers.entries()) data[i] = isFloat ? n * scale + min : Math.round(n * scale + min);
  return { dtype, shape, data };
}

/** Checks that a path names a file beside the model. */
function checkPath(path: unknown): void {
  if (typeof path !== "string" || /^[/\\]|^[a-z][a-z\d+.-]*:|(^|[/\\])\.\.([/\\]|$)/i.test(path)) {
    fail(`the path ${show(path)} in weightsManifest does not name a file beside the model`);
  }
}

/**
 * Reads the weights that a manifest describes.
 *
 * @param shards the contents of the files, in the order of the manifest, or one array that has them all
 * @returns the weights by name, in the order of the manifest
 * @throws ERR_FORMAT if the manifest is invalid, or its weights need more or fewer bytes
 */
export function readWeights(manifest: unknown, shards: readonly Uint8Array[]): Map<string, Value> {
  const groups = listOf(manifest, "weightsManifest").map((group) => {
    if (!isObject(group)) return fail("weightsManifest has an entry that is no object");
    const paths = listOf(group.paths, "paths in weightsManifest");
    paths.forEach(checkPath);
    return { count: paths.length, specs: listOf(group.weights, "weights in weightsManifest").map(specOf) };
  });
  const total = groups.reduce((sum, { specs }) => sum + specs.length, 0);
  if (total > MAX_WEIGHTS) fail(`${total} weights, expected at most ${MAX_WEIGHTS}`);
  const files = groups.reduce((sum, { count }) => sum + count, 0);
  const isJoined = shards.length === 1 && files !== 1;
  if (!isJoined && shards.length !== files) {
    fail(
      `${shards.length} arrays of weights, but the manifest names ${files} files: give the contents of all of them, in its order`,
    );
  }
  const found = new Map<string, Value>();
  let first = 0;
  const joined = new Shards(shards);
  for (const { count, specs } of groups) {
    const bytes = isJoined ? joined : new Shards(shards.slice(first, first + count));
    first += count;
    for (const spec of specs) {
      const size = spec.shape.reduce((a, b) => a * b, 1) * KINDS[spec.stored].size;
      const { name, shape } = spec;
      if (size > bytes.rest)
        fail(
          `weight ${shown(name)}, [${shape}], needs ${size} bytes, but ${bytes.rest} are left in its files`,
        );
      if (found.has(name)) fail(`two weights are called ${shown(name)}`);
      found.set(name, decoded(spec, bytes.take(size)));
    }
    if (!isJoined && bytes.rest) fail(`${bytes.rest} bytes are left behind the weights of a group`);
  }
  if (isJoined && joined.rest) fail(`${joined.rest} bytes are left behind the weights`);
  return found;
}
