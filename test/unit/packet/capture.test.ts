import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ND_TYPE } from '../../support/packet/neighbour-message.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { pcapOf } from '../../support/packet/pcap.ts';

const [A, B] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const v4 = eth(A, B).ipv4('10.1.0.5', '10.2.0.5');
const v6 = eth(A, B).ipv6('fd00:1::5', 'fd00:2::5');

const EXPECTED: readonly (readonly [Packet, RegExp])[] = [
  [v4.udp(4000, 5353, 'query'), /10\.1\.0\.5\.4000 > 10\.2\.0\.5\.5353: \[udp sum ok\]/],
  [v6.udp(4000, 5353, 'query'), /fd00:1::5\.4000 > fd00:2::5\.5353: \[udp sum ok\]/],
  [v4.tcp(80, 81, { flags: 'SYN ACK', options: '020405b4' }), /\[S\.\], cksum 0x\w+ \(correct\).*mss 1460/],
  [v6.tcp(80, 81), /Flags \[S\], cksum 0x\w+ \(correct\)/],
  [v4.echo(9), /ICMP echo request, id 9, seq 1/],
  [v6.echo(9), /\[icmp6 sum ok\] ICMP6, echo request, id 9, seq 1/],
  [v6.extension('hop-by-hop').udp(1, 2), /HBH .*\[udp sum ok\]/],
  [v4.udp(50_000, 4789).vxlan(7, v6.echo(3)), /VXLAN, flags \[I\] \(0x08\), vni 7.*\[icmp6 sum ok\]/s],
  [
    eth(A, B).arp('request', { senderMac: A, senderIp: '10.1.0.5', targetMac: B, targetIp: '10.1.0.1' }),
    /Request who-has 10\.1\.0\.1 \(02:00:00:00:00:02\) tell 10\.1\.0\.5/,
  ],
  [
    v6.neighbour({ type: ND_TYPE.neighbourSolicitation }, { target: 'fe80::1', sourceMac: A }),
    /neighbor solicitation.*who has fe80::1.*source link-address option.*02:00:00:00:00:01/s,
  ],
];

t.test('tcpdump reads each packet as it was meant, sums included', t => {
  for (const [packet, pattern] of EXPECTED) t.match(tcpdump(t.testdir(), packet), pattern);
  t.end();
});

t.test('tshark finds no fault with an SCTP checksum', t => {
  const file = capture(t.testdir(), v4.sctp(5000, 6000, Buffer.from('0b000004', 'hex')));
  const fields = ['-T', 'fields', '-e', 'sctp.checksum.status', '-e', 'sctp.dstport'];
  const { stdout } = spawnSync('tshark', ['-r', file, '-o', 'sctp.checksum:crc-32c', ...fields], {
    encoding: 'utf8',
  });
  t.equal(stdout.trim(), '1\t6000', '1: good');
  t.end();
});

function capture(folder: string, packet: Packet): string {
  const file = join(folder, 'packet.pcap');
  writeFileSync(file, pcapOf([packet.bytes()]));
  return file;
}

function tcpdump(folder: string, packet: Packet): string {
  return spawnSync('tcpdump', ['-nvv', '-r', capture(folder, packet)], { encoding: 'utf8' }).stdout;
}
