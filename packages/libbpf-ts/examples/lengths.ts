// Packets of a device by length, for some seconds or until it is interrupted: node lengths.js [DEVICE [SECONDS]]
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { loadLengths } from './lengths.bpf.js';

const [device = 'lo', seconds = '1'] = process.argv.slice(2);
const ifindex = Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'));
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

using object = loadLengths({ variables: { longest: 9000 } });
const lengths = object.map('lengths');

// A dry run: over a packet of our own, without a device.
const { returnValue, durationNs } = object
  .program('count')
  .testRun({ data: new Uint8Array(60), repeat: 1000 });
console.log(`returned ${returnValue}, ${durationNs} ns a packet, counted ${lengths.get({ length: 60 })}`);
lengths.delete({ length: 60 });

using link = object.program('count').attachTcx({ ifindex, direction: 'ingress' });
console.log(`attached to ${device} as link ${link.id}`);
await setTimeout(Number(seconds) * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
for (const [{ length }, packets] of lengths.entries()) console.log(`${length} bytes: ${packets}`);
