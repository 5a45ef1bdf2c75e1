// Segments and datagrams that a namespace's stack has refused for their checksum: InCsumErrors (RFC 4293's MIBs, as Linux has them).
import { mustExec } from '../lab.ts';
import type { Protocol } from './exchange.ts';

/** So far. TCP's counter is of both families. */
export async function checksumErrors(party: { readonly netns: string }, protocol: Protocol): Promise<number> {
  const text = await mustExec(party, 'cat', '/proc/net/snmp', '/proc/net/snmp6'); // of the reader's namespace
  if (protocol === 'tcp') return column(text, 'Tcp', 'InCsumErrors');
  const ipv6 = /^Udp6InCsumErrors\s+(\d+)$/m.exec(text)?.[1];
  return column(text, 'Udp', 'InCsumErrors') + Number(ipv6);
}

/** /proc/net/snmp has two lines a protocol: names, then values. */
function column(text: string, protocol: string, name: string): number {
  const [names, values] = text
    .split('\n')
    .filter(line => line.startsWith(`${protocol}: `))
    .map(line => line.split(' '));
  const value = values?.[names?.indexOf(name) ?? -1];
  if (value === undefined) throw new Error(`/proc/net/snmp has no ${name} of ${protocol}`);
  return Number(value);
}
