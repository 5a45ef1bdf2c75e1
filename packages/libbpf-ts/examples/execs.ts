// Programs as they are started, until it is interrupted: node execs.js
import { readRingBuffer } from 'libbpf-ts';
import { execCodec, loadExecs } from './execs.bpf.js';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

using object = loadExecs();
using link = object.program('at_exec').attach();
console.log(`watching: link ${link.id}`);
const options = { codec: execCodec, signal: stop.signal };
for await (const { pid, uid, command } of readRingBuffer(object.map('execs'), options)) {
  console.log(`${pid} of user ${uid}: ${command}`);
}
