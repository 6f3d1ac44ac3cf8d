import { UnrolledError } from "./errors.ts";
import { checkNames } from "./options.ts";

/**
 * Shows any value in an error message, as JSON of at most 200 characters. Numbers are printed with `String`, because JSON has no
 * NaN and no Infinity. For a value that JSON lacks, or that is nested too deeply for it, the message has the type.
 */
export function show(value: unknown): string {
  try {
    const given = typeof value === "string" ? value.slice(0, 201) : value; // a copy of the rest takes memory
    const text = typeof given === "number" ? String(given) : JSON.stringify(given);
    return text.length > 200 ? `${text.slice(0, 200)}...` : text;
  } catch {
    return typeof value;
  }
}

/** A rule that a value must pass. `expected` says it in words, for error messages, and `test` checks a value. */
export interface Field<T> {
  readonly expected: string;
  readonly test: (value: unknown) => boolean;
  /** All allowed values, if the rule is a choice of strings. */
  readonly choices?: readonly T[];
}

/** More facts about a field that has a default. */
interface Facts {
  /**
   * When a file contains the field.
   *
   * - `required`: writing a file always stores the field. Reading a file without the field is an error
   * - `kept`: writing a file always stores the field. Reading a file without the field is allowed, because files of earlier
   *   versions may not have the field
   * - undefined: writing a file stores the field only if the value differs from the default
   */
  readonly file?: "required" | "kept";
  /** Values that other fields must have. If one of these fields has a different value, this field must keep its default. */
  readonly only?: Readonly<Record<string, string>>;
}

/** A field with a default. */
export interface Defaulted<T> extends Field<T>, Facts {
  readonly standard: T;
}

/** A field without a default. The method `default` returns the same field with a default. */
export interface Rule<T> extends Field<T> {
  default(standard: T, facts?: Facts): Defaulted<T>;
}

export function rule<T>(
  expected: string,
  test: (value: unknown) => boolean,
  choices?: readonly T[],
): Rule<T> {
  const plain = { expected, test, ...(choices && { choices }) };
  return { ...plain, default: (standard, facts) => ({ ...plain, ...facts, standard }) };
}

/** Makes the rule "a finite number that passes `test`". */
export const numberWhere = (expected: string, test: (value: number) => boolean) =>
  rule<number>(expected, (value) => Number.isFinite(value) && test(value as number));

export const whole = (from = 0, to = Number.MAX_SAFE_INTEGER) =>
  numberWhere(
    `a whole number from ${from} ${to < Number.MAX_SAFE_INTEGER ? `to ${to}` : "on"}`,
    (value) => Number.isSafeInteger(value) && value >= from && value <= to,
  );
export const number = () => numberWhere("a number", () => true);
export const numberFrom = (from: number) => numberWhere(`a number from ${from} on`, (value) => value >= from);
export const positive = () => numberWhere("a number above 0", (value) => value > 0);
export const fraction = () => numberWhere("a number from 0 to below 1", (value) => value >= 0 && value < 1);
export const share = () => numberWhere("a number from 0 to 1", (value) => value >= 0 && value <= 1);
export const flag = () => rule<boolean>("true or false", (value) => typeof value === "boolean");
/** Makes the rule of a switch that may also have a certain text as its value. */
export const flagOr = <const T extends string>(text: T) =>
  rule<boolean | T>(`true, false or "${text}"`, (value) => typeof value === "boolean" || value === text);
export const oneOf = <const T extends string>(choices: readonly T[]) =>
  rule<T>(choices.join(" or "), (value) => choices.includes(value as T), choices);
export const listOf = <T>({ expected, test }: Field<T>, most: number) =>
  rule<readonly T[]>(
    `a list of at most ${most}, each entry ${expected}`,
    (value) => Array.isArray(value) && value.length <= most && value.every((entry) => test(entry)),
  );

type Fields = Readonly<Record<string, Field<unknown>>>;
type ValueOf<R> = R extends Field<infer T> ? T : never;
type Values<F> = { readonly [K in keyof F]: ValueOf<F[K]> };
type Defaults<F> = {
  readonly [K in keyof F as F[K] extends Defaulted<unknown> ? K : never]: ValueOf<F[K]>;
};

/** A function that refuses values. @throws ERR_VALUE, always, with the problem in the message */
export type Refuse = (problem: string) => never;

/** A description of a plain object: the type, rule and default of each field. */
export interface Schema<F = Fields> {
  /** The rule and the default of each field, by name. */
  readonly fields: F;
  /** The defaults of the fields that have one. */
  readonly defaults: Defaults<F>;
  /** Tells whether a value equals the default of a field. Lists are equal if their entries are. */
  isDefault(field: string, value: unknown): boolean;
  /**
   * Checks an untrusted value, such as parsed JSON, and fills in defaults.
   *
   * @param what prefix of error messages
   * @param defaults values for missing fields; default: the defaults of the schema
   * @returns the given fields, and the defaults of missing fields
   * @throws ERR_VALUE if a field is unknown, missing or invalid. The message has the field, its value and what is expected.
   */
  check(given: unknown, what: string, defaults?: Readonly<Record<string, unknown>>): Values<F>;
  /**
   * Returns the values to store in a file. A field that has its default value is left out, unless `Facts.file` is set for the
   * field.
   */
  stored(values: Values<F>): Partial<Values<F>>;
}

/** The type of the objects that a schema describes. S is the schema's type, or the type of a function that returns its fields. */
export type Infer<S> = S extends { readonly fields: infer F }
  ? Values<F>
  : S extends () => infer F
    ? Values<F>
    : never;

/**
 * Makes a schema.
 *
 * @param together is called once, when all values have passed their own rules. It calls `refuse` if they do not fit together
 */
export function object<const F extends Fields>(
  fields: F,
  together?: (values: Values<F>, refuse: Refuse) => void,
): Schema<F> {
  const rules = Object.entries<Field<unknown> & Partial<Defaulted<unknown>>>(fields);
  const standards = Object.fromEntries(
    rules.flatMap(([field, { standard }]) => (standard === undefined ? [] : [[field, standard]])),
  );
  const expectObject = (given: unknown, what: string) => {
    if (typeof given === "object" && given && !Array.isArray(given)) return given;
    throw new UnrolledError("ERR_VALUE", `${what}: ${show(given)}, expected an object`);
  };
  const isDefault = (field: string, value: unknown) =>
    typeof field === "string" && Object.hasOwn(standards, field) && show(value) === show(standards[field]);

  return {
    fields,
    defaults: standards as Defaults<F>,
    isDefault,
    check(untrusted, what, defaults = standards) {
      const given = expectObject(untrusted, what);
      const refuse: Refuse = (problem) => {
        throw new UnrolledError("ERR_VALUE", `${what}: ${problem}`);
      };
      checkNames(what, given, Object.keys(fields), "field");
      const values: Record<string, unknown> = { ...given };
      for (const [field, { expected, test, standard, file }] of rules) {
        if (!Object.hasOwn(given, field) && standard !== undefined && file !== "required") {
          values[field] = defaults[field];
        }
        if (!test(values[field])) refuse(`${field} is ${show(values[field])}, expected ${expected}`);
      }
      for (const [field, { only = {} }] of rules) {
        for (const [other, value] of Object.entries(only)) {
          if (values[other] === value || isDefault(field, values[field])) continue;
          refuse(
            `${field} is ${show(values[field])}, which needs ${other} ${value}, but ${other} is ${values[other]}`,
          );
        }
      }
      together?.(values as Values<F>, refuse);
      return values as Values<F>;
    },
    stored: (values) =>
      Object.fromEntries(
        Object.entries(expectObject(values, "stored")).filter(
          ([field, value]) => (fields[field] as Facts | undefined)?.file || !isDefault(field, value),
        ),
      ) as Partial<Values<F>>,
  };
}
