import { UnrolledError } from "../errors.ts";

/** Returns the result of a callback. @throws ERR_VALUE if the result is a promise */
export function synchronous<T>(name: string, result: T): T {
  if (!(result instanceof Promise)) return result;
  throw new UnrolledError("ERR_VALUE", `${name}: the function is asynchronous; pass a synchronous one`);
}

/** Adds `value` to `into` if it is an object. Also adds the objects inside arrays and plain objects, at any depth. */
export function collect(value: unknown, into: Set<unknown>): void {
  if (!value || typeof value !== "object" || into.has(value)) return;
  into.add(value);
  if (Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    for (const item of Object.values(value)) collect(item, into);
  }
}
