// Resolves NAMESPACE/POD, or an address, to addresses.
import { type Addr, tryParseAddr } from 'ip';
import type { Names } from './names.ts';
import { UsageError } from '../invocation/usage-error.ts';

const POD_FORM = /^[^/\s]+\/[^/\s]+$/;

/** The addresses of a pod, or the address itself. `argument` names the option in errors. */
export function addressesOf(names: Names, text: string, argument: string): readonly Addr[] {
  const address = tryParseAddr(text);
  return address === undefined ? podAddresses(names, text, argument) : [address];
}

export function podAddresses(names: Names, text: string, argument: string): readonly Addr[] {
  if (!POD_FORM.test(text))
    throw new UsageError(`${argument} '${text}' is not a pod: write it as NAMESPACE/POD`);
  const found = [...names.pods].filter(([, pod]) => pod === text).map(([address]) => address as Addr);
  if (found.length > 0) return found;
  throw new Error(`no endpoint has the pod '${text}': 'heddlectl endpoint list' lists all`);
}

export function parsedAddress(text: string, argument: string): Addr {
  const address = tryParseAddr(text);
  if (address !== undefined) return address;
  throw new UsageError(`${argument} '${text}' is not an IP address: write it as 10.1.0.7 or fd00::7`);
}
