import { UnrolledError } from "./errors.ts";
import { checkNames } from "./options.ts";

/** The rule of a value, in words and as a test. */
export interface Field<T> {
  readonly expected: string;
  readonly test: (value: unknown) => boolean;
  /** All allowed values, if they are strings. */
  readonly choices?: readonly T[];
}

/** Facts of a field that has a default. */
interface Facts {
  /**
   * How files store the field. `required`: always, and it must not be missing. `kept`: always, but it may be missing, as in files
   * of earlier versions. If omitted: only if the value differs from its default.
   */
  readonly file?: "required" | "kept";
  /** Another field and the value it needs; if it has a different one, this field must keep its default. */
  readonly only?: Readonly<Record<string, string>>;
}

/** A field with a default. */
export interface Defaulted<T> extends Field<T>, Facts {
  readonly standard: T;
}

/** A field without a default; `default` adds one. */
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

/** A finite number. */
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

/** Throws ERR_VALUE. */
export type Refuse = (problem: string) => never;

/** The fields of a plain object, each with its type, rule and default. */
export interface Schema<F = Fields> {
  readonly fields: F;
  /** The defaults of the fields that have one. */
  readonly defaults: Defaults<F>;
  /** Tells whether a field has its default, which may be a list. */
  isDefault(field: string, value: unknown): boolean;
  /**
   * Checks plain JSON that came from outside.
   *
   * @param what prefix of error messages
   * @param defaults default: those of the fields
   * @returns the given fields; missing ones have their defaults
   * @throws ERR_VALUE with the field, its value and what is expected
   */
  check(given: unknown, what: string, defaults?: Readonly<Record<string, unknown>>): Values<F>;
  /** Returns what a file stores: without fields that have their defaults and may be missing from it. */
  stored(values: Values<F>): Partial<Values<F>>;
}

/** The type of a schema's values; S is the schema, or a function that returns its fields. */
export type Infer<S> = S extends { readonly fields: infer F }
  ? Values<F>
  : S extends () => infer F
    ? Values<F>
    : never;

/** JSON has no NaN and no infinity. */
const show = (value: unknown) =>
  typeof value === "number" || typeof value === "bigint" ? String(value) : JSON.stringify(value);

/** Makes a schema. @param together refuses fields that are valid by themselves, but not together */
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
