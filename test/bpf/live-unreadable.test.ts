// What cannot be read, where it takes a real frame to come by: what the kernel has decapsulated, and what it forwards.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, MAC } from '../support/bpf/cluster.ts';
import { ip } from '../support/bpf/devices.ts';
import { openLive } from '../support/bpf/live.ts';
import { eth } from '../support/packet/packet.ts';
import { WAYS } from './tables/unreadable-ways.ts';
import { TUNNEL_VERDICT, tunnelRows, UNREADABLE } from './tables/unreadable.ts';

const live = await openLive([
  { hook: 'postrouting', ifindex: 0 },
  { hook: 'overlay_rx', ifindex: DEVICE.overlay },
]);
t.teardown(() => live[Symbol.dispose]());

/** A NIC without a program of ours leads there. */
ip(
  FAMILIES.flatMap(({ stranger }) => [
    `route add ${stranger} dev nic2`,
    `neighbour replace ${stranger} lladdr ${MAC.stranger} dev nic2 nud permanent`,
  ]),
);

for (const { hook, what: way, liveFrom, headed, verdict: wayVerdict } of WAYS)
  for (const { what, families, isNotForwarded, spoil, verdict } of UNREADABLE)
    for (const view of FAMILIES.filter(({ family }) => families.includes(family))) {
      if (liveFrom === undefined || isNotForwarded === true) continue;
      t.test(`${hook}: ${view.family}: ${way}: ${what}`, async t => {
        const { verdicts } = await live.send(liveFrom, [spoil(headed(view), view)], 1);
        t.same(verdicts, [`${hook} ${wayVerdict ?? verdict}`]);
      });
    }

for (const { name, sent } of UNREADABLE.flatMap(tunnelRows))
  t.test(`overlay_rx: ${name}, decapsulated by the kernel`, async t => {
    const [, ...rest] = sent.layers; // by the NIC that has no uplink_rx
    const { verdicts } = await live.send(
      'wire2',
      [eth(MAC.remoteUplink, MAC.nic2).with({ ...sent, layers: rest })],
      1,
    );
    t.same(verdicts, [`overlay_rx ${TUNNEL_VERDICT}`]);
  });
