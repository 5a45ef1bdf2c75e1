import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { bootClockMs } from '../../../loader/async/boot-clock.ts';
import { ownerName } from '../../../loader/ipam/owner-name.ts';
import { Reservations } from '../../../loader/ipam/reservations.ts';
import { podKey, type PodObject } from '../../../loader/model/objects.ts';
import { draft, opened, SMALL, temporaryDirectory, requesting } from './request.ts';

const files = (directory: string, folder: string): string[] => readdirSync(join(directory, folder));

t.test('an attachment is completely on disk when allocate returns', t => {
  const directory = temporaryDirectory(t);
  const pod = { namespace: 'shop', name: 'web', uid: 'u-1' };
  const ipam = opened({ directory });
  const attachment = ipam.allocate(draft('c1', { pod }), requesting());
  const { createdAtMs } = attachment;
  t.ok(Math.abs(createdAtMs - Date.now()) < 60_000, 'a time for people');
  t.strictSame(attachment, {
    ...draft('c1', { pod }),
    addresses: ['10.1.0.2', 'fd00:1::2'],
    podId: 1,
    bootId: 'boot-1',
    createdAtMs,
    phase: 'allocated',
  });
  const again = opened({ directory });
  t.equal(again.attachments.size, 1);
  t.strictSame(again.get({ containerId: 'c1', ifname: 'eth0' }), attachment);
  t.equal(again.get({ containerId: 'c1', ifname: 'eth1' }), undefined);
  t.end();
});

t.test('a second attachment of one container and interface is refused', t => {
  const ipam = opened({ directory: temporaryDirectory(t) });
  ipam.allocate(draft('c1'), requesting());
  t.throws(() => ipam.allocate(draft('c1'), requesting()), {
    code: 'ENDPOINT_EXISTS',
    message: 'container c1 has an interface eth0 already',
  });
  t.equal(ipam.allocate(draft('c1', { ifname: 'net1' }), requesting()).podId, 2);
  t.end();
});

t.test('a change of phase is on disk', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  ipam.allocate(draft('c1'), requesting());
  ipam.attach(draft('c1'));
  t.equal(opened({ directory }).get(draft('c1'))?.phase, 'attached');
  t.equal(ipam.attached.length, 1);
  ipam.withdraw(draft('c1'));
  t.equal(opened({ directory }).get(draft('c1'))?.phase, 'allocated');
  t.equal(ipam.attached.length, 0);
  t.equal(ipam.attachments.size, 1, 'its addresses are still in use');
  t.throws(() => ipam.attach(draft('c2')), {
    code: 'ENDPOINT_MISSING',
    message: 'container c2 has no interface eth0',
  });
  t.end();
});

t.test(
  'a released attachment is removed, and the cooldown of its addresses and pod id spans a restart',
  t => {
    const directory = temporaryDirectory(t);
    const ipam = opened({ directory }, SMALL);
    const first = ipam.allocate(draft('c1'), requesting());
    t.strictSame(ipam.release(draft('c1')), first);
    t.equal(ipam.release(draft('c1')), undefined);
    const again = opened({ directory }, SMALL);
    t.equal(again.attachments.size, 0);
    const next = again.allocate(draft('c2'), requesting());
    t.strictSame(next.addresses, ['10.1.0.3']);
    t.equal(next.podId, 2);
    t.end();
  },
);

t.test('after its cooldown a pod id is allocated again, and the next release deletes its file', t => {
  const directory = temporaryDirectory(t);
  let nowMs = 0;
  const options = { directory, reuseDelayMs: 1_000, now: () => nowMs };
  const ipam = opened(options);
  ipam.allocate(draft('c1'), requesting());
  ipam.release(draft('c1'));
  t.equal(files(directory, 'cooldown').length, 1);
  nowMs = 999;
  t.equal(ipam.allocate(draft('c2'), requesting()).podId, 2);
  nowMs = 1_000;
  t.equal(ipam.allocate(draft('c3'), requesting()).podId, 1);
  t.equal(files(directory, 'cooldown').length, 1);
  const again = opened(options);
  t.equal(again.allocate(draft('c4'), requesting()).podId, 3, 'a restart does not allocate it a second time');
  ipam.release(draft('c2'));
  t.match(files(directory, 'cooldown'), [/^1000-2-/]);
  t.end();
});

t.test('a release that a clock ahead of this one has stamped rests from now on, and not for ever', t => {
  const stamps = { 'the wall clock of 0.1': Date.now(), 'a longer boot before this one': 9_000_000 };
  for (const [what, releasedAtMs] of Object.entries(stamps)) {
    const directory = temporaryDirectory(t);
    const before = opened({ directory, now: () => releasedAtMs });
    before.allocate(draft('c1'), requesting());
    before.release(draft('c1'));
    let nowMs = 5_000;
    const after = opened({ directory, reuseDelayMs: 1_000, now: () => nowMs });
    t.equal(after.allocate(draft('c2'), requesting()).podId, 2, `${what}: not at once`);
    nowMs = 6_000;
    t.equal(after.allocate(draft('c3'), requesting()).podId, 1, `${what}: after the delay`);
  }
  t.end();
});

t.test('without a clock of the caller a cooldown counts by the boot clock', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  ipam.allocate(draft('c1'), requesting());
  const [earliest] = [bootClockMs()];
  ipam.release(draft('c1'));
  const stamp = Number(/^\d+/.exec(files(directory, 'cooldown')[0] ?? '')?.[0]);
  t.ok(stamp >= earliest && stamp <= bootClockMs(), `${stamp}`);
  t.end();
});

t.test('an address allocated during its cooldown is in use after a restart', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory }, SMALL);
  for (let i = 0; i < 5; i++) ipam.allocate(draft(`c${i}`), requesting());
  ipam.release(draft('c2'));
  t.strictSame(ipam.allocate(draft('late'), requesting()).addresses, ['10.1.0.4']);
  const again = opened({ directory }, SMALL);
  t.throws(() => again.allocate(draft('more'), requesting()), { code: 'ADDRESS_EXHAUSTED' });
  t.end();
});

t.test('a container that is added again has a record of its own beside the one in cooldown', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  ipam.allocate(draft('c1'), requesting());
  ipam.release(draft('c1'));
  const second = ipam.allocate(draft('c1'), requesting());
  t.strictSame(second.addresses, ['10.1.0.3', 'fd00:1::3']);
  ipam.release(draft('c1'));
  t.equal(files(directory, 'cooldown').length, 2);
  t.strictSame(opened({ directory }).allocate(draft('c2'), requesting()).addresses, [
    '10.1.0.4',
    'fd00:1::4',
  ]);
  t.end();
});

// Kind: a path is taken for what it led to before a reboot. Examples: a namespace's file that was left without its mount,
// /proc/PID of another process, a namespace made anew under the name, and no path at all.
t.test(
  'after a reboot attachments without a device are released, whatever is at the paths of their namespaces',
  t => {
    const directory = temporaryDirectory(t);
    const ipam = opened({ directory });
    const left = {
      file: join(directory, 'attachments'),
      process: '/proc/1/ns/net',
      anew: '/proc/self/ns/net',
    };
    for (const [id, netns] of Object.entries(left)) ipam.allocate(draft(id, { netns }), requesting());
    for (const id of ['gone', 'kept']) ipam.allocate(draft(id), requesting());
    const { netns, ...registered } = draft('registered');
    t.equal(ipam.allocate(registered, requesting()).netns, undefined, `without ${netns}`);
    const deviceExists = (name: string): boolean => name === 'hdkept';
    t.equal(opened({ directory, deviceExists }).attachments.size, 6, 'within one boot only DEL releases');
    const again = opened({ directory, deviceExists, bootId: 'boot-2' });
    t.strictSame(
      [...again.attachments.values()].map(({ containerId }) => containerId),
      ['kept'],
    );
    t.strictSame(again.dropped.map(({ containerId }) => containerId).sort(), [
      'anew',
      'file',
      'gone',
      'process',
      'registered',
    ]);
    t.strictSame(opened({ directory, deviceExists, bootId: 'boot-2' }).dropped, []);
    t.end();
  },
);

t.test('owners and reservations use the same names', t => {
  const pod: PodObject = {
    namespace: 'shop',
    name: 'web',
    labels: {},
    hostNetwork: false,
    phase: 'Pending',
    addresses: [parseAddr('10.1.0.9')],
    ports: [],
  };
  const pods = new Map([pod, { ...pod, name: 'api' }].map(each => [podKey(each), each]));
  pods.set(podKey({ namespace: 'x', name: 'host' }), {
    ...pod,
    name: 'host',
    hostNetwork: true,
    addresses: [parseAddr('10.1.0.8')],
  });
  pods.set(podKey({ namespace: 'x', name: 'done' }), {
    ...pod,
    phase: 'Failed',
    addresses: [parseAddr('10.1.0.7')],
  });
  const reservations = new Reservations(() => ({ pods }));
  t.equal(reservations.get(parseAddr('10.1.0.9')), 'pod shop/api');
  t.strictSame(reservations.within([parseCidr('10.1.0.0/24')]), ['pod shop/api'], 'no other');
  t.equal(ownerName({ containerId: 'c', pod: { namespace: 'shop', name: 'api' } }), 'pod shop/api');
  t.equal(ownerName({ containerId: 'c' }), 'container c');
  t.end();
});
