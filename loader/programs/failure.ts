// Translates errors of libbpf-ts into HeddleError.
import { HeddleError, type HeddleErrorCode } from '../errors.ts';

const CODES: Readonly<Record<string, HeddleErrorCode>> = {
  EPERM: 'PERMISSION',
  EACCES: 'PERMISSION',
  UNSUPPORTED: 'KERNEL_UNSUPPORTED',
  VERIFIER: 'KERNEL_UNSUPPORTED',
  LAYOUT: 'MAP_INCOMPATIBLE',
};

/** What helps, where the system's own words do not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOMEM: ": raise the memory limit of heddled's container or service, or lower the sizes in maps",
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
    const systemCode = errorCode(error) ?? '';
    const text = `${failed}: ${error.message}${ADVICE[systemCode] ?? ''}`;
    throw new HeddleError(CODES[systemCode] ?? 'INTERNAL', text, { cause: error });
  }
}
