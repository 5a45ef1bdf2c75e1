import t from 'tap';
import { carriedAddresses, type Carriage } from '../../bench/net/carriage.ts';
import { framesOf } from '../../bench/net/capture.ts';
import { eth } from '../../support/packet/packet.ts';
import { pcapOf } from '../../support/packet/pcap.ts';

const [MAC, GATEWAY] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const PODS = { source: '10.244.1.2', destination: '10.244.2.2' };
const VXLAN: Carriage = { kind: 'vxlan', port: 4_789 };

const inner = eth(MAC, GATEWAY).ip(PODS.source, PODS.destination).tcp(1, 2).bytes();
const inUdp = (port: number, payload: Uint8Array): Buffer =>
  Buffer.from(eth(MAC, GATEWAY).ip('192.168.1.11', '192.168.1.12').udp(5_000, port, payload).bytes());
const vxlanHeader = Buffer.from([8, 0, 0, 0, 0, 0, 1, 0]);
const frame = (bytes: Uint8Array) => ({ bytes: Buffer.from(bytes), length: bytes.length });

t.test('the pods are found in each kind of packet', t => {
  const inVxlan = inUdp(4_789, Buffer.concat([vxlanHeader, inner]));
  t.strictSame(carriedAddresses(frame(inner), { kind: 'plain' }), PODS);
  t.strictSame(carriedAddresses(frame(inVxlan), VXLAN), PODS);
  t.strictSame(carriedAddresses(frame(inUdp(8_285, inner.subarray(14))), { kind: 'udp', port: 8_285 }), PODS);
  t.end();
});

t.test('and not in another kind', t => {
  const elsewhere = inUdp(8_472, Buffer.concat([vxlanHeader, inner]));
  t.equal(carriedAddresses(frame(elsewhere), VXLAN), undefined);
  t.equal(carriedAddresses(frame(inner), VXLAN), undefined);
  t.equal(carriedAddresses(frame(inUdp(4_789, inner)), VXLAN), undefined, 'no VXLAN header');
  t.strictSame(carriedAddresses(frame(elsewhere), { kind: 'plain' })?.source, '192.168.1.11');
  t.end();
});

t.test('however short a frame is', t => {
  const whole = inUdp(4_789, Buffer.concat([vxlanHeader, inner]));
  const least = 14 + 20 + 8 + 8 + 14 + 20;
  for (let length = 0; length < least; length++)
    t.equal(carriedAddresses(frame(whole.subarray(0, length)), VXLAN), undefined, `${length} bytes`);
  t.strictSame(carriedAddresses(frame(whole.subarray(0, least)), VXLAN), PODS);
  t.end();
});

t.test('a capture is read frame by frame', t => {
  const frames = framesOf(pcapOf([inner, inner.subarray(0, 40)]));
  t.strictSame(
    frames.map(({ length }) => length),
    [inner.length, 40],
  );
  t.end();
});
