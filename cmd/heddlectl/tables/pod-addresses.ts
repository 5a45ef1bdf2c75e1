// Whom people mean by NAMESPACE/POD or by an address.
import { type Addr, tryParseAddr } from 'ip';
import type { Names } from './names.ts';
import { UsageError } from '../invocation/usage-error.ts';

const POD_FORM = /^[^/\s]+\/[^/\s]+$/;

/** An address as it is, a pod's addresses by its name. `argument` is for the sentence. */
export function addressesOf(names: Names, wanted: string, argument: string): readonly Addr[] {
  const address = tryParseAddr(wanted);
  return address === undefined ? podAddresses(names, wanted, argument) : [address];
}

export function podAddresses(names: Names, wanted: string, argument: string): readonly Addr[] {
  if (!POD_FORM.test(wanted))
    throw new UsageError(`${argument} '${wanted}' is no pod: write it as NAMESPACE/POD`);
  const found = [...names.pods].filter(([, pod]) => pod === wanted).map(([address]) => address as Addr);
  if (found.length > 0) return found;
  throw new Error(`no endpoint has the pod '${wanted}': 'heddlectl endpoint list' shows those there are`);
}

export function parsedAddress(text: string, argument: string): Addr {
  const address = tryParseAddr(text);
  if (address !== undefined) return address;
  throw new UsageError(`${argument} '${text}' is no IP address: write it as 10.1.0.7 or fd00::7`);
}
