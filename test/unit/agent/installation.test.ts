// Where things were put is known after a reboot, a restart, and by another build.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  formerInstallations,
  installationFile,
  writeInstallations,
  type Installation,
} from '../../../loader/agent/installation.ts';

function current(t: Test): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-installation-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return {
    ...{ bootId: 'boot-2', netns: 4026531840, nodeName: 'a', nftTable: 'heddle', overlayDevice: 'heddle0' },
    ...{ pinRoot: join(folder, 'pins'), stateDir: folder, runDir: join(folder, 'run'), manifests: '' },
    ...{
      socket: join(folder, 'run/heddled.sock'),
      binDir: '',
      confFile: '/etc/cni/net.d/10-heddle.conflist',
    },
  };
}

const FORMER = { confFile: '/etc/cni/net.d/05-heddle.conflist' };

// Kind: what proves that a record is ours changes with a boot or a build. Examples: the inode of the network namespace, a record
// of a build without the boot, one of a build with fewer fields beside it, one with more.
const OURS: Readonly<Record<string, object>> = {
  'of another boot, whose kernel has another inode for the namespace': {
    bootId: 'boot-1',
    netns: 4026532008,
  },
  'of this boot': {},
  'of a build that did not note the boot': { bootId: undefined },
  'of a build that notes more': { later: ['x'] },
};

for (const [title, change] of Object.entries(OURS))
  t.test(`a record ${title} is ours`, t => {
    const now = current(t);
    const records = [{ nodeName: 'a' }, { ...now, ...FORMER, ...change }];
    writeFileSync(installationFile(now.stateDir), JSON.stringify(records));
    t.strictSame(formerInstallations(now), [{ ...now, ...FORMER }]);
    t.end();
  });

t.test('a record without a boot is ours under a former name of the node, too', t => {
  const now = current(t);
  const former = { ...now, ...FORMER, bootId: '', nodeName: 'former' };
  writeInstallations(now.stateDir, [former, { ...former, netns: 1 }]);
  t.strictSame(formerInstallations(now), [{ ...former, bootId: now.bootId }]);
  t.end();
});

t.test('the present one is no former one, also after a reboot', t => {
  const now = current(t);
  writeInstallations(now.stateDir, [{ ...now, bootId: 'boot-1', netns: 1 }]);
  t.strictSame(formerInstallations(now), []);
  t.end();
});

t.test("another node's record is not ours", t => {
  const now = current(t);
  writeInstallations(now.stateDir, [
    { ...now, ...FORMER, netns: 1 },
    { ...now, ...FORMER, bootId: 'boot-1', nodeName: 'b' },
  ]);
  t.strictSame(formerInstallations(now), []);
  t.end();
});
