import { type TransferHandler, transferHandlers } from "comlink";
import { type ErrorCode, UnrolledError } from "../src/errors.ts";

interface Thrown {
  readonly value: unknown;
}

interface ThrownMessage {
  readonly value: { readonly message: string; readonly stack?: string };
  readonly code?: ErrorCode;
}

/** Lets an `UnrolledError` arrive as one: comlink alone carries message, name and stack. To be called on both sides. */
export function carryErrorCodes(): void {
  const plain = transferHandlers.get("throw") as TransferHandler<Thrown, ThrownMessage>;
  const handler: TransferHandler<Thrown, ThrownMessage> = {
    canHandle: plain.canHandle,
    serialize(thrown) {
      const [message, transferables] = plain.serialize(thrown);
      const { value } = thrown;
      return [value instanceof UnrolledError ? { ...message, code: value.code } : message, transferables];
    },
    deserialize(message) {
      const { code, value } = message;
      if (!code) return plain.deserialize(message);
      throw Object.assign(new UnrolledError(code, value.message), { stack: value.stack });
    },
  };
  transferHandlers.set("throw", handler);
}
