// What this node takes in by a device that has no program of ours: an address of the node, or of its pod, is forged there.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { FAMILIES, IPV6, MAC } from '../support/bpf/cluster.ts';
import { openLive } from '../support/bpf/live.ts';
import { eth } from '../support/packet/packet.ts';

const live = await openLive([{ hook: 'input', ifindex: 0 }]);
t.teardown(() => live[Symbol.dispose]());

for (const view of FAMILIES)
  t.test(`${view.family}: a pod's source that comes in by another NIC is dropped`, async t => {
    const forged = eth(MAC.stranger, MAC.nic2).ip(view.pod, view.own).udp(4000, 53, 'forged');
    const { verdicts } = await live.send('wire2', [forged], 1);
    t.same(verdicts, ['input DROP_NATIVE_DEVICE']);
  });

for (const view of FAMILIES)
  t.test(`${view.family}: a remote pod's is, too, whether its route is a tunnel or direct`, async t => {
    const forged = (source: string) =>
      eth(MAC.stranger, MAC.nic2).ip(source, view.own).udp(4000, 53, 'forged');
    const { verdicts } = await live.send('wire2', [forged(view.remotePod), forged(view.directPod)], 2);
    t.same(verdicts, ['input DROP_NATIVE_DEVICE', 'input DROP_NATIVE_SOURCE']);
  });

// Of IPv4 the stack itself drops it, as a martian.
t.test("ipv6: this node's own source is, too", async t => {
  const forged = eth(MAC.stranger, MAC.nic2).ip(IPV6.host, IPV6.own).udp(4000, 53, 'forged');
  const { verdicts } = await live.send('wire2', [forged], 1);
  t.same(verdicts, ['input DROP_NATIVE_SOURCE']);
});
