// The daemon's error class: a closed set of codes, mapped to gRPC status, CNI code and exit code at each border.

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
  /** The Pod object has not arrived yet: a retry may succeed. */
  | 'POD_MISSING'
  /** The daemon has not finished starting: a retry may succeed. */
  | 'NOT_READY'
  | 'PORT_TAKEN'
  | 'MAP_INCOMPATIBLE'
  | 'MAP_FULL'
  /** Another set of policies is not confirmed yet. */
  | 'TRANSACTION_OPEN'
  | 'TRANSACTION_MISSING'
  | 'KERNEL_UNSUPPORTED'
  | 'PERMISSION'
  | 'IO'
  | 'INTERNAL';

/** `message` is one sentence with the field, the value and the remedy. */
export class HeddleError extends Error {
  override readonly name = 'HeddleError';
  readonly code: HeddleErrorCode;

  constructor(code: HeddleErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Settings that are refused as they are: nothing but another configuration helps, and both programs exit with 2. What they name and is
 * not there (an uplink, a kubeconfig) may come by itself: that is `INVALID_CONFIG` alone.
 */
export class RefusedConfig extends HeddleError {
  constructor(problems: readonly string[]) {
    super('INVALID_CONFIG', problems.join('\n'));
  }
}

/** What was thrown, as text for people; it need not be an `Error`. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
