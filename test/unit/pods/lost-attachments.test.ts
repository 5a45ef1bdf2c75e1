// A pod's attachment is rebuilt from what the kernel has of its device. The kind: what a file said of something that
// lives is lost, by a wiped disk, a damaged record, another state directory, or an older backup that was put back.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import { nameOfRest, splitAlias } from '../../../loader/network/long-alias.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { isLost, lostPods, type PodTraces } from '../../../loader/pods/lost-attachments.ts';
import { link, neighbour, route } from '../network/kernel-state.ts';

const [v4, v6] = [parseAddr('10.244.1.2'), parseAddr('fd00:244:0:1::2')];
const mac = parseMac('02:00:00:00:00:02');
const name = hostInterfaceName({ containerId: 'sandbox', ifname: 'eth0' });
const device = link({ index: 7, name, kind: 'veth', alias: 'heddle:pod shop/web', mtu: 1450 });
const rows = {
  endpoints: [
    { addr: v6, ifindex: 7 },
    { addr: v4, ifindex: 7 },
    { addr: parseAddr('10.244.2.2'), ifindex: 0 },
  ],
  ifaces: [{ ifindex: 7, podId: 3, mac }],
};
const routing = {
  routes: [route(`${v4}/32`, { nextHops: [{ index: 7, via: undefined, onLink: false }] })],
  neighbours: [neighbour(v4, mac, { index: 7 })],
};
const nothing = { routes: [], neighbours: [], endpoints: [], ifaces: [] };

function lost(given: Partial<PodTraces>) {
  return lostPods({ links: [device], names: new Map(), ...nothing, ...given });
}

t.test('from its rows: addresses of both families, MAC and pod id', t => {
  t.match(lost(rows), [
    {
      owner: 'pod shop/web',
      attachment: {
        ...{ hostInterface: name, podMac: mac, addresses: [v4, v6], podId: 3, mtu: 1450 },
        pod: { namespace: 'shop', name: 'web' },
      },
    },
  ]);
  t.end();
});

t.test('from routes and neighbours where the maps are gone, too: without a pod id', t => {
  const [pod] = lost(routing);
  t.match(pod?.attachment, { podMac: mac, addresses: [v4] });
  t.equal(pod?.attachment?.podId, undefined);
  t.end();
});

t.test('a device of which neither is left is nobody, and stays closed', t => {
  t.match(lost({}), [{ hostInterface: name, owner: 'pod shop/web', addresses: [], attachment: undefined }]);
  t.match(
    lost({ routes: routing.routes }),
    [{ addresses: [v4], attachment: undefined }],
    'its address is held',
  );
  t.end();
});

t.test('a container that is no pod keeps its key; a renamed device keeps the name that DEL computes', t => {
  const bare = { ...device, alias: 'heddle:container sandbox' };
  t.match(lost({ ...rows, links: [bare] })[0]?.attachment, { containerId: 'sandbox', ifname: 'eth0' });
  const renamed = { ...device, name: 'veth77' };
  const names = new Map([[7, name]]);
  t.match(lost({ ...rows, links: [renamed], names }), [{ hostInterface: name }]);
  t.notOk(isLost(renamed, names, new Set([name])), 'and its record is known by it');
  t.end();
});

t.test(
  'a device that its caller made has no alias: its row says that it is a pod, its addresses are held',
  t => {
    const registered = { ...device, name: 'own0', alias: undefined };
    t.strictSame(lost({ ...rows, links: [registered] }), [
      { hostInterface: 'own0', owner: 'the device own0', addresses: [v4, v6], attachment: undefined },
    ]);
    t.end();
  },
);

t.test("devices of others are nobody's: no alias, another one, the overlay's, no veth", t => {
  for (const given of [
    { alias: undefined },
    { alias: 'other:pod shop/web' },
    { alias: 'heddle:overlay' },
    { kind: 'bridge' },
  ])
    t.notOk(isLost({ ...device, ...given }, new Map(), new Set()), JSON.stringify(given));
  t.ok(isLost(device, new Map(), new Set()));
  t.end();
});

t.test('of names that are longer than an alias', t => {
  const pod = { namespace: 'n'.repeat(63), name: 'p'.repeat(253) };
  const { alias, rest = '' } = splitAlias(`heddle:pod ${pod.namespace}/${pod.name}`);
  const long = { ...device, alias, alternativeNames: ['other', nameOfRest(name, rest)] };
  t.match(lost({ ...rows, links: [long] }), [{ attachment: { pod } }]);
  t.end();
});
