// Translates errors of libbpf-ts into HeddleError.
import { HeddleError, type HeddleErrorCode } from '../errors.ts';

const CODES: Readonly<Record<string, HeddleErrorCode>> = {
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

/** Runs `action`. An error becomes a HeddleError whose message begins with `failed`. */
export function orFail<T>(failed: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof HeddleError || !(error instanceof Error)) throw error;
    const code = CODES[errorCode(error) ?? ''] ?? 'INTERNAL';
    throw new HeddleError(code, `${failed}: ${error.message}`, { cause: error });
  }
}
