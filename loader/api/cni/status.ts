// Maps the daemon's errors to the CNI specification's codes.
import type { HeddleErrorCode } from '../../errors.ts';
import { CNI_CODE, type CniCode } from './error.ts';

interface CniStatus {
  readonly code: CniCode;
  /** The variable with the invalid value: the specification requires its name with code 4. */
  readonly variable?: 'CNI_CONTAINERID' | 'CNI_NETNS' | 'CNI_IFNAME';
}

export const CNI_STATUS = {
  ENDPOINT_EXISTS: { code: CNI_CODE.invalidEnvironment, variable: 'CNI_CONTAINERID' },
  ENDPOINT_MISSING: { code: CNI_CODE.unknownContainer },
  ADDRESS_EXHAUSTED: { code: CNI_CODE.tryAgainLater },
  ADDRESS_IN_USE: { code: CNI_CODE.tryAgainLater },
  NETNS_MISSING: { code: CNI_CODE.invalidEnvironment, variable: 'CNI_NETNS' },
  INTERFACE_EXISTS: { code: CNI_CODE.invalidEnvironment, variable: 'CNI_IFNAME' },
  INVALID_REQUEST: { code: CNI_CODE.invalidConfig },
  INVALID_CONFIG: { code: CNI_CODE.invalidConfig },
  VERSION_INCOMPATIBLE: { code: CNI_CODE.incompatibleVersion },
  POD_MISSING: { code: CNI_CODE.tryAgainLater },
  NOT_READY: { code: CNI_CODE.tryAgainLater },
  PORT_TAKEN: { code: CNI_CODE.tryAgainLater },
  MAP_INCOMPATIBLE: { code: CNI_CODE.unusableKernel },
  MAP_FULL: { code: CNI_CODE.tryAgainLater },
  TRANSACTION_OPEN: { code: CNI_CODE.tryAgainLater },
  TRANSACTION_MISSING: { code: CNI_CODE.internal },
  KERNEL_UNSUPPORTED: { code: CNI_CODE.unusableKernel },
  PERMISSION: { code: CNI_CODE.unusableKernel },
  IO: { code: CNI_CODE.ioFailure },
  INTERNAL: { code: CNI_CODE.internal },
} as const satisfies Record<HeddleErrorCode, CniStatus>;
