// Maps the daemon's errors and CNI's errors to gRPC's canonical codes.
import { status } from '@grpc/grpc-js';
import type { HeddleErrorCode } from '../errors.ts';
import type { CniCode } from './cni/error.ts';

export const GRPC_STATUS = {
  ENDPOINT_EXISTS: status.ALREADY_EXISTS,
  ENDPOINT_MISSING: status.NOT_FOUND,
  ADDRESS_EXHAUSTED: status.RESOURCE_EXHAUSTED,
  ADDRESS_IN_USE: status.ALREADY_EXISTS,
  NETNS_MISSING: status.FAILED_PRECONDITION,
  INTERFACE_EXISTS: status.ALREADY_EXISTS,
  INVALID_REQUEST: status.INVALID_ARGUMENT,
  INVALID_CONFIG: status.INVALID_ARGUMENT,
  VERSION_INCOMPATIBLE: status.FAILED_PRECONDITION,
  POD_MISSING: status.UNAVAILABLE,
  NOT_READY: status.UNAVAILABLE,
  PORT_TAKEN: status.FAILED_PRECONDITION,
  MAP_INCOMPATIBLE: status.FAILED_PRECONDITION,
  MAP_FULL: status.RESOURCE_EXHAUSTED,
  TRANSACTION_OPEN: status.FAILED_PRECONDITION,
  TRANSACTION_MISSING: status.FAILED_PRECONDITION,
  KERNEL_UNSUPPORTED: status.FAILED_PRECONDITION,
  PERMISSION: status.PERMISSION_DENIED,
  IO: status.INTERNAL,
  INTERNAL: status.INTERNAL,
} as const satisfies Record<HeddleErrorCode, status>;

/** For errors of the CNI handler itself. */
export const GRPC_STATUS_OF_CNI = {
  1: status.FAILED_PRECONDITION,
  2: status.INVALID_ARGUMENT,
  3: status.NOT_FOUND,
  4: status.INVALID_ARGUMENT,
  5: status.INTERNAL,
  6: status.INVALID_ARGUMENT,
  7: status.INVALID_ARGUMENT,
  11: status.UNAVAILABLE,
  50: status.UNAVAILABLE,
  51: status.UNAVAILABLE,
  100: status.INTERNAL,
  101: status.FAILED_PRECONDITION,
  102: status.FAILED_PRECONDITION,
} as const satisfies Record<CniCode, status>;
