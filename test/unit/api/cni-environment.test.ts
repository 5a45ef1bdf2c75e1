// Names from the environment: the specification's rules, at their edges.
import fc from 'fast-check';
import t from 'tap';
import { netnsIfAny, parseAttachmentKey, requiredNetns } from '../../../loader/api/cni/environment.ts';

const GOOD = { containerId: 'c1', netns: '/run/netns/c1', ifname: 'eth0', args: '' };

function isAccepted(change: Partial<typeof GOOD>): boolean {
  try {
    parseAttachmentKey({ ...GOOD, ...change });
    return true;
  } catch {
    return false;
  }
}

t.test('a container id is taken if and only if the specification has it so', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 12 }), containerId => {
      const isRight = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(containerId);
      return isAccepted({ containerId }) === isRight;
    }),
    { numRuns: 2_000 },
  );
  t.ok(isAccepted({ containerId: 'a'.repeat(128) }));
  t.notOk(isAccepted({ containerId: 'a'.repeat(129) }));
  t.end();
});

t.test('an interface name is taken if and only if the kernel would take it as it is', t => {
  const unit = fc.constantFrom('a', '0', '.', '-', '_', '/', ':', ' ', '\t', '\n', '%', 'é', '\0', '🦊');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 18 }), ifname => {
      const isRight =
        ifname !== '' &&
        Buffer.byteLength(ifname) <= 15 &&
        !['.', '..'].includes(ifname) &&
        !Array.from('/: \t\n%\0').some(forbidden => ifname.includes(forbidden));
      return isAccepted({ ifname }) === isRight;
    }),
    { numRuns: 2_000 },
  );
  t.pass('for any name');
  t.end();
});

t.test('a namespace is an absolute path, and DEL can do without', t => {
  for (const path of ['/run/netns/c1', '/proc/1/ns/net'])
    t.strictSame(requiredNetns({ ...GOOD, netns: path }), { netns: path });
  t.strictSame(requiredNetns({ ...GOOD, netns: '/var/run/netns/c1', netnsPath: '/run/netns/c1' }), {
    netns: '/run/netns/c1',
    sandbox: '/var/run/netns/c1',
  });
  for (const netns of ['', 'c1', './c1', '/a\0b', `/${'x'.repeat(4_095)}`]) {
    t.throws(() => requiredNetns({ ...GOOD, netns }), { code: 4, message: /^CNI_NETNS / });
    t.strictSame(netnsIfAny({ ...GOOD, netns }), {});
  }
  t.strictSame(netnsIfAny(GOOD), { netns: '/run/netns/c1' });
  t.end();
});
