// Address translation as a Service proxy or the portmap plugin makes it, in the test's own namespace.
import { execFileSync } from 'node:child_process';
import type { View } from './cluster.ts';

export interface Translation {
  readonly view: View;
  /** Where clients send to, and where it goes. */
  readonly to: string;
  readonly port: number;
  readonly backend: string;
  readonly backendPort: number;
  /** UDP without. */
  readonly protocol?: 'udp' | 'tcp';
  /** What the backend sees as its client; its own address if absent. */
  readonly source?: string;
  /** As netfilter chooses it; the client's own if absent and free. */
  readonly sourcePort?: number;
}

const TABLE = 'translation';

/** In place of what was there before. */
export function translate(translations: readonly Translation[]): void {
  const rules = [
    `table inet ${TABLE}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    'chain to { type nat hook prerouting priority dstnat;',
    ...translations.map(destinationRule),
    '}',
    'chain from { type nat hook postrouting priority srcnat;',
    ...translations.map(sourceRule),
    '}',
    '}',
  ];
  execFileSync('nft', ['-f', '-'], { input: `${rules.join('\n')}\n` });
}

function destinationRule({ view, to, port, protocol = 'udp', backend, backendPort }: Translation): string {
  const [family, target] = view.family === 'ipv4' ? ['ip', backend] : ['ip6', `[${backend}]`];
  return `${family} daddr ${to} ${protocol} dport ${port} dnat ${family} to ${target}:${backendPort}`;
}

function sourceRule({
  view,
  protocol = 'udp',
  backend,
  backendPort,
  source,
  sourcePort,
}: Translation): string {
  if (source === undefined) return '';
  const [family, address] = view.family === 'ipv4' ? ['ip', source] : ['ip6', `[${source}]`];
  const to = sourcePort === undefined ? source : `${address}:${sourcePort}`;
  return `${family} daddr ${backend} ${protocol} dport ${backendPort} ct status dnat snat ${family} to ${to}`;
}
