// What a new pod asks for, what of earlier pods is in its way, and what it gets of what its container has already.
import type { Addr } from 'ip';
import t from 'tap';
import { Reservations } from '../../../loader/ipam/reservations.ts';
import type { Attachment } from '../../../loader/model/attachment.ts';
import { emptyCluster, type PodKey, type PodObject } from '../../../loader/model/objects.ts';
import { podMac } from '../../../loader/model/derived-macs.ts';
import { addressRequest, wantedAddresses } from '../../../loader/pods/address-request.ts';
import { attachmentDraft, podInterface } from '../../../loader/pods/attachment-draft.ts';
import { assertFirst } from '../../../loader/pods/first-interface.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { conflictsWith } from '../../../loader/pods/removal-conflicts.ts';
import { untilWithdrawn } from '../../../loader/pods/withdrawn-reservations.ts';

const [OURS, OTHER] = ['10.244.1.5', '10.244.1.6'] as Addr[] as [Addr, Addr];
const WEB = { namespace: 'shop', name: 'web-0' };

function attachment(part: Partial<Attachment> = {}): Attachment {
  return {
    ...{
      containerId: 'c1',
      ifname: 'eth0',
      netns: '/run/netns/a',
      hostInterface: 'hd1',
      podId: 1,
      mtu: 1450,
    },
    ...{ podMac: podMac('c1', 'eth0'), addresses: [OURS], bootId: 'b', createdAtMs: 0, phase: 'attached' },
    ...part,
  };
}

function clusterWith(addresses: readonly Addr[]) {
  const pod: PodObject = {
    ...{ ...WEB, labels: {}, hostNetwork: false, phase: 'Running' as const, addresses, ports: [] },
  };
  return { ...emptyCluster, pods: new Map<PodKey, PodObject>([['shop/web-0' as PodKey, pod]]) };
}

t.test(
  'a pod that goes is in the way by container, namespace, address, or where nothing is known of it',
  t => {
    const newcomer = { containerId: 'c2', netns: '/run/netns/b', addresses: [OTHER] };
    t.notOk(conflictsWith(attachment(), newcomer));
    t.ok(conflictsWith(attachment({ containerId: 'c2' }), newcomer));
    t.ok(conflictsWith(attachment({ netns: '/run/netns/b' }), newcomer));
    t.ok(conflictsWith(attachment({ addresses: [OURS, OTHER] }), newcomer));
    t.ok(conflictsWith(attachment({ netns: '' }), newcomer), 'it was rebuilt from its device');
    t.notOk(
      conflictsWith(attachment(), { containerId: 'c2', addresses: [] }),
      'registered pods have no namespace',
    );
    t.end();
  },
);

t.test('addresses asked for by value come before those that the object names', t => {
  const cluster = clusterWith([OURS]);
  const spec = { containerId: 'c2', pod: WEB, addresses: [] };
  t.strictSame(wantedAddresses(spec, cluster), [OURS]);
  t.strictSame(wantedAddresses({ ...spec, addresses: [OTHER] }, cluster), [OTHER]);
  t.strictSame(wantedAddresses({ containerId: 'c2', addresses: [] }, cluster), [], 'it is no pod');
  t.end();
});

t.test('a reservation that is in use is not waited for, and is told of others', t => {
  const cluster = clusterWith([OURS]);
  const reservations = new Reservations(() => cluster);
  const context = { cluster, reservations, attachments: [] as Attachment[], usedBy: () => undefined };
  const spec = { containerId: 'c2', pod: WEB, addresses: [] };
  const request = addressRequest(spec, context);
  t.strictSame(request.requested, [OURS]);
  t.equal(request.reservedFor(OURS), 'pod shop/web-0');
  t.equal(request.reservedFor(OTHER), undefined);
  const held = { ...context, attachments: [attachment({ pod: WEB })] };
  t.strictSame(addressRequest(spec, held).requested, [], 'its former sandbox has it');
  t.strictSame(addressRequest(spec, { ...context, usedBy: () => 'a route' }).requested, []);
  t.end();
});

t.test(
  'what is published of a pod that is gone is waited for until it is withdrawn, and not for ever',
  async t => {
    let owners: readonly string[] = ['pod shop/web-0'];
    setTimeout(() => (owners = []), 20);
    await untilWithdrawn(
      () => owners,
      () => [],
    );
    t.strictSame(owners, [], 'it was waited for');
    await untilWithdrawn(
      () => ['pod shop/web-0'],
      () => [attachment({ pod: WEB })],
    );
    await untilWithdrawn(
      () => ['pod shop/gone'],
      () => [],
    );
  },
);

t.test('an interface is made of what the caller asks for', t => {
  const spec = {
    ...{ containerId: 'c1', ifname: 'eth0', netns: '/run/netns/a', network: 'heddle' },
    addresses: [],
  };
  const draft = attachmentDraft({ ...spec, pod: WEB }, 1450);
  t.match(draft, {
    hostInterface: hostInterfaceName(spec),
    podMac: podMac('c1', 'eth0'),
    mtu: 1450,
    pod: WEB,
  });
  t.match(podInterface(attachment(), '/run/netns/a', 'n1'), { ifname: 'eth0', owner: 'container c1' });
  t.throws(() => podInterface(attachment(), '', 'n1'), { code: 'NETNS_MISSING' });
  t.end();
});

t.test('a container has one interface of ours', t => {
  const key = { containerId: 'c1', ifname: 'eth0' };
  assertFirst(key, undefined, [attachment({ containerId: 'c2' })]);
  t.throws(() => assertFirst(key, attachment(), []), { code: 'ENDPOINT_EXISTS' });
  t.throws(() => assertFirst({ ...key, ifname: 'net1' }, undefined, [attachment()]), {
    code: 'INVALID_REQUEST',
  });
  t.end();
});
