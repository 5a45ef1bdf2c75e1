// Runs itself again as a process or a worker that leaves a ring buffer open.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import t from 'tap';
import { loadObject, RingBuffer } from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const self = fileURLToPath(import.meta.url);
const role = process.argv[2];

function openRingBuffer(): RingBuffer {
  const object = loadObject(objectSpec('hooks'), { name: 'hooks' });
  return new RingBuffer(object.map('t_events'), () => undefined);
}

function childEndsBy(childRole: 'referenced' | 'unreferenced', timeoutMs: number): number | string | null {
  const { status, signal } = spawnSync(process.execPath, [self, childRole], { timeout: timeoutMs });
  return status ?? signal;
}

if (role === 'referenced') openRingBuffer();
else if (role === 'unreferenced') openRingBuffer().unref();
else if (!isMainThread) {
  openRingBuffer();
  setImmediate(() => process.exit(7));
} else {
  t.test('an open ring buffer keeps the process, an unreferenced one does not', t => {
    t.equal(childEndsBy('unreferenced', 20_000), 0);
    t.equal(childEndsBy('referenced', 1_500), 'SIGTERM');
    t.end();
  });

  t.test('a worker may end with a ring buffer open', async t => {
    const worker = new Worker(self);
    const code = await new Promise(resolve => worker.once('exit', resolve));
    t.equal(code, 7);
  });
}
