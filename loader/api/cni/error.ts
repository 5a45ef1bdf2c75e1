// The CNI specification's errors: a code, a sentence, and perhaps a second one that leads further.

/** Codes of specification 1.1.0; those from 100 on are ours to give. */
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
  /** Something went wrong in the daemon that the caller can neither cause nor cure. */
  internal: 100,
  /** CHECK: what is in force is not what ADD answered. */
  differs: 101,
  /** The kernel lacks what is needed, or what another version left in it does not fit. */
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
