// MACs derived from names: every node computes every other node's, so they need no announcement.
import { createHash } from 'node:crypto';
import { type Mac, macFromBytes } from 'ip';

/** MAC of a node's overlay device. */
export function overlayMac(nodeName: string): Mac {
  return derivedMac('overlay', nodeName);
}

/** MAC of the host end of every pod's veth: the pods' gateway. */
export function gatewayMac(nodeName: string): Mac {
  return derivedMac('gateway', nodeName);
}

/** MAC of a pod's interface. */
export function podMac(containerId: string, ifname: string): Mac {
  return derivedMac('pod', `${containerId} ${ifname}`);
}

/** Locally administered and unicast (IEEE 802, the two low bits of the first byte), else from a hash. */
function derivedMac(purpose: string, name: string): Mac {
  const bytes = createHash('sha256').update(`heddle ${purpose} ${name}`).digest();
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return macFromBytes(bytes);
}
