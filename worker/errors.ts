import { type TransferHandler, transferHandlers } from "comlink";
import { type ErrorCode, UnrolledError } from "../src/errors.ts";

interface Thrown {
  readonly value: unknown;
}

interface ThrownMessage {
  readonly value: { readonly name?: string; readonly message: string; readonly stack?: string };
  readonly code?: ErrorCode;
}

/** Standard error classes. They exist on every thread. */
const STANDARD: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Comlink's original handler for errors. It sends the message, name and stack. */
const plain = transferHandlers.get("throw") as TransferHandler<Thrown, ThrownMessage>;

/** Makes errors keep their class and `code` when they are sent between threads. Both threads must call this function. */
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
