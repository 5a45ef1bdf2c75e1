// Fields that Services and EndpointSlices share, read as leniently as kube-proxy reads what API servers have stored.
import * as z from 'zod';
import { parseAddrSloppy, tryParseAddr, type Addr } from 'ip';
import { DEFAULT_NAMESPACE } from '../../model/kinds.ts';
import { parsed } from './kubernetes-fields.ts';
import { SharedValues } from './shared-values.ts';

/** Label by which another program than the node's own is chosen (KEP 2447), and that of slices of headless Services. */
const FOREIGN = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'] as const;

export const shared = new SharedValues();

export const portNumber = z.int().min(1).max(65_535);
export const protocol = z
  .enum(['TCP', 'UDP', 'SCTP'])
  .nullish()
  .transform(value => value ?? ('TCP' as const));

/** Leading zeros count as decimal, as net.ParseIP of Kubernetes' fork has them. */
export const address = parsed((text): Addr => addressOf(text));

export function addressOf(text: string): Addr {
  const value = tryParseAddr(text) ?? parseAddrSloppy(text);
  if (value === undefined) throw new RangeError('is no IP address');
  return value;
}

export function isForeign(labels: Readonly<Record<string, string>> | null | undefined): boolean {
  return FOREIGN.some(name => labels?.[name] !== undefined);
}

export function namesOf(metadata: {
  readonly name: string;
  readonly namespace?: string | null | undefined;
}): {
  readonly namespace: string;
  readonly name: string;
} {
  return { namespace: shared.of(metadata.namespace ?? DEFAULT_NAMESPACE), name: metadata.name };
}
