/** The kind of mistake that an `UnrolledError` reports. Unlike the message, it stays the same across versions. */
export type ErrorCode =
  /** A tensor's shape, rank or element count is not what the operation expects. */
  | "ERR_SHAPE"
  /** An option or argument lies outside its allowed values. */
  | "ERR_VALUE"
  /** A tensor's element type is not what the operation expects, such as floats instead of indices. */
  | "ERR_DTYPE"
  /** The call does not fit the object's state, such as a second `backward` through the same tape. */
  | "ERR_STATE"
  /** The runtime or tensor was already disposed, or its scope has ended. */
  | "ERR_DISPOSED"
  /** The WebAssembly memory cannot grow to the size needed. */
  | "ERR_MEMORY"
  /** The WebAssembly module cannot be compiled or instantiated, or is not one of this package. */
  | "ERR_WASM"
  /** A file cannot be read or written. */
  | "ERR_FILE"
  /** Bytes are not a valid file of the expected format, or a part of the file is missing. */
  | "ERR_FORMAT"
  /** The training or evaluation data is unusable, such as too short for one batch. */
  | "ERR_DATA"
  /** A loss, gradient or parameter became NaN or infinite. */
  | "ERR_NAN"
  /** The caller's `AbortSignal` stopped the work. */
  | "ERR_ABORTED";

/** The class of all errors that this package throws on purpose. People read `message`, and programs test `code`. */
export class UnrolledError extends Error {
  /** The kind of mistake, for programs. */
  readonly code: ErrorCode;

  /**
   * Makes an error.
   *
   * @param code the kind of mistake
   * @param message what was given, what was expected and what to do
   * @param options the options of `Error`, such as `cause`
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnrolledError";
    this.code = code;
  }
}

/** Returns a number with its noun: "1 row is", "3 rows are". Undefined is "no rows are". */
export const counted = (n: number | undefined, one: string, many: string): string =>
  n === 1 ? `1 ${one}` : `${n ?? "no"} ${many}`;

/** Lists the first names of many for an error message: a, b, c and 5 more. @param most how many are named */
export function listed(names: readonly string[], most: number): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(", ") + more;
}

/** Returns the beginning of a text for an error message, such as a name that a file gives. */
export const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}...` : text);

/** Quotes the beginning of a text for an error message. */
export const shown = (text: string) => JSON.stringify(shortened(text));
