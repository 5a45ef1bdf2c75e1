// What flannel's nodes are to read on this node's own Node, so that they send to Heddle's VTEP as to flannel.1.
import { FAMILIES, familyOf, type Family } from 'ip';
import { overlayMac } from './derived-macs.ts';
import { flannelNames, NO_VTEP, vtepText } from './flannel-annotations.ts';
import type { FlannelSettings } from './flannel-peers.ts';
import { tunnelAddressOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';

/** By name; null: it is to be absent. */
export type Annotations = Readonly<Record<string, string | null>>;

/** Undefined while no other node could send to it: without a pod CIDR, or without an address of its family. */
export function ownFlannelAnnotations(
  own: NodeObject,
  { prefix, tunnel }: FlannelSettings,
): Annotations | undefined {
  const names = flannelNames(prefix);
  const present = FAMILIES.filter(family => hasFamily(own, family));
  if (present.length === 0) return undefined;
  const isPlain = tunnel.encapsulation === 'never';
  const vtep = isPlain ? NO_VTEP : vtepText(tunnel.vni, overlayMac(own.name));
  const ofFamily = (family: Family): Annotations => {
    const { data, publicIp, overwrite } = names.families[family];
    if (!present.includes(family)) return { [data]: NO_VTEP, [publicIp]: null };
    const overwritten = own.flannelAnnotations?.[overwrite];
    return { [data]: vtep, [publicIp]: overwritten ? overwritten : (tunnelAddressOf(own, family) ?? null) };
  };
  return {
    [names.managed]: 'true',
    [names.backendType]: isPlain ? 'host-gw' : 'vxlan',
    ...ofFamily('ipv4'),
    ...ofFamily('ipv6'),
  };
}

/** All that flannel writes; an operator's `public-ip-overwrite` stays. */
export function noFlannelAnnotations(prefix: string): Annotations {
  const { managed, backendType, families } = flannelNames(prefix);
  const names = [
    managed,
    backendType,
    ...FAMILIES.flatMap(each => [families[each].data, families[each].publicIp]),
  ];
  return Object.fromEntries(names.map(name => [name, null]));
}

function hasFamily(own: NodeObject, family: Family): boolean {
  return own.podCidrs.some(cidr => familyOf(cidr) === family) && tunnelAddressOf(own, family) !== undefined;
}
