// A guest is ended for what it has used, not for what others have.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { limitCpu } from '../../kernels/cpu-limit.ts';

t.test('what uses more CPU time than it may is killed', async t => {
  const child = spawn(process.execPath, ['-e', 'for (;;);']);
  limitCpu(child, 0.1);
  t.strictSame(await once(child, 'exit'), [null, 'SIGKILL']);
});

t.test('what only takes long is not', async t => {
  const child = spawn('sleep', ['2.5']); // of the clock's seconds, more than it may use
  limitCpu(child, 1);
  t.strictSame(await once(child, 'exit'), [0, null]);
});
