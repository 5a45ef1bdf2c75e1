import t from 'tap';
import type { Addr } from 'ip';
import { appendFileSync } from 'node:fs';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { startCheckingServer as checkingServer, exchange } from '../../support/integrity/exchange.ts';
import { streamArrives } from '../../support/stream.ts';
t.setTimeout(600_000);
const lab = await testLab(t, { podsPerNode: 2 });
const say = (x: unknown): void => appendFileSync('build/svc.txt', JSON.stringify(x, (_, v) => typeof v === 'bigint' ? String(v) : v as unknown) + '\n');
const vips = { ipv4: '10.96.0.10' as Addr, ipv6: 'fd00:96::10' as Addr };
function write(backendsOf: (family: 'ipv4' | 'ipv6') => Addr[]): void {
  for (const node of lab.nodes) {
    const maps = openPinnedMaps(node.pinRoot);
    const [[key]] = [...maps.hd_endpoint.entries()] as any;
    const vni = key.vni;
    let id = 100;
    for (const family of ['ipv4', 'ipv6'] as const) for (const protocol of [6, 17]) for (const port of [7010, 7030]) {
      id++;
      backendsOf(family).forEach((addr, slot) => {
        maps.hd_backend_info.set({ serviceId: id, port, addr } as any, { condition: 1 } as any);
        maps.hd_backend.set({ backendSet: id, slot }, { addr, port } as any);
      });
      maps.hd_service.set({ vni, port, protocol, addr: vips[family] } as any, { id, backendSet: id, count: backendsOf(family).length, affinityS: 0 } as any);
      maps.hd_endpoint.set({ vni, addr: vips[family] } as any, { kind: 5, identity: [0, 0], nodeId: 1, ifindex: 0, podId: 0, mac: '00:00:00:00:00:00', flags: 0 } as any);
    }
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}
const client = podNamed(lab, 'n1-p1');
for (const name of ['n1-p2', 'n2-p1'])
  for (const family of ['ipv4', 'ipv6'] as const)
    t.test(`${name} ${family}`, async t => {
      const server = podNamed(lab, name);
      write(f => [addressOf(server, f)]);
      t.ok(await streamArrives(client.netns, server.netns, vips[family], 16), 'stream');
      const checking = await checkingServer(t, server);
      for (const protocol of ['tcp', 'udp'] as const) {
        const result = await exchange({ from: client, to: vips[family], protocol, maxDatagramBytes: 4000 }, checking);
        say({ name, family, protocol, result, });
      }
      const maps = openPinnedMaps(lab.nodes[0]!.pinRoot);
      say([...maps.hd_ct.entries()].length);
      say([...maps.hd_ct.entries(), ...maps.hd_ct_unassured.entries()].map(([k, v]) => [k.protocol, k.source, k.sourcePort, k.destination, k.destinationPort, v.flags, v.backend, v.frontend]));
    });
