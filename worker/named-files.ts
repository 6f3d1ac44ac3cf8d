// Some engines, such as Node 20, send a File to a worker as a Blob, without its name. Errors and the format of the file need it.

/** A file as it is sent to a worker. */
interface NamedFile {
  readonly fileName: string;
  readonly file: Blob;
}

/** The fields of calls that may be files. */
const FIELDS = ["data", "validation", "vectors"] as const;

const isFile = (value: unknown): value is File => typeof File !== "undefined" && value instanceof File;

const isNamed = (value: unknown): value is NamedFile =>
  typeof value === "object" && value !== null && "fileName" in value && "file" in value;

const sent = (value: unknown): unknown => (isFile(value) ? { fileName: value.name, file: value } : value);

function received(value: unknown): unknown {
  if (!isNamed(value)) return value;
  return typeof File === "undefined" ? value.file : new File([value.file], value.fileName);
}

const mapped = (value: unknown, change: (one: unknown) => unknown): unknown =>
  Array.isArray(value) ? value.map(change) : change(value);

function changed<T extends object>(options: T, change: (one: unknown) => unknown): T {
  const files = FIELDS.filter((name) => name in options);
  return {
    ...options,
    ...Object.fromEntries(files.map((name) => [name, mapped(options[name as keyof T], change)])),
  };
}

/** Puts the names of files next to them, for sending. */
export const withNames = <T extends object>(options: T): T => changed(options, sent);

/** Gives files their names again after they were sent. */
export const named = <T extends object>(options: T): T => changed(options, received);
