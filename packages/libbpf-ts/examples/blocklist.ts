// Drops what comes from some IPv4 prefixes, until it is interrupted: node blocklist.js DEVICE PREFIX...
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { loadBlocklist, type Prefix } from './blocklist.bpf.js';

const [device = '', ...prefixes] = process.argv.slice(2);
const ifindex = Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'));
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

function parsePrefix(text: string): Prefix {
  const [address = '', bits = '32'] = text.split('/');
  return { bits: Number(bits), address: Uint8Array.from(address.split('.').map(Number)) };
}

using object = loadBlocklist();
const blocked = object.map('blocked');
blocked.setBatch(prefixes.map(text => [parsePrefix(text), 0n] as const));

using link = object.program('filter').attachXdp({ ifindex });
console.log(`${device}: link ${link.id}`);
// A listener for signals does not keep Node alive; a timer does.
await setTimeout(2 ** 31 - 1, undefined, { signal: stop.signal }).catch(() => undefined);
for (const [{ bits, address }, packets] of blocked.entries()) {
  console.log(`${address.join('.')}/${bits}: dropped ${packets}`);
}
