// Damaged model files and checkpoints, the same for a seed: valid files of all tasks with other numbers, other JSON, other headers,
// other weights or other bytes. For test/hostile/files.test.ts and bench/random-files.mjs.

import { randomNumbers } from "../../bench/text.mjs";

/** Nests a value in `levels` lists or objects. As text, because JSON.stringify cannot write deep nesting. */
const nested = (levels, open = "[", close = "]") => open.repeat(levels) + close.repeat(levels);

/** Values that a field may be given, as JSON. */
const VALUES = [
  ...["0", "1", "2", "3", "-1", "0.5", "-0.0", "1e-320", "1e-45", "1.5e300", "1e308", "1e999", "-1e999"],
  ...[2 ** 16, 2 ** 16 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, 2 ** 53].map(String),
  ...["10000", "10001", "100", "101", "1000000", "1000000000", "9e15"],
  ...["null", "true", "false", '""', '"a"', '"1"', '"__proto__"', '"\\ud800"', "[]", "{}"],
  ...["[0]", "[1]", "[1,1]", "[-1]", "[65536]", "[1e9,1e9]", "[null]", '["a"]', "[[]]", '{"length":1e9}'],
  ...[`[${Array(300).fill(1)}]`, `[${Array(20_000).fill(1)}]`, `"${"a".repeat(20_000)}"`],
  ...[nested(50), nested(20_000), nested(20_000, '{"a":', "1").replace(/1+$/, `1${"}".repeat(20_000)}`)],
];

/** Metadata that are no JSON. */
const PLAIN = ["format", "dtype"];

/** Stands for the n-th other value, which JSON.stringify may be unable to write. */
const placeholder = (n) => `other value ${n}`;

/** Lists the places of a value within parsed JSON, as keys and the object or list that has them. */
function places(value, found = []) {
  if (typeof value !== "object" || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    places(value[key], found);
  }
  return found;
}

/** Changes some places of a JSON text. Numbers are chosen more often than their share. */
function changedJson(json, { below, pick, chance }) {
  const root = { value: JSON.parse(json) };
  const put = [];
  for (let n = 1 + below(3); n > 0; n--) {
    const all = places(root);
    if (!all.length) break;
    const numbers = all.filter(([of, key]) => typeof of[key] === "number");
    const [of, key] = pick(numbers.length && chance(0.6) ? numbers : all);
    const value = pick(VALUES);
    const how = below(12);
    if (how === 0) delete of[key];
    else if (how === 1 && !Array.isArray(of)) of[pick(["x", "a".repeat(3000), "constructor"])] = of[key];
    else if (how === 2 && Array.isArray(of)) of.push(...of);
    else {
      of[key] = placeholder(put.length);
      put.push(value);
    }
  }
  const text = JSON.stringify(root.value) ?? "";
  return put.reduce((json, value, n) => json.replaceAll(JSON.stringify(placeholder(n)), () => value), text);
}

/** Replaces a whole JSON text. */
const otherJson = (json, { below, pick }) =>
  pick([
    () => pick(VALUES),
    () => json.slice(0, below(json.length)),
    () => json + json,
    () => json.replace(/\d+/g, (digits) => (below(4) ? digits : pick(VALUES))),
    () => `${json.slice(0, -1)},${json.slice(1)}`,
    () => `[${json},${json}]`,
    () => "",
  ])();

const HUGE_LENGTHS = [0n, 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, 99_999_999n];

/** Changes the header's text, which describes the tensors. */
function changedHeader(bytes, { below, pick }) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const at = header.indexOf('"dtype"');
  const numbers = [...header.slice(at).matchAll(/\d+/g)];
  const text = pick([
    () => {
      const number = pick(numbers);
      const start = at + number.index;
      return header.slice(0, start) + pick(VALUES) + header.slice(start + number[0].length);
    },
    () =>
      header.replace(/F32|I32|I8/g, (name) =>
        below(3) ? name : pick(["F64", "F16", "I64", "U8", "I8", "F8"]),
      ),
    () =>
      header.replace(
        /"shape":\[[^\]]*\]/,
        `"shape":${pick(["[4294967296,4294967296]", "[0,9e15]", nested(20_000), `[${Array(20_000).fill(0)}]`])}`,
      ),
    () =>
      `${header.trimEnd().slice(0, -1)}${Array.from({ length: pick([10, 3000]) }, (_, i) => `,"x${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join("")}}`,
    () => pick(VALUES),
    () => `{"__metadata__":${pick(VALUES)}}`,
  ])();
  return withHeader(new TextEncoder().encode(text), bytes.subarray(8 + length));
}

function withHeader(header, data, length = BigInt(header.length)) {
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  bytes.set(header, 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

const BYTES = [
  (bytes, { below }) => bytes.slice(0, below(bytes.length)),
  (bytes, { below }) => {
    const flipped = bytes.slice();
    for (let n = 1 + below(20); n > 0; n--) flipped[below(bytes.length)] ^= 1 << below(8);
    return flipped;
  },
  (_, { below }) => Uint8Array.from({ length: below(200) }, () => below(256)),
  (bytes, { pick }) => {
    const claimed = bytes.slice();
    new DataView(claimed.buffer).setBigUint64(0, pick(HUGE_LENGTHS), true);
    return claimed;
  },
];

/** Weights in 8 bits, of which the first is invalid. */
const SMALL_WEIGHTS = [-128, 0, 127];

const WEIGHTS = [Number.NaN, Number.POSITIVE_INFINITY, 3.4e38, -3.4e38, 1e-45, 0, 1e20];

/**
 * Makes damaged files.
 *
 * @param {readonly { name: string, bytes: Uint8Array }[]} files valid files
 * @param {{ parseSafetensors: Function, serializeSafetensors: Function }} library
 * @param {{ count: number, seed?: number }} options
 * @returns {Generator<{ name: string, how: string, bytes: Uint8Array }>} `name` of the valid file, and how it was damaged
 */
export function* randomFiles(files, { parseSafetensors, serializeSafetensors }, { count, seed = 1 }) {
  const random = randomNumbers(seed);
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  const draw = { below, pick, chance: (share) => random() < share };
  for (let i = 0; i < count; i++) {
    const { name, bytes } = pick(files);
    const how = pick([
      "number",
      "number",
      "number",
      "number",
      "number",
      "number",
      "json",
      "header",
      "bytes",
      "weights",
    ]);
    if (how === "bytes") yield { name, how, bytes: pick(BYTES)(bytes, draw) };
    else if (how === "header") yield { name, how, bytes: changedHeader(bytes, draw) };
    else {
      const { metadata, tensors } = parseSafetensors(bytes);
      if (how === "weights") {
        for (let n = 1 + below(3); n > 0; n--) {
          const tensor = pick(Object.keys(tensors));
          const { data } = tensors[tensor];
          const values = data instanceof Int8Array ? SMALL_WEIGHTS : WEIGHTS;
          if (draw.chance(0.1)) delete tensors[tensor];
          else if (draw.chance(0.3)) data.fill(pick(values));
          else data[below(data.length)] = pick(values);
        }
      } else {
        const keys = Object.keys(metadata).filter((key) => !PLAIN.includes(key));
        const key = pick(keys);
        metadata[key] = (how === "json" ? otherJson : changedJson)(metadata[key], draw);
      }
      yield { name, how, bytes: serializeSafetensors(tensors, metadata) };
    }
  }
}
