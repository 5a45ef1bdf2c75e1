// TCP connections that a cgroup's processes open, until it is interrupted: node connections.js CGROUP
import { readRingBuffer } from 'libbpf-ts';
import { connectionCodec, loadConnections } from './connections.bpf.js';

const [cgroup = '/sys/fs/cgroup'] = process.argv.slice(2);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

using object = loadConnections();
using link = object.program('established').attachCgroup({ path: cgroup });
console.log(`${cgroup}: link ${link.id}`);

const options = { codec: connectionCodec, signal: stop.signal };
for await (const { address, port, rttUs } of readRingBuffer(object.map('connections'), options)) {
  const dotted = [24, 16, 8, 0].map(shift => (address >>> shift) & 0xff).join('.');
  console.log(`${dotted}:${port} after ${rttUs} us`);
}
console.log(`${object.variable('lost').get()} lost`);
