// flannel's files whose place nobody has named are the machine's: a node in another network namespace has none of them.
import '../../support/own-run.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { scratchNode } from './scratch-node.ts';

const FOLDERS = ['/run/flannel', '/var/lib/cni/networks', '/var/lib/cni/flannel'];
const FILES = ['/run/flannel/subnet.env', '/var/lib/cni/networks/cbr0/10.99.9.9', '/var/lib/cni/flannel/c1'];

t.test('remove-flannel leaves them alone', t => {
  const node = scratchNode(t);
  t.teardown(() => {
    for (const folder of FOLDERS) rmSync(folder, { recursive: true, force: true });
  });
  for (const file of FILES) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n');
  }
  const config = join(t.testdir(), 'heddled.yaml');
  writeFileSync(config, JSON.stringify({ nodeName: 'x' }));
  const words = ['--config', config, 'migrate', 'remove-flannel'];
  const argv = [`--net=${node.path}`, process.execPath, join(process.cwd(), 'build/heddlectl.mjs'), ...words];
  t.equal(execFileSync('nsenter', argv, { encoding: 'utf8' }), 'nothing of flannel is left here\n');
  for (const file of FILES) t.ok(existsSync(file), file);
  t.end();
});
