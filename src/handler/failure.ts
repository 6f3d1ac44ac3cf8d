import { UnrolledError } from "../errors.ts";

/** A reason why a request has no result, with its HTTP status. The client sees the message. */
export class Failure extends Error {
  /** The status of the answer. */
  readonly status: number;
  /** The kind of mistake, for programs. */
  readonly code: string;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The header of answers that are worth another try: after how many seconds. */
export const RETRY = { "retry-after": "1" };

/** Makes the failure of a request that asks for something wrong. */
export const badRequest = (message: string, code = "ERR_DATA") => new Failure(400, code, message);

/** The statuses of errors that a request can cause. Others are faults of the server. */
const STATUSES: Readonly<Partial<Record<UnrolledError["code"], number>>> = {
  ERR_DATA: 400,
  ERR_DTYPE: 400,
  ERR_FORMAT: 400,
  ERR_SHAPE: 400,
  ERR_VALUE: 400,
  ERR_MEMORY: 413,
};

/** Returns the failure that a client may see, or undefined if the error is a fault of the server. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (!(error instanceof UnrolledError)) return undefined;
  const status = STATUSES[error.code];
  return status === undefined ? undefined : new Failure(status, error.code, error.message);
}
