// What can be read while no daemon runs.
import { execFileSync } from 'node:child_process';
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import { EndpointKind } from '../../../loader/abi/abi.gen.ts';
import { HOOK_NAMES } from '../../../loader/abi/hook-name.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { listPinnedPrograms } from '../../../loader/programs/pinned-programs.ts';
import { readMetrics } from '../../../loader/tables/metrics.ts';
import { ip, makeTestNode, openFdCount } from './test-node.ts';

/** Six of tc; two of netfilter, in both families. */
const LINKS = 12;
const node = makeTestNode('reading', undo => t.teardown(undo));

t.test('before the first start, reading says that nothing is there', t => {
  const before = openFdCount();
  t.throws(() => openPinnedMaps(node.pinRoot), {
    code: 'NOT_READY',
    message: /^hd_\w+ is not pinned under .*: heddled has not run there/,
  });
  t.strictSame(listPinnedLinks(node.pinRoot), []);
  t.strictSame(listPinnedPrograms(node.pinRoot), []);
  t.equal(openFdCount(), before);
  t.end();
});

t.test('rows that the daemon wrote are read from the pins', t => {
  const key = { vni: 1, addr: parseAddr('fd00::7') };
  const value = {
    ...{ kind: EndpointKind.REMOTE_POD, identity: [5, 5], nodeId: 2, ifindex: 0, podId: 0, flags: 0 },
    mac: parseMac('02:00:00:00:00:09'),
  };
  {
    using opened = node.open();
    opened.maps.hd_endpoint.set(key, value);
    opened.reconcileLinks(node.links);
  }
  const maps = openPinnedMaps(node.pinRoot);
  t.strictSame([...maps.hd_endpoint.entries()], [[key, value]]);
  for (const map of Object.values(maps)) map[Symbol.dispose]();
  t.end();
});

t.test('programs and links tell who they are', t => {
  const programs = listPinnedPrograms(node.pinRoot);
  t.equal(programs.length, HOOK_NAMES.length);
  t.ok(
    programs.every(({ tag, verifiedInstructions }) => /^[0-9a-f]{16}$/.test(tag) && verifiedInstructions > 0),
  );
  const ids = new Map(programs.map(({ hook, id }) => [hook, id]));
  const links = listPinnedLinks(node.pinRoot);
  t.equal(links.length, LINKS);
  t.ok(links.every(({ hook, programId }) => programId === ids.get(hook)));
  t.end();
});

t.test('packets that a pod sends are counted by verdict', t => {
  ip('link', 'set', node.pod.name, 'up');
  ip('link', 'set', `${node.pod.name}p`, 'address', '02:00:00:00:00:33', 'up');
  ip('address', 'add', '192.0.2.1/24', 'dev', `${node.pod.name}p`);
  ip('neigh', 'add', '192.0.2.2', 'lladdr', '02:00:00:00:00:44', 'dev', `${node.pod.name}p`);
  try {
    execFileSync('ping', ['-c', '1', '-W', '1', '192.0.2.2'], { stdio: 'ignore' });
  } catch {
    // nobody answers: the device belongs to no registered pod
  }
  const maps = openPinnedMaps(node.pinRoot);
  const row = readMetrics(maps.hd_metrics).find(({ verdict }) => verdict === 'DROP_IFACE_UNKNOWN');
  for (const map of Object.values(maps)) map[Symbol.dispose]();
  t.equal(row?.hook, 'pod_tx');
  t.ok((row?.packets ?? 0n) >= 1n && (row?.bytes ?? 0n) >= 98n, 'a ping of 98 bytes, and maybe more');
  t.end();
});
