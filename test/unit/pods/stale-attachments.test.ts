// GC removes what its runtime does not name, also where only the device says whose an attachment is.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import type { Attachment } from '../../../loader/model/attachment.ts';
import { hostInterfaceName, recoveredKey } from '../../../loader/pods/host-interface.ts';
import { staleAttachments } from '../../../loader/pods/stale-attachments.ts';

function attachment(containerId: string, fields: Partial<Attachment> = {}): Attachment {
  const key = { containerId, ifname: 'eth0' };
  return {
    ...{ ...key, netns: `/run/netns/${containerId}`, hostInterface: hostInterfaceName(key) },
    ...{ podMac: parseMac('02:00:00:00:00:01'), addresses: [parseAddr('10.1.0.2')], podId: 1, mtu: 1450 },
    ...{ network: 'pods', bootId: 'b', createdAtMs: 0, phase: 'attached' },
    ...fields,
  };
}

/** As lost-attachments.ts makes it. */
function rebuilt(containerId: string): Attachment {
  const { network, ...rest } = attachment(containerId);
  t.equal(network, 'pods');
  return { ...rest, ...recoveredKey(rest.hostInterface), netns: '' };
}

const valid = [{ containerId: 'a', ifname: 'eth0' }];

function stale(attachments: readonly Attachment[]): string[] {
  return staleAttachments(attachments, 'pods', valid).map(({ hostInterface }) => hostInterface);
}

function device(containerId: string): string {
  return hostInterfaceName({ containerId, ifname: 'eth0' });
}

t.test('recorded ones by their key, within the network', t => {
  t.strictSame(stale([attachment('a'), attachment('b'), attachment('c', { network: 'other' })]), [
    device('b'),
  ]);
  t.end();
});

t.test('rebuilt ones by their device, if no other network is known', t => {
  t.strictSame(stale([rebuilt('a'), rebuilt('b')]), [device('b')]);
  t.strictSame(stale([rebuilt('b'), attachment('c', { network: 'other' })]), [], 'it may be the other one');
  t.end();
});

t.test("registered ones never: no runtime's GC knows them", t => {
  const { network, netns, ...registered } = attachment('r');
  t.ok(network !== undefined && netns !== undefined);
  t.strictSame(stale([registered]), []);
  t.end();
});
