// The daemon's one error: a closed set of codes, each of which the borders translate (gRPC, CNI, exit status).

export type HeddleErrorCode =
  | 'ENDPOINT_EXISTS'
  | 'ENDPOINT_MISSING'
  | 'ADDRESS_EXHAUSTED'
  | 'ADDRESS_IN_USE'
  | 'NETNS_MISSING'
  | 'INTERFACE_EXISTS'
  | 'INVALID_REQUEST'
  | 'INVALID_CONFIG'
  | 'VERSION_INCOMPATIBLE'
  /** The pod's object has not been seen yet: trying again later may succeed. */
  | 'POD_MISSING'
  /** The daemon has not finished starting: trying again later may succeed. */
  | 'NOT_READY'
  | 'PORT_TAKEN'
  | 'MAP_INCOMPATIBLE'
  | 'MAP_FULL'
  /** Another set of policies waits to be confirmed. */
  | 'TRANSACTION_OPEN'
  | 'TRANSACTION_MISSING'
  | 'KERNEL_UNSUPPORTED'
  | 'PERMISSION'
  | 'IO'
  | 'INTERNAL';

/** `message` is one sentence that names the field, the value and what to do about it. */
export class HeddleError extends Error {
  override readonly name = 'HeddleError';
  readonly code: HeddleErrorCode;

  constructor(code: HeddleErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What was thrown, as text for people; it need not be an `Error`. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
