import t from 'tap';
import { crc32c, internetChecksum } from '../../support/packet/checksum.ts';
import { decode } from '../../support/packet/decode.ts';
import { eth } from '../../support/packet/packet.ts';

const [A, B] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];

t.test('the internet checksum of RFC 1071 is what its example says', t => {
  t.equal(internetChecksum(Buffer.from('0001f203f4f5f6f7', 'hex')), ~0xddf2 & 0xffff);
  t.equal(internetChecksum(Buffer.from('01', 'hex')), 0xfeff, 'an odd byte is padded on the right');
  t.end();
});

t.test('CRC32c of RFC 3720 is what its examples say', t => {
  t.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  t.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
  t.end();
});

t.test('a UDP sum of zero is sent as all ones', t => {
  const around = { length: 8, checksum: 0 } as const;
  const blank = eth(A, B).ipv4('0.0.0.0', '0.0.0.0').udp(0, 0, undefined, around).bytes();
  const rest = internetChecksum(Buffer.from([0, 17, 0, 8]), blank.subarray(34, 40));
  const packet = eth(A, B).ipv4('0.0.0.0', '0.0.0.0').udp(rest, 0);
  t.equal(packet.bytes().readUInt16BE(40), 0xffff);
  t.match(decode(packet.bytes()).at(-1), { fields: { checksum: 'correct' } });
  t.end();
});

t.test('a forged checksum is written as told and found out by the decoder', t => {
  const packet = eth(A, B).ipv4('10.0.0.1', '10.0.0.2', { checksum: 0xbeef });
  const forged = packet.udp(1, 2, 'q', { checksum: 0xdead }).bytes();
  t.match(decode(forged), [
    {},
    { fields: { checksum: 0xbeef } },
    { fields: { checksum: 0xdead } },
    { fields: { bytes: '"q"' } },
  ]);
  t.end();
});

t.test('a UDP checksum of zero means none', t => {
  const packet = eth(A, B).ipv4('10.0.0.1', '10.0.0.2').udp(1, 2, 'q', { checksum: 0 });
  t.match(decode(packet.bytes())[2], { fields: { checksum: 0 } });
  t.end();
});
