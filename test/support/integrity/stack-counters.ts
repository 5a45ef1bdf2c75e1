// What a namespace's stack has counted: RFC 4293's MIBs, as Linux has them in /proc/net.
import { mustExec } from '../lab.ts';
import type { Protocol } from './exchange.ts';

interface Place {
  readonly netns: string;
}

/** Segments or datagrams that were refused for their checksum so far. TCP's counter is of both families. */
export async function checksumErrors(place: Place, protocol: Protocol): Promise<number> {
  if (protocol === 'tcp') return snmpCounter(place, 'Tcp', 'InCsumErrors');
  const ipv6 = await mustExec(place, 'cat', '/proc/net/snmp6');
  const ofIpv6 = Number(/^Udp6InCsumErrors\s+(\d+)$/m.exec(ipv6)?.[1]);
  return ofIpv6 + (await snmpCounter(place, 'Udp', 'InCsumErrors'));
}

/** /proc/net/snmp has two lines a protocol: names, then values. */
export async function snmpCounter(place: Place, protocol: string, name: string): Promise<number> {
  const text = await mustExec(place, 'cat', '/proc/net/snmp'); // of the reader's namespace
  const [names, values] = text
    .split('\n')
    .filter(line => line.startsWith(`${protocol}: `))
    .map(line => line.split(' '));
  const value = values?.[names?.indexOf(name) ?? -1];
  if (value === undefined) throw new Error(`/proc/net/snmp has no ${name} of ${protocol}`);
  return Number(value);
}
