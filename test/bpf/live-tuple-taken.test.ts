// Netfilter's SNAT has chosen a source port that a flow past netfilter has already: seen behind POST_ROUTING's SNAT alone.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, type View } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { translate } from '../support/bpf/nat.ts';
import type { Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';

const SERVICE_PORT = 80;
const BACKEND_PORT = 8_080;
/** What netfilter chooses for whoever asks the Service. */
const CHOSEN_PORT = 4_006;
const OPENS = { flags: 'SYN' } as const;

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.sibling },
  { hook: 'forward', ifindex: 0 },
  { hook: 'postrouting', ifindex: 0 },
]);
t.teardown(() => live[Symbol.dispose]());
translate(
  FAMILIES.map(view => ({
    ...{ view, to: service(view), port: SERVICE_PORT, protocol: 'tcp' },
    ...{ backend: view.sibling, backendPort: BACKEND_PORT, source: view.pod, sourcePort: CHOSEN_PORT },
  })),
);

function service(view: View): string {
  return view.family === 'ipv4' ? '203.0.113.10' : '2001:db8:f::10';
}

for (const view of FAMILIES) {
  const toService = (port: number): Packet => fromPod(view, service(view)).tcp(port, SERVICE_PORT, OPENS);

  t.test(
    `${view.family}: the port is another flow's, so the packet is dropped before it is answered to that`,
    async t => {
      live.fill({});
      const direct = fromPod(view, view.sibling).tcp(CHOSEN_PORT, BACKEND_PORT, OPENS);
      t.same((await live.send('pod', [direct], 1, 1)).verdicts, ['pod_tx REDIRECT_POD']);
      const { verdicts, frames } = await live.send('pod', [toService(5_000)], 3);
      t.same(verdicts, ['forward PASS_HOST_PATH', 'pod_tx PASS_HOST', 'postrouting DROP_TUPLE_TAKEN']);
      t.same(frames, []);
    },
  );

  t.test(`${view.family}: nobody has it`, async t => {
    live.fill({});
    const { verdicts, frames } = await live.send('pod', [toService(5_001)], 4, 1);
    t.same(verdicts, [
      'forward PASS_HOST_PATH',
      'pod_rx PASS_POD',
      'pod_tx PASS_HOST',
      'postrouting PASS_UNMANAGED',
    ]);
    t.same(
      frames.map(({ ifindex }) => ifindex),
      [FAR.sibling],
    );
  });
}
