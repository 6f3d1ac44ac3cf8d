import { indexOfName } from "../data/form.ts";
import { type JsonObject, readObjects } from "../data/json.ts";
import { UnrolledError } from "../errors.ts";
import type { TextSource } from "./source.ts";

/** Number of characters after which no further object is looked at. */
const LONGEST = 2 ** 20;

/** A field that objects have. */
interface FoundField {
  /** Its name in the objects; undefined if no object has a field with one of the names. */
  readonly field: string | undefined;
  /** Its first value that is not empty; undefined if all are. */
  readonly value: unknown;
  /** The source, which can be read once, as before. */
  readonly source: TextSource;
}

/**
 * Finds out which field the first objects of a source have. A field that is null, blank or an empty list is there, but the objects that
 * follow are looked at too. Objects from one that is invalid on are not: who reads the source reports them.
 *
 * @param names names of the field, the most likely one first
 */
export async function findField(
  source: TextSource,
  names: readonly string[],
  format: "json" | "jsonl",
): Promise<FoundField> {
  const iterator = source.chunks[Symbol.asyncIterator]();
  const read: string[] = [];
  let [length, end] = [0, false];
  let failure: { readonly error: unknown } | undefined;
  async function* first() {
    while (!end) {
      try {
        const { value, done } = await iterator.next();
        end = done === true;
        if (done) return;
        read.push(value);
        length += value.length;
      } catch (error) {
        failure = { error };
        throw error;
      }
      yield read.at(-1)!;
    }
  }
  async function* chunks() {
    yield* read;
    if (failure) throw failure.error;
    if (!end) yield* { [Symbol.asyncIterator]: () => iterator };
  }
  let [field, value]: [string | undefined, unknown] = [undefined, undefined];
  try {
    for await (const { fields } of readObjects(first(), source.name, format)) {
      const name = fields && fieldOf(fields, names);
      field ??= name;
      if (name !== undefined && !isEmpty(fields![name])) {
        [field, value] = [name, fields![name]];
        break;
      }
      if (length > LONGEST) break;
    }
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
  }
  return { field, value, source: { ...source, chunks: chunks() } };
}

/**
 * Returns the first field of an object.
 *
 * @param names names of the field, the most likely one first
 * @returns its name in the object; undefined if there is none
 */
export function fieldOf(fields: JsonObject["fields"] & object, names: readonly string[]): string | undefined {
  const all = Object.keys(fields);
  const place = names.map((name) => indexOfName(all, name)).find((place) => place >= 0);
  return place === undefined ? undefined : all[place];
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === "string" ? !value.trim() : Array.isArray(value) && !value.length);
