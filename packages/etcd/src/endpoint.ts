// Where a member of etcd listens.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface Endpoint {
  /** As it was given. */
  readonly url: string;
  readonly isTls: boolean;
  /** Without the brackets of IPv6. */
  readonly host: string;
  /** In gRPC's form. */
  readonly target: string;
}

/** `http(s)://host:port`. Throws a `RangeError` with one sentence. */
export function parseEndpoint(url: string): Endpoint {
  const { protocol, hostname, port, pathname } = URL.canParse(url) ? new URL(url) : NO_URL;
  const isTls = protocol === 'https:';
  if ((!isTls && protocol !== 'http:') || hostname === '' || pathname !== '/')
    throw new RangeError(`'${url}' is not an endpoint of etcd: http://host:port or https://host:port`);
  const authority = `${hostname}:${port === '' ? DEFAULT_PORT[protocol] : port}`;
  return { url, isTls, host: hostname.replace(/^\[|\]$/g, ''), target: `dns:///${authority}` };
}

const NO_URL = { protocol: '', hostname: '', port: '', pathname: '' };
/** URL leaves out a port that is the scheme's own. */
const DEFAULT_PORT = { 'http:': '80', 'https:': '443' };

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
// connect(2) to the unspecified address reaches this machine.
LOOPBACK.addAddress('0.0.0.0', 'ipv4');
LOOPBACK.addAddress('::', 'ipv6');

/** Whether that host is this machine by loopback: a proxy elsewhere would reach another. A name that cannot be resolved is not. */
export async function isLoopback(host: string): Promise<boolean> {
  if (isIP(host) !== 0) return isLoopbackAddress(host);
  if (/^(.+\.)?localhost\.?$/i.test(host)) return true; // RFC 6761 6.3
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.length > 0 && found.every(({ address }) => isLoopbackAddress(address));
}

function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
