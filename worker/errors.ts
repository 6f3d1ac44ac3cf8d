import { type TransferHandler, transferHandlers } from "comlink";
import { type ErrorCode, UnrolledError } from "../src/errors.ts";

interface Thrown {
  readonly value: unknown;
}

interface ThrownMessage {
  readonly value: { readonly name?: string; readonly message: string; readonly stack?: string };
  readonly code?: ErrorCode;
}

/** Standard error classes, which exist on both threads. */
const STANDARD: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Comlink's own handler, which transfers message, name and stack. */
const plain = transferHandlers.get("throw") as TransferHandler<Thrown, ThrownMessage>;

/** Makes errors keep their class and `code` between threads. Has to be called on both threads. */
export function carryErrors(): void {
  const handler: TransferHandler<Thrown, ThrownMessage> = {
    canHandle: plain.canHandle,
    serialize(thrown) {
      const [message, transferables] = plain.serialize(thrown);
      const { value } = thrown;
      return [value instanceof UnrolledError ? { ...message, code: value.code } : message, transferables];
    },
    deserialize(message) {
      const { code, value } = message;
      const standard = STANDARD[value?.name ?? ""];
      if (!code && !standard) return plain.deserialize(message);
      const error = code ? new UnrolledError(code, value.message) : new standard!(value.message);
      throw Object.assign(error, { stack: value.stack });
    },
  };
  transferHandlers.set("throw", handler);
}
