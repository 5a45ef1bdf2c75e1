// Failures of the BPF package in the daemon's own words.
import { DataplaneError, type DataplaneErrorCode } from '../errors.ts';

const CODES: Readonly<Record<string, DataplaneErrorCode>> = {
  EPERM: 'PERMISSION',
  EACCES: 'PERMISSION',
  UNSUPPORTED: 'KERNEL_UNSUPPORTED',
  VERIFIER: 'KERNEL_UNSUPPORTED',
  LAYOUT: 'MAP_INCOMPATIBLE',
};

/** The code of a BPF or system error; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Runs `action`; what fails is told as `failed`, with the cause behind it. */
export function orFail<T>(failed: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof DataplaneError || !(error instanceof Error)) throw error;
    const code = CODES[errorCode(error) ?? ''] ?? 'INTERNAL';
    throw new DataplaneError(code, `${failed}: ${error.message}`, { cause: error });
  }
}
