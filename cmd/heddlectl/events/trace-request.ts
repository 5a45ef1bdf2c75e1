// Resolves the arguments of `heddlectl trace` to addresses of one family.
import { InvalidArgumentError } from 'commander';
import { type Addr, isIpv4 } from 'ip';
import type { TraceProtocol } from '../../../loader/events/trace-packet.ts';
import type { Names } from '../tables/names.ts';
import { addressesOf } from '../tables/pod-addresses.ts';
import { UsageError } from '../invocation/usage-error.ts';

export interface TraceFlags {
  readonly from: string;
  readonly to: string;
  readonly proto: TraceProtocol;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly family?: '4' | '6';
  /** What the exit status compares the outcome with. */
  readonly expect?: 'allow' | 'deny';
}

export interface TraceQuery {
  readonly source: Addr;
  readonly destination: Addr;
  readonly protocol: TraceProtocol;
  /** 0 with icmp. */
  readonly port: number;
  readonly sourcePort?: number;
}

const MAX_PORT = 65_535;

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`It must be a port, 1 to ${MAX_PORT}.`);
}

export function traceQuery(names: Names, flags: TraceFlags): TraceQuery {
  const { proto, port, sourcePort } = flags;
  if (proto !== 'icmp' && port === undefined)
    throw new UsageError(`--port is missing: ${proto} needs a destination port, such as --port 80`);
  if (proto === 'icmp' && port !== undefined)
    throw new UsageError(`--port ${port} has no meaning with --proto icmp: leave it out`);
  return {
    ...endsOfOneFamily(names, flags),
    protocol: proto,
    port: port ?? 0,
    ...(sourcePort !== undefined && { sourcePort }),
  };
}

/** IPv4 if both ends have it, unless `--family` is given. */
function endsOfOneFamily(
  names: Names,
  { from, to, family }: TraceFlags,
): { source: Addr; destination: Addr } {
  const sources = addressesOf(names, from, '--from');
  const destinations = addressesOf(names, to, '--to');
  const families = family === undefined ? ['4', '6'] : [family];
  for (const each of families) {
    const source = sources.find(addr => familyOf(addr) === each);
    const destination = destinations.find(addr => familyOf(addr) === each);
    if (source !== undefined && destination !== undefined) return { source, destination };
  }
  const shared = family === undefined ? 'one family' : `IPv${family}`;
  throw new UsageError(
    `--from ${from} and --to ${to} have no addresses of ${shared}: name two ends that have`,
  );
}

function familyOf(addr: Addr): '4' | '6' {
  return isIpv4(addr) ? '4' : '6';
}
