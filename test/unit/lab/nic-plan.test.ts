// What NIC profiles make of a lab's plan.
import t from 'tap';
import { DEFAULT_NIC } from '../../../lab/nic-profile.ts';
import { DEFAULT_OPTIONS, planLab, type LabOptions } from '../../../lab/plan.ts';

function nodesOf(nic: readonly string[], options: Partial<LabOptions> = {}) {
  return planLab({ ...DEFAULT_OPTIONS, ...options, nic }).nodes;
}

t.test('without a word, uplinks have GRO and nothing more', t => {
  for (const node of nodesOf([])) {
    t.strictSame(node.nic, DEFAULT_NIC);
    t.strictSame([node.secondAddresses, node.secondNicAddresses, node.vips], [[], [], []]);
  }
  t.end();
});

t.test('where any path harms frames, every sender cuts and sums in software', t => {
  for (const profile of ['corrupt', 'drop', 'duplicate', 'reorder'])
    t.match(
      nodesOf([`${profile}@n2`]).map(node => node.nic),
      [
        { tso: false, txChecksum: false, gro: true },
        { tso: false, txChecksum: false, gro: true },
      ],
    );
  t.match(
    nodesOf(['vlan0']).map(node => node.nic),
    [{ tso: true, txChecksum: true }, { tso: true }],
  );
  t.end();
});

t.test('more addresses are of the families of the underlay', t => {
  const nic = ['second-address', 'second-nic@n2', 'vip'];
  t.match(nodesOf(nic, { underlay: 'routed' }), [
    {
      secondAddresses: ['172.16.1.11', 'fd00:172:16:1::b'],
      secondNicAddresses: [],
      vips: ['198.18.0.1', 'fd00:198::1'],
    },
    {
      secondAddresses: ['172.16.2.12', 'fd00:172:16:2::c'],
      secondNicAddresses: ['172.17.0.12', 'fd00:172:17::c'],
      vips: ['198.18.0.2', 'fd00:198::2'],
    },
  ]);
  t.match(nodesOf(nic, { underlayFamilies: 'ipv6' }), [{ vips: ['fd00:198::1'] }, {}]);
  t.end();
});

t.test('addresses of the largest lab are all different', t => {
  const all = nodesOf(['second-address', 'second-nic', 'vip'], { nodes: 200 }).flatMap(node => [
    ...node.addresses,
    ...node.secondAddresses,
    ...node.secondNicAddresses,
    ...node.vips,
  ]);
  t.equal(new Set(all).size, 200 * 8);
  t.end();
});

t.test('profiles that the underlay cannot have are refused in one sentence', t => {
  t.throws(() => nodesOf(['corrupt'], { underlay: 'cable' }), {
    message: '--nic corrupt needs a switch between the nodes, which --underlay cable has not',
  });
  for (const underlay of ['flat', 'cable'] as const)
    t.throws(() => nodesOf(['no-gro', 'small-mtu'], { underlay }), {
      message:
        '--nic no-gro,small-mtu needs a router between the nodes: use --underlay routed or --underlay paired',
    });
  t.throws(() => nodesOf(['silent-mtu@n1', 'fragment@n2'], { underlay: 'routed' }), {
    message: '--nic small-mtu, silent-mtu and fragment exclude each other: all nodes have one router',
  });
  t.throws(() => nodesOf(['vip@n3']), { message: '--nic vip@n3: the lab has no node n3, only n1, n2' });
  t.doesNotThrow(() => nodesOf(['no-gro', 'no-tso@n2', 'second-address'], { underlay: 'cable' }));
  t.end();
});
