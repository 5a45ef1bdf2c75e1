import fc from 'fast-check';
import t, { type Test } from 'tap';
import { addressBytes, addressText } from '../../support/packet/address.ts';
import { decode } from '../../support/packet/decode.ts';
import { encode } from '../../support/packet/encode.ts';
import { NA_FLAG, ND_TYPE } from '../../support/packet/neighbour-message.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';

const [A, B] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const port = fc.nat(0xffff);
const payload = fc.uint8Array({ maxLength: 40 });
const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(addressText);
const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(addressText);
const tos = { dscp: fc.nat(63), ecn: fc.nat(3) };
const ipv4 = fc
  .record({ s: v4, d: v4, o: fc.record({ ttl: fc.nat(255), id: port, dontFragment: fc.boolean(), ...tos }) })
  .map(({ s, d, o }) => eth(A, B).ipv4(s, d, o));
const ipv6 = fc
  .record({ s: v6, d: v6, o: fc.record({ hopLimit: fc.nat(255), flowLabel: fc.nat(0xfffff), ...tos }) })
  .map(({ s, d, o }) => eth(A, B).ipv6(s, d, o));
const ipv6Extended = ipv6.map(packet => packet.extension('hop-by-hop').extension('destination-options'));
const ip = fc.oneof(ipv4, ipv6, ipv6Extended);

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.tuple(ip, port, port, payload).map(([p, a, b, data]) => p.udp(a, b === 4789 ? 0 : b, data)),
  fc.tuple(ip, port, port, payload).map(([p, a, b, data]) => p.tcp(a, b, { flags: 'SYN ACK' }, data)),
  fc.tuple(ip, port, port, payload).map(([p, a, b, data]) => p.sctp(a, b, data)),
  fc.tuple(ip, port).map(([p, id]) => p.echo(id)),
  fc.tuple(ipv4, fc.nat(0xffffff), ip).map(([p, vni, inner]) => p.udp(1, 4789).vxlan(vni, inner.udp(5, 6))),
);

t.test('what was decoded encodes to the same bytes, and the same again', t => {
  check(
    t,
    fc.property(packet, built => {
      const bytes = built.bytes();
      return encode(decode(bytes)).equals(bytes);
    }),
  );
  t.end();
});

t.test('every field that was given is found again, and every sum is right', t => {
  check(
    t,
    fc.property(packet, built => {
      const found = decode(built.bytes());
      return built.layers.every(({ name, fields }, index) => {
        const got: Partial<Record<string, unknown>> = { ...found[index]?.fields };
        const right = got['checksum'] === undefined || got['checksum'] === 'correct';
        return found[index]?.name === name && right && Object.entries(fields).every(([k, v]) => got[k] === v);
      });
    }),
  );
  t.end();
});

t.test('any bytes decode without an exception', t => {
  check(
    t,
    fc.property(fc.uint8Array({ maxLength: 120 }), bytes => {
      decode(bytes);
    }),
  );
  t.end();
});

t.test('a packet cut at any byte decodes without an exception', t => {
  const whole = eth(A, B).ipv6('fd00::1', 'fd00::2').extension('routing').tcp(1, 2, {}, 'q').bytes();
  for (let length = 0; length <= whole.length; length++)
    t.doesNotThrow(() => decode(whole.subarray(0, length)));
  t.end();
});

t.test('addresses survive the way to bytes and back in their shortest form', t => {
  check(
    t,
    fc.property(fc.oneof(v4, v6), text => addressText(addressBytes(text)) === text),
  );
  t.equal(addressText(addressBytes('fd00:0:0:1:0:0:0:5')), 'fd00:0:0:1::5');
  t.equal(addressText(addressBytes('::')), '::');
  t.end();
});

t.test('link messages keep their addresses and options', t => {
  const built = [
    eth(A, B).arp('request', { senderMac: A, senderIp: '10.0.0.1', targetMac: B, targetIp: '10.0.0.2' }),
    neighbour(ND_TYPE.routerSolicitation, { sourceMac: A }),
    neighbour(ND_TYPE.neighbourSolicitation, { target: 'fe80::1', sourceMac: A }),
    neighbour(ND_TYPE.neighbourAdvertisement, { target: 'fe80::1', targetMac: A }, NA_FLAG.solicited),
    neighbour(ND_TYPE.redirect, { target: 'fe80::1', destination: 'fd00::9', targetMac: B }),
    neighbour(ND_TYPE.routerAdvertisement, { body: '00'.repeat(8), sourceMac: A }),
  ];
  for (const one of built) {
    const found = decode(one.bytes());
    t.match(found, one.layers);
    t.same(encode(found), one.bytes());
  }
  t.end();
});

t.test('an ICMP error carries the packet it is about', t => {
  const cause = bare().ipv4('10.0.0.1', '10.0.0.2', { ttl: 1 }).udp(7, 8, 'q');
  const error = eth(A, B).ipv4('10.0.0.9', '10.0.0.1').icmp({ type: 11 }).with(cause);
  t.match(decode(error.bytes()).slice(3), cause.layers);
  t.end();
});

function neighbour(type: number, message: object, rest = 0): Packet {
  return eth(A, B).ipv6('fe80::2', 'ff02::1', { hopLimit: 255 }).neighbour({ type, rest }, message);
}

function check<Values>(t: Test, property: fc.IProperty<Values>): void {
  t.doesNotThrow(() => fc.assert(property));
}
