// The CNI specification's errors: a code, a sentence, and optional details.

/** Codes of specification 1.1.0; those from 100 on are plugin-specific. */
export const CNI_CODE = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  /** The message names the variables. */
  invalidEnvironment: 4,
  ioFailure: 5,
  decodingFailure: 6,
  invalidConfig: 7,
  tryAgainLater: 11,
  /** STATUS: ADD cannot be served now. */
  notAvailable: 50,
  /** STATUS: as 50, and attached containers may have limited connectivity. */
  limited: 51,
  /** An unexpected error in the daemon. */
  internal: 100,
  /** CHECK: the kernel's state differs from the result of ADD. */
  differs: 101,
  /** The kernel lacks a feature, or has pinned objects of an incompatible version. */
  unusableKernel: 102,
} as const;

export type CniCode = (typeof CNI_CODE)[keyof typeof CNI_CODE];

export class CniError extends Error {
  override readonly name = 'CniError';
  readonly code: CniCode;
  readonly details: string | undefined;

  constructor(code: CniCode, message: string, details?: string) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
