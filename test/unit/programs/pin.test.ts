// Names of pins, and what is read back from them.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import {
  linkPin,
  linkPins,
  mapPin,
  movePin,
  nextPin,
  pinnedHooks,
  programPin,
  removePin,
  removePinTree,
  unfinishedPins,
  type LinkPlace,
} from '../../../loader/programs/pin.ts';

const root = mkdtempSync(join(tmpdir(), 'heddle-pins-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

function touch(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
}

t.test('a path has no dot, which a BPF filesystem refuses', t => {
  const path = linkPin('/root', { hook: 'uplink_rx', device: 'eth0.100' });
  t.equal(path, '/root/links/eth0:100/uplink_rx');
  t.notMatch(nextPin(mapPin('/root', 'hd_route')), /\./);
  t.end();
});

t.test('every link pin is found again with its place', t => {
  const places: LinkPlace[] = [
    { hook: 'uplink_rx', device: 'eth0.100' },
    { hook: 'uplink_xdp', device: 'eth0.100', mode: 'generic' },
    { hook: 'pod_tx', device: 'hd0123456789a' },
    { hook: 'forward', netns: 4026531840, family: 'ipv6' },
  ];
  for (const place of places) touch(linkPin(root, place));
  const found = linkPins(root).map(({ place }) => place);
  t.strictSame(
    new Set(found.map(place => JSON.stringify(place))),
    new Set(places.map(place => JSON.stringify(place))),
  );
  t.end();
});

t.test('what nobody of ours pinned is passed over', t => {
  const before = linkPins(root).length;
  touch(join(root, 'links', 'eth9', 'someone'));
  touch(join(root, 'links', 'eth9', 'pod_tx:fast'));
  touch(join(root, 'programs', 'someone'));
  touch(programPin(root, 'pod_tx'));
  t.equal(linkPins(root).length, before);
  t.strictSame(pinnedHooks(root), ['pod_tx']);
  t.end();
});

t.test('replacements that never came into force are found, of maps, programs and links', t => {
  const unfinished = [
    nextPin(mapPin(root, 'hd_route')),
    nextPin(programPin(root, 'pod_rx')),
    nextPin(linkPin(root, { hook: 'pod_rx', device: 'hd1' })),
  ];
  for (const path of unfinished) touch(path);
  t.strictSame(unfinishedPins(root), unfinished);
  t.end();
});

t.test('a pin that moves takes its empty folder along', t => {
  const from = linkPin(root, { hook: 'pod_rx', device: 'old' });
  const to = linkPin(root, { hook: 'pod_rx', device: 'new' });
  touch(from);
  movePin(from, to);
  t.notOk(readdirSync(join(root, 'links')).includes('old'));
  t.ok(removePin(to), 'it can be removed by its new name');
  t.notOk(removePin(to), 'and only once');
  t.end();
});

t.test('removing the tree leaves what is not ours', t => {
  touch(join(root, 'foreign'));
  t.ok(removePinTree(root) > 0);
  t.strictSame(readdirSync(root), ['foreign']);
  t.equal(removePinTree(join(root, 'nowhere')), 0, 'a root that does not exist has no pins');
  t.end();
});
