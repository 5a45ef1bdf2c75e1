// Rows as the programs see them, byte by byte.
import { parseAddr, parseCidr, parseMac } from 'ip';
import t from 'tap';
import { RouteKind, type NodeConfig } from '../../../loader/abi/abi.gen.ts';
import { configVariables, mapCodecs } from '../../../loader/abi/codecs.ts';
import { routeKey } from '../../../loader/tables/route-key.ts';
import { CONNTRACK_TIMEOUTS } from '../../../loader/model/conntrack-timeouts.ts';

function hexOf<T>(
  codec: { size: number; encode(value: T, target: Uint8Array, offset: number): void },
  value: T,
) {
  const bytes = Buffer.alloc(codec.size, 0xee);
  codec.encode(value, bytes, 0);
  return bytes.toString('hex');
}

t.test('a route key has its vni in network order and IPv4 behind 96 bits', t => {
  const hex = hexOf(mapCodecs('hd_route').key, routeKey(7, parseCidr('10.1.0.0/24')));
  t.equal(hex, '98000000' + '00000007' + '00000000000000000000ffff0a010000');
  t.end();
});

t.test('an endpoint key has zeros where it pads', t => {
  const hex = hexOf(mapCodecs('hd_endpoint').key, { vni: 7, addr: parseAddr('fd00::1') });
  t.equal(hex, '07000000' + '00000000' + 'fd000000000000000000000000000001');
  t.end();
});

t.test('a route is read back as it was written', t => {
  const codec = mapCodecs('hd_route').value;
  const route = {
    ...{ kind: RouteKind.OVERLAY, flags: 0, mtu: 1450, nodeId: 3, ifindex: 4 },
    tunnel: parseAddr('192.0.2.1'),
    source: parseAddr('2001:db8::2'),
    nextHop: parseAddr('::'),
    vtepMac: parseMac('02:00:00:00:00:0a'),
  };
  const bytes = Buffer.alloc(codec.size);
  codec.encode(route, bytes, 0);
  t.strictSame(codec.decode(bytes, 0), route);
  t.end();
});

t.test('settings go by their C names', t => {
  const config: NodeConfig = {
    ...{ objectHash: 1n, ownNodeId: 2, clusterVni: 3, overlayIfindex: 5, vxlanPort: 4789 },
    ...{
      sourcePortMin: 1,
      sourcePortMax: 2,
      tunnelTtl: 64,
      decapL3Flags: 1,
      oldVerifierKeys: 0,
      forwardHook: 1,
    },
    ...{ kernelVxlan: 1, flowCache: 1, ctInsert: 1 },
    ...CONNTRACK_TIMEOUTS,
    overlayMac: parseMac('02:00:00:00:00:01'),
    gatewayMac: parseMac('02:00:00:00:00:02'),
  };
  t.match(configVariables(config), { object_hash: 1n, vxlan_port: 4789, overlay_mac: '02:00:00:00:00:01' });
  t.end();
});
