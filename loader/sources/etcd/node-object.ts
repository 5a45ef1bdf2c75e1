// The Node object with which this node announces itself.
import type { Addr, Cidr } from 'ip';
import { typeMeta } from '../../model/kinds.ts';

export interface NodeObjectOptions {
  readonly nodeName: string;
  /** What this node can be reached by, in order of preference. Throws while there is no uplink. */
  readonly addresses: () => readonly Addr[];
}

/** When this process started: of two nodes with one address the one registered later has it. */
const creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;

/** Undefined: there is no uplink to take addresses from, which is the reconciler's problem. */
export function nodeObjectText(
  { nodeName, addresses }: NodeObjectOptions,
  podCidrs: readonly Cidr[],
): string | undefined {
  const known = addressesNow(addresses);
  return (
    known &&
    JSON.stringify({
      ...typeMeta('Node'),
      metadata: { name: nodeName, creationTimestamp },
      spec: { podCIDRs: podCidrs },
      status: { addresses: known.map(address => ({ type: 'InternalIP', address })) },
    })
  );
}

function addressesNow(addresses: () => readonly Addr[]): readonly Addr[] | undefined {
  try {
    return addresses();
  } catch {
    return undefined;
  }
}
