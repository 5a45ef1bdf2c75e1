import t from 'tap';
import { describePacket, diffPackets } from '../../support/packet/diff.ts';
import { eth } from '../../support/packet/packet.ts';

const base = eth('02:00:00:00:00:01', '02:00:00:00:00:02');
const inner = base.ipv4('10.1.0.5', '10.2.0.5').udp(4000, 53, 'q');

t.test('equal packets do not differ', t => {
  t.same(diffPackets(inner.bytes(), inner.bytes()), []);
  t.end();
});

t.test('a difference names layer and field, not bytes', t => {
  const other = base.ipv4('10.1.0.5', '10.2.0.5', { ttl: 63 }).udp(4000, 54, 'q');
  t.same(diffPackets(inner.bytes(), other.bytes()), [
    'ipv4 ttl: want 64, got 63',
    'udp destinationPort: want 53, got 54',
  ]);
  t.end();
});

t.test('a header inside a tunnel is told from the one outside', t => {
  const around = (ttl: number) =>
    base
      .ipv4('192.0.2.1', '192.0.2.2')
      .udp(50_000, 4789)
      .vxlan(7, base.ipv4('10.1.0.5', '10.2.0.5', { ttl }));
  t.same(diffPackets(around(9).bytes(), around(8).bytes(), { ignore: ['udp sourcePort'] }), [
    'ipv4 2 ttl: want 9, got 8',
  ]);
  t.end();
});

t.test('an ignored field may be anything', t => {
  const other = base.ipv4('10.1.0.5', '10.2.0.5').udp(4001, 53, 'q');
  t.same(diffPackets(inner.bytes(), other.bytes(), { ignore: ['udp sourcePort'] }), []);
  t.end();
});

t.test('a layer too many or too few is shown whole', t => {
  const bareIp = base.ipv4('10.1.0.5', '10.2.0.5', { protocol: 17, totalLength: 29 });
  t.match(diffPackets(inner.bytes(), bareIp.bytes()), [/^udp: want sourcePort 4000.*, got none$/, /^data: /]);
  t.match(diffPackets(bareIp.bytes(), inner.bytes()), [/^udp: want none, got sourcePort 4000/, /^data: /]);
  t.end();
});

t.test('a packet is described on one line, long payloads cut', t => {
  const text = describePacket(base.ipv4('10.1.0.5', '10.2.0.5').udp(1, 2, 'y'.repeat(500)).bytes());
  t.match(text, /^ethernet\(.* \/ ipv4\(.* \/ udp\(.* \/ data\(bytes "y+… \(502 characters\)\)$/);
  t.end();
});
