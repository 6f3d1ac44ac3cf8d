import { UnrolledError } from "./errors.ts";
import { checkNames } from "./options.ts";

/** The rule of a value, in words (`expected`) and as a test. */
export interface Field<T> {
  readonly expected: string;
  readonly test: (value: unknown) => boolean;
  /** All allowed values, if they are strings. */
  readonly choices?: readonly T[];
}

/** How files and other fields treat a field that has a default. */
interface Facts {
  /**
   * Whether files store the field. `required` and `kept` fields are always stored. A `required` field must not be missing when
   * a file is read. A `kept` field may be missing, as in files of earlier versions. If `file` is omitted, the field is stored
   * only if its value differs from its default.
   */
  readonly file?: "required" | "kept";
  /** The values that some other fields must have. If one of them has a different value, this field must have its default. */
  readonly only?: Readonly<Record<string, string>>;
}

/** A field with a default. */
export interface Defaulted<T> extends Field<T>, Facts {
  readonly standard: T;
}

/** A field without a default. Its method `default` returns the field with a default. */
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

/** Makes the rule of a finite number that passes a test. */
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
export const oneOf = <const T extends string>(choices: readonly T[]) =>
  rule<T>(choices.join(" or "), (value) => choices.includes(value as T), choices);
export const listOf = <T>({ expected, test }: Field<T>) =>
  rule<readonly T[]>(
    `a list, each entry ${expected}`,
    (value) => Array.isArray(value) && value.every((entry) => test(entry)),
  );

type Fields = Readonly<Record<string, Field<unknown>>>;
type ValueOf<R> = R extends Field<infer T> ? T : never;
type Values<F> = { readonly [K in keyof F]: ValueOf<F[K]> };
type Defaults<F> = {
  readonly [K in keyof F as F[K] extends Defaulted<unknown> ? K : never]: ValueOf<F[K]>;
};

/** Refuses values. @throws ERR_VALUE with the problem */
export type Refuse = (problem: string) => never;

/** The fields of a plain object, each with its type, rule and default. */
export interface Schema<F = Fields> {
  readonly fields: F;
  /** The defaults of the fields that have one. */
  readonly defaults: Defaults<F>;
  /** Tells whether a value is the default of a field. It also compares lists. */
  isDefault(field: string, value: unknown): boolean;
  /**
   * Checks plain JSON that came from outside.
   *
   * @param what prefix of error messages
   * @param defaults defaults to use instead of those of the fields
   * @returns the given fields, and the defaults of missing ones
   * @throws ERR_VALUE with the field, its value and what is expected
   */
  check(given: unknown, what: string, defaults?: Readonly<Record<string, unknown>>): Values<F>;
  /**
   * Returns the values to store in a file. A field whose value is its default is left out, unless the field's definition has
   * `file`.
   */
  stored(values: Values<F>): Partial<Values<F>>;
}

/** The type of a schema's values. S is the type of a schema, or of a function that returns fields. */
export type Infer<S> = S extends { readonly fields: infer F }
  ? Values<F>
  : S extends () => infer F
    ? Values<F>
    : never;

/** Shows a value in a message: as JSON, which has no NaN, infinity or bigint, so that numbers are shown as they print. */
const show = (value: unknown) =>
  typeof value === "number" || typeof value === "bigint" ? String(value) : JSON.stringify(value);

/** Makes a schema. @param together refuses values that are valid by themselves, but not together */
export function object<const F extends Fields>(
  fields: F,
  together?: (values: Values<F>, refuse: Refuse) => void,
): Schema<F> {
  const rules = Object.entries<Field<unknown> & Partial<Defaulted<unknown>>>(fields);
  const standards = Object.fromEntries(
    rules.flatMap(([field, { standard }]) => (standard === undefined ? [] : [[field, standard]])),
  );
  const isDefault = (field: string, value: unknown) =>
    Object.hasOwn(standards, field) && String(value) === String(standards[field]);

  return {
    fields,
    defaults: standards as Defaults<F>,
    isDefault,
    check(given, what, defaults = standards) {
      const refuse: Refuse = (problem) => {
        throw new UnrolledError("ERR_VALUE", `${what}: ${problem}`);
      };
      if (typeof given !== "object" || given === null || Array.isArray(given)) {
        return refuse(`${JSON.stringify(given)}, expected an object`);
      }
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
        Object.entries(values).filter(
          ([field, value]) => (fields[field] as Facts | undefined)?.file || !isDefault(field, value),
        ),
      ) as Partial<Values<F>>,
  };
}
