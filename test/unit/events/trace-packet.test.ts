// The packet of a trace reads, to an independent decoder, as what was asked for, and ends with the nonce.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import {
  ethernetFrame,
  tracedIpPacket,
  vxlanPacket,
  type TraceProtocol,
} from '../../../loader/events/trace-packet.ts';
import { describePacket } from '../../support/packet/diff.ts';

const nonce = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);
const ends = {
  ipv4: { source: parseAddr('10.1.0.7'), destination: parseAddr('10.2.0.8') },
  ipv6: { source: parseAddr('fd00:1::7'), destination: parseAddr('fd00:2::8') },
} as const;
const [gateway, pod] = [parseMac('02:00:00:00:00:01'), parseMac('02:00:00:00:03:0a')];

for (const family of ['ipv4', 'ipv6'] as const)
  for (const protocol of ['tcp', 'udp', 'sctp', 'icmp'] as const satisfies readonly TraceProtocol[])
    t.test(`${protocol} over ${family}`, t => {
      const ip = tracedIpPacket({ ...ends[family], protocol, sourcePort: 40_000, port: 80, nonce });
      const text = JSON.stringify(describePacket(ethernetFrame(gateway, pod, ip)));
      for (const word of [gateway, pod, ends[family].source, ends[family].destination, '40000'])
        t.match(text, word, `${text} has ${word}`);
      if (protocol !== 'icmp') t.match(text, '80');
      t.same(ip.subarray(-16), Buffer.from(nonce), 'the last bytes are the nonce');
      const length = family === 'ipv4' ? ip.readUInt16BE(2) : ip.readUInt16BE(4) + 40;
      t.equal(length, ip.length, 'the IP header knows its length');
      t.end();
    });

t.test('the checksum of IPv4 adds up', t => {
  const ip = tracedIpPacket({ ...ends.ipv4, protocol: 'udp', sourcePort: 1, port: 2, nonce });
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += ip.readUInt16BE(at);
  t.equal((sum & 0xffff) + (sum >>> 16), 0xffff);
  t.end();
});

t.test('a tunnel packet wraps the inner frame', t => {
  const inner = ethernetFrame(
    gateway,
    pod,
    tracedIpPacket({ ...ends.ipv6, protocol: 'tcp', sourcePort: 40_000, port: 80, nonce }),
  );
  const outer = vxlanPacket({ ...ends.ipv4, vni: 7, port: 4789 }, inner);
  t.same(outer.subarray(-inner.length), inner);
  t.equal(outer.readUInt16BE(22), 4789, 'UDP port');
  t.equal(outer.readUInt16BE(24), outer.length - 20, 'UDP length');
  t.equal(outer.readUInt32BE(32) >>> 8, 7, 'VNI');
  t.end();
});
