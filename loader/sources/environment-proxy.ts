// The proxy that the environment names for a server: HTTPS_PROXY and NO_PROXY as Go programs read them, kubectl among them.
import { cidrContains, parseAddrSloppy, parseCidrSloppy, type Addr, type Cidr } from 'ip';

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = ['127.0.0.0/8', '::1/128'].flatMap(text => parseCidrSloppy(text) ?? []);

/** URL of the proxy for that https:// URL; absent: it is reached directly, as anything on loopback is. */
export function environmentProxy(url: string, environment: Environment): string | undefined {
  const proxy = setting(environment, 'HTTPS_PROXY');
  if (proxy === undefined) return undefined;
  const { hostname, port } = new URL(url);
  const server = { host: hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''), port: port || '443' };
  if (isLoopback(server.host)) return undefined;
  const isExcepted = (setting(environment, 'NO_PROXY') ?? '')
    .split(',')
    .some(entry => matches(entry, server));
  if (isExcepted) return undefined;
  return /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
}

export function isLoopback(host: string): boolean {
  const addr = parseAddrSloppy(host);
  return host === 'localhost' || (addr !== undefined && LOOPBACK.some(cidr => cidrContains(cidr, addr)));
}

/** Empty is the same as absent. */
function setting(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toLowerCase()] || undefined;
}

interface Server {
  readonly host: string;
  readonly port: string;
}

/** An entry is `*`, an address, a CIDR, or a domain: with a leading dot its subdomains alone. A port may follow. */
function matches(written: string, { host, port }: Server): boolean {
  const entry = written.trim().toLowerCase();
  if (entry === '' || entry === '*') return entry === '*';
  const addr = parseAddrSloppy(host);
  const cidr = entry.includes('/') ? parseCidrSloppy(entry) : undefined;
  if (cidr !== undefined) return addr !== undefined && isWithin(cidr, addr);
  const [, name = entry, onlyPort] = /^(.*):(\d+)$/.exec(parseAddrSloppy(entry) ? '' : entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const excepted = parseAddrSloppy(name.replace(/^\[(.*)\]$/, '$1'));
  if (excepted !== undefined) return excepted === addr;
  const domain = name.replace(/^\*\./, '.');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isWithin(cidr: Cidr, addr: Addr): boolean {
  return cidrContains(cidr, addr);
}
