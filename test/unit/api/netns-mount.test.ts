// Which mount the daemon's container lacks.
import t from 'tap';
import { namingMount } from '../../../loader/api/cni/netns-mount.ts';
import { HeddleError } from '../../../loader/errors.ts';

const MISSING = new HeddleError('NETNS_MISSING', 'it may have ended');
const messageFor = (netnsPath: string): string =>
  (namingMount(MISSING, { containerId: 'c1', netns: '/x', netnsPath, ifname: 'eth0', args: '' }) as Error)
    .message;

t.test('it is named where the plugin sees the namespace and the daemon does not', t => {
  t.match(
    messageFor('/run/netns-elsewhere/c1'),
    "mount /run/netns-elsewhere into heddled's container, with mountPropagation: HostToContainer",
  );
  t.match(messageFor('/proc/4194305/ns/net'), "set hostPID in heddled's pod");
  t.end();
});

t.test('any other reason is told as it is', t => {
  t.equal(messageFor(''), MISSING.message, 'the plugin does not see it either');
  t.equal(messageFor('/proc/self/ns/net'), MISSING.message, 'the daemon sees it, too');
  const other = new HeddleError('IO', 'x');
  t.equal(
    namingMount(other, { containerId: 'c1', netns: '/x', netnsPath: '/nowhere', ifname: '', args: '' }),
    other,
  );
  t.end();
});
