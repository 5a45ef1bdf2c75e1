// hd_conntrack as a person reads it.
import { isIpv6 } from '../packet/address.ts';
import type { Bench } from './bench.ts';

const PREFIX = 'CONNTRACK_';

/** Every entry as `source:port > destination:port FLAG …`, sorted. */
export function trackedFlows(bench: Bench): readonly string[] {
  const flags = bench.names.namesOf('conntrack_flag');
  return [...(bench.maps.get('hd_conntrack')?.entries() ?? [])]
    .map(([flow, entry]) => {
      const set = flags.filter(name => Number(entry['flags']) & bench.names.valueOf(name));
      const from = end(flow['source'], flow['sourcePort']);
      const to = end(flow['destination'], flow['destinationPort']);
      return `${from} > ${to} ${set.map(name => name.slice(PREFIX.length)).join(' ')}`;
    })
    .sort();
}

function end(address: unknown, port: unknown): string {
  const text = String(address);
  return isIpv6(text) ? `[${text}]:${String(port)}` : `${text}:${String(port)}`;
}
