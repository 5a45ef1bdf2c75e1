import t from 'tap';
import { decode } from '../../support/packet/decode.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { eth } from '../../support/packet/packet.ts';

const base = eth('02:00:00:00:00:01', '02:00:00:00:00:02');
const payload = 'x'.repeat(20);

t.test('IPv4 fragments carry the payload in order, the last without "more"', t => {
  const pieces = fragmentPacket(base.ipv4('10.0.0.1', '10.0.0.2').udp(1, 2, payload), 16);
  const layers = pieces.map(piece => decode(piece.bytes()));
  t.match(
    layers.map(([, ip]) => ip?.fields),
    [
      { fragmentOffset: 0, moreFragments: true, protocol: 17, totalLength: 36 },
      { fragmentOffset: 16, moreFragments: false, protocol: 17, totalLength: 32 },
    ],
  );
  t.match(layers[0]?.[2], { name: 'udp', fields: { sourcePort: 1, destinationPort: 2, length: 28 } });
  t.match(layers[1]?.[2], { name: 'data', fields: { bytes: '"xxxxxxxxxxxx"' } });
  t.end();
});

t.test('IPv6 fragments have their own header', t => {
  const pieces = fragmentPacket(base.ipv6('fd00::1', 'fd00::2').udp(1, 2, payload), 16, 77);
  const layers = pieces.map(piece => decode(piece.bytes()));
  t.match(
    layers.map(([, , fragment]) => fragment),
    [
      { name: 'fragment', fields: { id: 77, offset: 0, more: true, nextHeader: 17 } },
      { name: 'fragment', fields: { id: 77, offset: 16, more: false, nextHeader: 17 } },
    ],
  );
  t.end();
});

t.test('what is no IP packet cannot be cut', t => {
  t.throws(() => fragmentPacket(base.data('q'), 8), /only an IP packet/);
  t.end();
});
